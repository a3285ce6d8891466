"""Signals, sudden death, closed streams: what has its name is whole, and the rest can follow."""

import fcntl
import os
import random
import signal
import socket
import struct
import termios
import time
import unittest

from harness import sanitizers
from harness.case import Case
from harness.program import Program, alive
from harness.server import built
from harness.told import MODES, failures, log, summary

# Promised is a second; whoever shares the machine with much else gets some more.
ENDS_WITHIN = 2.5 + (sanitizers.SIGNAL_LOST_AFTER if sanitizers.lose_signals() else 0)
PATIENCE = 20


def waiting_in(pipe):
    """Bytes that are to be read."""
    return struct.unpack("i", fcntl.ioctl(pipe, termios.FIONREAD, bytes(4)))[0]


def await_that(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}"
        time.sleep(0.01)


class Interrupt(Case):
    def end(self, run, number=signal.SIGINT, send=None):
        """Signals it, and checks that it ends in time, with 130, and all its children with it."""
        begun = time.monotonic()
        (send or run.signal)(number)
        done = run.finish(PATIENCE)
        took = time.monotonic() - begun
        self.assertEqual(done.code, 130, done)
        self.assertLess(took, ENDS_WITHIN, done)
        self.assertEqual(alive(run.process.pid), [])
        return done

    def start(self, *arguments, fast=5, slow=40, **options):
        """A list of which some is done, some under way and most waits, when this returns."""
        urls = [self.origin.url(f"fast-{number}") for number in range(fast)]
        slow_ways = [{"delay": "60s"}, {"size": "1M", "stall": 500_000}, {"stall": 0},
                     {"size": "1M", "drip": "100/50ms"}]
        urls += [self.origin.url(f"slow-{number}", **slow_ways[number % 4])
                 for number in range(slow)]
        self.fetch.write("urls.txt", urls)
        run = self.fetch.start("-j", "6", *arguments, "urls.txt", "-o", "out", **options)
        await_that(lambda: self.origin.stats()["requests"] > fast or not run.is_running(),
                   "slow requests")
        return run

    def test_signals_in_all_modes(self):
        for number in (signal.SIGINT, signal.SIGTERM):
            for mode in MODES:
                with self.mode(mode) as arguments, self.subTest(signal=number):
                    run = self.start(*arguments, "--log", "log")
                    await_that(lambda: len(self.fetch.files()) >= 5, "five files")
                    time.sleep(0.3)  # a child has yet to tell its parent
                    done = self.end(run, number)
                    self.assertEqual(summary(done), {"ok": 5, "unchanged": 0, "skipped": 0,
                                                     "failed": 0, "not tried": 40})
                    self.assertEqual(failures(done), {})
                    self.assertEqual([line["outcome"] for line in log(self.made())], ["ok"] * 5)
                    self.fetch.assert_files([f"fast-{number}" for number in range(5)])

    def test_what_is_there_is_counted(self):
        """Whenever the signal comes, a file has its name if and only if it is told to be ok."""
        for mode in MODES:
            for wait in (0.02, 0.05, 0.08, 0.11):
                with self.mode(mode) as arguments, self.subTest(wait=wait):
                    self.fetch.write("urls.txt", [self.origin.url(f"n{number}", size=100)
                                                  for number in range(3000)])
                    run = self.fetch.start(*arguments, "-j", "8", "urls.txt", "-o", "out")
                    await_that(self.fetch.files, "a file")
                    time.sleep(wait)
                    counts = summary(self.end(run))
                    self.assertEqual(counts["ok"], len(self.fetch.files()))
                    self.assertEqual(counts["failed"], 0)
                    self.assertEqual(counts["ok"] + counts["not tried"], 3000)

    def test_children_that_do_not_react(self):
        """Several: each is given up in its turn."""
        run = self.start("--mode", "processes")
        for pid in [pid for pid in alive(run.process.pid) if pid != run.process.pid][:3]:
            os.kill(pid, signal.SIGSTOP)
        self.end(run)

    def test_control_c_on_a_terminal(self):
        """There, all processes of the group get the signal."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                run = self.start(*arguments)
                done = self.end(run, send=lambda number: os.killpg(run.process.pid, number))
                self.assertEqual(summary(done)["failed"], 0, done)
                self.assertEqual(sum(summary(done).values()), 45, done)

    def test_two_signals_at_once(self):
        """As timeout(1) sends them: all is put in order and told none the less."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                run = self.start(*arguments)

                def twice(number):
                    run.signal(number)
                    run.signal(number)
                begun = time.monotonic()
                twice(signal.SIGINT)
                done = run.finish(PATIENCE)
                self.assertEqual(done.code, 130, done)
                self.assertLess(time.monotonic() - begun, ENDS_WITHIN)
                await_that(lambda: not alive(run.process.pid), "no children")
                self.assertGreater(summary(done)["not tried"], 0, done)
                self.assertEqual([name for name in self.fetch.files()
                                  if "slow" in name or name.startswith(".fetch")], [])

    def test_while_it_waits_for_another_try(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url("back-off", status=500),
                    self.origin.url("paused", host="localhost", status=429, retry_after=3600),
                    self.origin.url("waiting", host="localhost", n=1)])
                run = self.fetch.start("--retry-delay", "1h", *arguments, "-j", "2", "--per-host",
                                       "1", "--retry-max-time", "0", "urls.txt", "-o", "out")
                await_that(lambda: self.origin.stats()["requests"] >= 1, "a request")
                time.sleep(0.2)
                done = self.end(run)
                self.assertEqual(summary(done)["not tried"], 3, done)
                self.fetch.assert_files([])

    def test_what_is_left_of_a_long_list(self):
        """What is not to be counted in time is not passed off as all there is; a URL that came
        again is skipped even there."""
        first = self.origin.url("first", stall=0)
        for count, told in ((1000, "1001 not tried"), (3_000_000, r"at least \d+ not tried")):
            with self.subTest(count):
                with open(self.fetch.folder / "urls.txt", "w") as file:
                    file.write(f"{first}\n{first}\n")
                    file.writelines(f"http://h/{number}\n" for number in range(count))
                run = self.fetch.start("-j", "1", "urls.txt", "-o", "out")
                await_that(lambda: self.origin.stats()["requests"] >= 1, "a request")
                done = self.end(run)
                self.origin.reset_stats()
                self.assertRegex(done.err, rf"0 ok, 0 unchanged, 1 skipped, 0 failed, {told}, ")

    def test_while_names_are_resolved(self):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
            silent.bind(("127.0.0.1", 0))
            for number, mode in enumerate(MODES):
                label = f"mode{number}"
                with self.mode(mode) as arguments:
                    self.fetch.write("urls.txt", [f"http://{label}-{number}.test/"
                                                  for number in range(20)])
                    silent.settimeout(PATIENCE)
                    run = self.fetch.start(*arguments, "--dns-servers",
                                           f"127.0.0.1:{silent.getsockname()[1]}", "urls.txt",
                                           "-o", "out")
                    while label.encode() not in silent.recv(512):
                        pass  # left over from another mode
                    done = self.end(run)
                    self.assertEqual(summary(done)["not tried"], 20, done)

    def test_while_the_list_is_waited_for(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                reader, writer = os.pipe()
                with os.fdopen(reader, "rb") as reader, os.fdopen(writer, "wb", 0) as writer:
                    run = self.fetch.start(*arguments, "-", "-o", "out", stdin=reader)
                    writer.write(self.origin.url("a").encode() + b"\n")
                    await_that(lambda: self.fetch.files() == ["a"], "the first file")
                    done = self.end(run)
                self.assertEqual(summary(done), {"ok": 1, "unchanged": 0, "skipped": 0,
                                                 "failed": 0, "not tried": 0})
                self.fetch.assert_files(["a"])

    def test_while_nobody_reads_standard_output(self):
        with Program("/bin/sh", ["-c", 'exec "$0" "$@" >fifo', self.fetch.binary]) as self.fetch:
            os.mkfifo(self.fetch.folder / "fifo")
            for mode in ("async", "sync", "threads", "processes"):
                with self.subTest(mode=mode):
                    run = self.fetch.start(*MODES[mode], "-o", "-",
                                           self.origin.url("a", size="20M"))
                    with open(self.fetch.folder / "fifo", "rb") as fifo:
                        fifo.read(1000)
                        time.sleep(0.2)
                        self.end(run)

    def await_full(self, pipe, least=30_000):
        """Nobody reads it, and for a while nothing has gone into it."""
        seen = [0]

        def is_full():
            before, seen[0] = seen[0], waiting_in(pipe)
            time.sleep(0.2)
            return seen[0] >= least and waiting_in(pipe) == seen[0] == before
        await_that(is_full, "a full pipe")

    def start_unread(self, *arguments, count=3000, **behaviour):
        """A run with a pipe by name of `fifo`, when that is full."""
        self.enter(self.fetch)
        os.mkfifo(self.fetch.folder / "fifo")
        pipe = os.open(self.fetch.folder / "fifo", os.O_RDWR)
        self.addCleanup(os.close, pipe)
        self.fetch.write("urls.txt", [self.origin.url(f"{number}", **behaviour)
                                      for number in range(count)])
        run = self.fetch.start(*arguments, "--out-null", "urls.txt")
        self.await_full(pipe)
        return run

    def test_while_nobody_reads_what_is_kept(self):
        for mode in MODES:
            for arguments in (("--log", "-"), ("--log", "fifo"), ("--har", "fifo"),
                              ("--log", "fifo", "--har", "fifo", "--report", "fifo")):
                with self.subTest(mode=mode, arguments=arguments):
                    self.fetch = Program("/bin/sh", ["-c", 'exec "$0" "$@" >fifo',
                                                     built("FETCH_BINARY", "fetch")])
                    done = self.end(self.start_unread(*MODES[mode], *arguments))
                    self.assertIn("nobody reads", done.err)
                    self.assertEqual(sum(summary(done).values()), 3000, done)

    def test_while_nobody_reads_the_end_of_what_is_kept(self):
        """All is done but for the writing."""
        for mode in MODES:
            with self.subTest(mode=mode):
                self.fetch = Program()
                done = self.end(self.start_unread(*MODES[mode], "--log", "fifo", count=300))
                self.assertIn("nobody reads", done.err)
                self.assertEqual(sum(summary(done).values()), 300, done)

    def test_while_nobody_reads_the_failures(self):
        for mode in MODES:
            with self.subTest(mode=mode):
                self.fetch = Program("/bin/sh", ["-c", 'exec "$0" "$@" 2>fifo',
                                                 built("FETCH_BINARY", "fetch")])
                self.end(self.start_unread(*MODES[mode], status=404))

    def test_while_a_terminal_takes_nothing(self):
        """A connection that hangs, say, behind it."""
        for mode in MODES:
            for progress in (("none", "-v"), ("bar",)):
                with self.mode(mode) as arguments, self.subTest(progress=progress):
                    ours, theirs = os.openpty()
                    self.addCleanup(os.close, ours)
                    self.addCleanup(os.close, theirs)
                    self.fetch.binary, self.fetch.arguments = "/bin/sh", [
                        "-c", f'exec "$0" "$@" 2>{os.ttyname(theirs)}', self.fetch.binary]
                    self.fetch.write("urls.txt", [self.origin.url(f"{number}", status=404)
                                                  for number in range(3000)])
                    run = self.fetch.start(*arguments, "--progress", *progress, "--out-null",
                                           "urls.txt")
                    self.await_full(ours, least=1)
                    self.end(run)

    def test_what_is_read_is_whole(self):
        """An interruption takes nothing from who reads."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                os.mkfifo(self.fetch.folder / "fifo")
                self.fetch.write("urls.txt", [self.origin.url(f"n{number}", size=100)
                                              for number in range(3000)])
                run = self.fetch.start(*arguments, "--log", "fifo", "-j", "8", "urls.txt", "-o",
                                       "out")
                with open(self.fetch.folder / "fifo", "rb") as fifo:
                    lines = fifo.read(20_000)
                    run.signal(signal.SIGINT)
                    lines += fifo.read()
                done = run.finish(PATIENCE)
                self.assertEqual(done.code, 130, done)
                self.assertEqual(len(log(lines.decode())), summary(done)["ok"], done)

    def test_a_single_url(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                run = self.fetch.start(*arguments, "-o", "out/",
                                       self.origin.url("a", size="1M", stall=900_000))
                await_that(lambda: self.origin.stats()["requests"] == 1, "a request")
                time.sleep(0.1)
                done = self.end(run)
                self.assertEqual(summary(done)["not tried"], 1)
                self.fetch.assert_files([])

    def test_hangup_under_nohup(self):
        with Program("/usr/bin/nohup", [self.fetch.binary]) as self.fetch:
            run = self.fetch.start("-o", "out/", self.origin.url("a", delay="1s"))
            await_that(lambda: self.origin.stats()["requests"] == 1, "a request")
            run.signal(signal.SIGHUP)
            self.assertEqual(run.finish().code, 0)
            self.fetch.assert_files(["a"])


class SuddenDeath(Case):
    RUNS = 25

    def test_what_has_its_name_is_whole(self):
        """Killed at any moment, in any mode; the same command then makes it complete."""
        chance = random.Random(20)
        sizes = {f"{number}.bin": size for number, size in enumerate(
            [0, 100, 5000, 70_000, 300_000, 1_500_000] * 5)}
        bodies = {name: self.origin.body(name, size) for name, size in sizes.items()}
        halves = 0
        for number in range(self.RUNS):
            mode = list(MODES)[number % len(MODES)]
            wait = chance.uniform(0.0, 0.2)
            with self.mode(mode) as arguments, self.subTest(number=number, wait=wait):
                halves += self.kill_once(bodies, arguments, wait)
        # Else the moments were not well chosen: nearly all came before or after all the work.
        self.assertGreater(halves, self.RUNS // 6)

    def kill_once(self, bodies, arguments, wait):
        urls = [self.origin.url(name, size=len(body), delay="10ms")
                for name, body in bodies.items()]
        self.fetch.write("urls.txt", urls)
        command = (*arguments, "urls.txt", "-o", "out")
        run = self.fetch.start("-j", "4", *command)
        await_that(lambda: self.origin.stats()["requests"] > 0 or not run.is_running(),
                   "a request")
        time.sleep(wait)
        run.signal(signal.SIGKILL)
        killed = run.finish(PATIENCE).code != 0
        await_that(lambda: not alive(run.process.pid), "no children")
        whole = [name for name in self.fetch.files() if not name.startswith(".fetch/")]
        for name in whole:
            self.fetch.assert_contents(name, bodies[name])
        done = self.fetch.run(*command)
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(bodies)
        for name, body in bodies.items():
            self.fetch.assert_contents(name, body)
        return killed and 0 < len(whole) < len(bodies)

    def test_a_child_that_dies(self):
        """Its URL fails in words; the others do not."""
        urls = [self.origin.url("a", delay="1500ms"), self.origin.url("b", delay="1500ms")]
        self.fetch.write("urls.txt", urls)
        run = self.fetch.start("--mode", "processes", "-j", "2", "urls.txt", "-o", "out")
        await_that(lambda: self.origin.stats()["requests"] == 2, "two requests")
        children = [pid for pid in alive(run.process.pid) if pid != run.process.pid]
        self.assertEqual(len(children), 2)
        os.kill(children[0], signal.SIGKILL)
        done = run.finish()
        self.assertIn(done.code, (1, 3), done)
        self.assertEqual(list(failures(done).values()), ["the process that fetched it died"], done)
        self.assertEqual(summary(done)["ok"], 1)
        self.assertEqual(len([name for name in self.fetch.files() if name in "ab"]), 1)

    def test_all_children_die(self):
        """Who is left over is told, and why."""
        self.fetch.write("urls.txt", [self.origin.url(str(number), delay="20s")
                                      for number in range(10)])
        run = self.fetch.start("--mode", "processes", "-j", "2", "urls.txt", "-o", "out")
        await_that(lambda: self.origin.stats()["requests"] == 2, "two requests")
        for pid in alive(run.process.pid):
            if pid != run.process.pid:
                os.kill(pid, signal.SIGKILL)
        done = run.finish(PATIENCE)
        self.assertEqual(done.code, 3, done)
        self.assertIn("No child processes", done.err)
        self.assertIn("2 failed, 8 not tried", done.err)
        self.assertEqual(self.fetch.files(), [])



class Neighbours(Case):
    """Runs into the same directory at the same time."""

    def slow(self, delay="2s"):
        self.fetch.write("slow.txt", [self.origin.url("slow", delay=delay)])
        run = self.fetch.start("slow.txt", "-o", "out")
        await_that(lambda: self.origin.stats()["requests"] == 1, "a request")
        return run

    def test_two_lists(self):
        self.fetch.write("urls.txt", [self.origin.url("a")])
        run = self.slow("9s")  # each of those who come waits a second for the lock
        for mode in MODES:
            with self.subTest(mode=mode):
                done = self.fetch.run(*MODES[mode], "urls.txt", "-o", "out")
                self.assertEqual(done.code, 3, done)
                self.assertEqual(done.err, "fetch: out is in use by another fetch\n")
        self.assertEqual(self.origin.requests("a"), [])
        self.assertEqual(run.finish().code, 0)
        self.fetch.assert_files(["slow"])
        self.assertEqual(self.fetch.run("urls.txt", "-o", "out").code, 0)
        self.fetch.assert_files(["a", "slow"])

    def test_two_lists_into_different_directories(self):
        self.fetch.write("urls.txt", [self.origin.url("a")])
        run = self.slow()
        self.assertEqual(self.fetch.run("urls.txt", "-o", "out2").code, 0)
        self.assertEqual(run.finish().code, 0)

    def test_single_urls_share_a_directory(self):
        runs = [self.fetch.start("-o", "out/", self.origin.url(f"{number}", size="300K",
                                                               delay=f"{300 + 20 * number}ms"))
                for number in range(8)]
        for run in runs:
            done = run.finish()
            self.assertEqual(done.code, 0, done)
        self.fetch.assert_files([f"{number}" for number in range(8)])
        for number in range(8):
            self.fetch.assert_contents(f"{number}", self.origin.body(f"{number}", 300 << 10))

    def test_a_single_url_beside_a_list(self):
        run = self.slow()
        done = self.fetch.run("-o", "out/", self.origin.url("a"))
        self.assertEqual(done.code, 0, done)
        self.assertEqual(run.finish().code, 0)
        self.fetch.assert_files(["a", "slow"])


class Streams(Case):
    def shell(self, redirections):
        """The program, with its streams as a shell redirects them."""
        return Program("/bin/sh", ["-c", f'exec "$0" "$@" {redirections}',
                                   built("FETCH_BINARY", "fetch")])

    def test_all_closed(self):
        """What would be told must not end up in a file or a connection instead."""
        for mode in MODES:
            with self.shell("<&- >&- 2>&-") as self.fetch, self.subTest(mode=mode):
                urls = [self.origin.url(f"{number}", size=300_000) for number in range(10)]
                urls += [self.origin.url(f"bad-{number}", status=404) for number in range(10)]
                self.fetch.write("urls.txt", ["nonsense", *urls])
                done = self.fetch.run(*MODES[mode], "-v", "urls.txt", "-o", "out")
                self.assertIn(done.code, (1, 3), done)
                self.fetch.assert_files([f"{number}" for number in range(10)])
                for number in range(10):
                    self.fetch.assert_contents(f"{number}",
                                               self.origin.body(f"{number}", 300_000))

    def test_standard_output_closed(self):
        with self.shell(">&-") as self.fetch:
            done = self.fetch.run("-o", "out/", self.origin.url("a"))
            self.assertIn(done.code, (0, 3), done)
            self.fetch.assert_files(["a"])
            for arguments in (("-o", "-"), ("-o", "out/", "--log", "-")):
                with self.subTest(arguments):
                    done = self.fetch.run(*arguments, self.origin.url("b"))
                    self.assertEqual(done.code, 3, done)
                    self.assertIn("Bad file descriptor", done.err)

    def test_standard_output_that_nobody_reads_any_more(self):
        """As with `| head`: told in words, not by the death of the program."""
        for mode in MODES:
            with self.shell(">fifo") as self.fetch, self.subTest(mode=mode):
                os.mkfifo(self.fetch.folder / "fifo")
                url = self.origin.url("a", size="20M")
                run = self.fetch.start("-o", "-", *MODES[mode], url)
                with open(self.fetch.folder / "fifo", "rb") as fifo:
                    fifo.read(1000)
                done = run.finish()
                self.assertEqual(done.code, 3, done)
                self.assertRegex(failures(done)[url], "Broken pipe")

    def test_a_log_that_nobody_reads_any_more(self):
        with self.shell(">fifo") as self.fetch:
            os.mkfifo(self.fetch.folder / "fifo")
            urls = [self.origin.url(f"{number}", delay=f"{number * 100}ms") for number in range(10)]
            self.fetch.write("urls.txt", urls)
            run = self.fetch.start("--log", "-", "urls.txt", "-o", "out")
            with open(self.fetch.folder / "fifo", "rb"):
                pass
            done = run.finish()
            self.assertEqual(done.code, 3, done)
            self.assertEqual(done.err.count("Broken pipe"), 1, done)
            self.assertEqual(summary(done)["ok"], 10)
            self.fetch.assert_files([f"{number}" for number in range(10)])

    def test_standard_error_closed(self):
        with self.shell("2>&-") as self.fetch:
            self.fetch.write("urls.txt", [self.origin.url("a", size=300_000),
                                          self.origin.url("b", status=404)])
            done = self.fetch.run("urls.txt", "-o", "out")
            self.assertEqual(done.code, 1, done)
            self.fetch.assert_files(["a"])
            self.fetch.assert_contents("a", self.origin.body("a", 300_000))

    def test_a_full_disk_behind_standard_output(self):
        with self.shell(">/dev/full") as self.fetch:
            url = self.origin.url("a")
            for mode in MODES:
                with self.subTest(mode=mode):
                    done = self.fetch.run("-o", "-", *MODES[mode], url)
                    self.assertEqual(done.code, 3, done)
                    self.assertIn("No space left on device", done.err)
            done = self.fetch.run("-o", "out/", "--log", "-", url)
            self.assertEqual(done.code, 3, done)
            self.assertIn("No space left on device", done.err)
            self.fetch.assert_files(["a"])


if __name__ == "__main__":
    unittest.main()
