"""What is told: summary, log, progress, and no secrets."""

import os
import pty
import re
import select
import subprocess
import time
import unittest

from harness.case import Case
from harness.origin import Origin
from harness.program import Program
from harness.told import MODES, log, summary

SECRET = "hunter2"


class Told(Case):
    def mixed(self):
        """A list with one of each outcome."""
        (self.fetch.folder / "out").mkdir()
        (self.fetch.folder / "out/there").write_bytes(b"older")
        self.good, self.bad = self.origin.url("good"), self.origin.url("bad", status=404)
        self.there = self.origin.url("there")
        self.fetch.write("urls.txt", [self.good, self.bad, self.there, self.good])
        return ("--if-exists", "skip", "urls.txt", "-o", "out")

    def test_quiet(self):
        for option in ("-q", "-s", "--quiet", "--silent", "-sS"):
            with self.subTest(option), Program() as self.fetch:
                done = self.fetch.run(option, *self.mixed())
                self.assertEqual((done.code, done.out), (1, b""), done)
                self.assertEqual(done.err, f"fetch: urls.txt:2: {self.bad}: "
                                           "server answered 404 Not Found\n")
                done = self.fetch.run(option, self.good, "-o", "out/")
                self.assertEqual((done.code, done.out, done.err), (0, b"", ""), done)

    def test_verbose(self):
        """A line for every URL; without -v only for those that failed."""
        done = self.fetch.run("-v", *self.mixed())
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.err, rf"(?m)^ok: {re.escape(self.good)} -> good "
                                   r"\(200, 1\.0 KiB, [\d.]+ m?s\)$")
        self.assertIn(f"skipped: {self.there}\n", done.err)
        self.assertEqual(len(done.err.splitlines()), 4, done)
        done = self.fetch.run(self.good, "-o", "out/")
        self.assertEqual(len(done.err.splitlines()), 1, done)

    def test_summary(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.fetch.run(*arguments, *self.mixed())
                self.assertEqual(summary(done), {"ok": 1, "unchanged": 0, "skipped": 2,
                                                 "failed": 1})
                self.assertIn(" failed, 1.0 KiB in ", done.err)

    def test_the_log(self):
        """All keys in every line (harness.told checks that), and what they mean."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                begun = time.time()
                done = self.fetch.run("--log", "log", *arguments, *self.mixed())
                lines = {line["url"]: line for line in log(self.made())}
                self.assertEqual(sorted(lines), sorted([self.good, self.bad, self.there]), done)
                good, bad, there = (lines[url] for url in (self.good, self.bad, self.there))
                self.assertEqual({key: good[key] for key in good if key != "time"}, {
                    "url": self.good, "final_url": self.good, "status": 200, "outcome": "ok",
                    "error": None, "path": "good", "bytes": 1024, "attempts": 1,
                    "remote_ip": "127.0.0.1", "http_version": "1.1", "checksum": None})
                times = good["time"]
                self.assertGreaterEqual(times["start"], begun - 1)
                self.assertLessEqual(times["start"], time.time() + 1)
                self.assertGreater(times["total"], 0)
                self.assertLessEqual(times["first_byte"], times["total"])
                self.assertEqual((bad["status"], bad["outcome"], bad["error"], bad["path"]),
                                 (404, "failed", "server answered 404 Not Found", None))
                self.assertEqual((there["status"], there["outcome"], there["error"]),
                                 (0, "skipped", None))

    def test_the_log_on_standard_output(self):
        """Lines and nothing else, one after another as the URLs are done."""
        done = self.fetch.run("--log", "-", *self.mixed())
        self.assertEqual(done.code, 1, done)
        self.assertEqual(len(log(done.out.decode())), 3)

    def test_the_log_grows_while_it_runs(self):
        self.fetch.write("urls.txt", [self.origin.url("a"), self.origin.url("b", delay="3s")])
        run = self.fetch.start("--log", "log", "urls.txt", "-o", "out")
        path = self.fetch.folder / "log"
        while run.is_running() and not (path.exists() and path.read_text()):
            time.sleep(0.02)
        self.assertEqual(len(log(self.made())), 1)
        self.assertTrue(run.is_running())
        self.assertEqual(run.finish().code, 0)
        self.assertEqual(len(log(self.made())), 2)

    def test_a_log_that_cannot_be_written(self):
        """Found out before anything is fetched."""
        done = self.fetch.run("--log", "missing/log", self.origin.url("a"), "-o", "out/")
        self.assertEqual(done.code, 3, done)
        self.assertEqual(done.err, "fetch: cannot write missing/log: No such file or directory\n")
        self.assertEqual(self.origin.requests(), [])

    def test_a_log_on_a_full_disk(self):
        """The files are fetched all the same, and the loss is told once."""
        self.fetch.write("urls.txt", [self.origin.url(f"{number}") for number in range(300)])
        done = self.fetch.run("--log", "/dev/full", "urls.txt", "-o", "out")
        self.assertEqual(done.code, 3, done)
        self.assertEqual(done.err.count("cannot write /dev/full: No space left on device"), 1)
        self.assertEqual(summary(done)["ok"], 300)

    def test_secrets_are_not_told(self):
        """Neither those of URLs nor those of options, whatever happens to them."""
        with Origin() as other:
            def secret(url):
                return url.replace("http://", f"http://me:{SECRET}@", 1)
            # A query is told: there the secret is spelt in another way.
            away = secret(other.base).replace(SECRET, "%68unter2") + "/x%3Fstatus%3D404"
            urls = [secret(self.origin.url("good")), secret(self.origin.url("bad", status=404)),
                    secret(self.origin.url("cut", truncate=10)),
                    secret(self.origin.url("away", location="AWAY")).replace("AWAY", away),
                    secret("http://127.0.0.1:1/refused"), f"http://me:{SECRET}@127.0.0.1:port/",
                    f"http://me:{SECRET}@[bad/", f"gopher://me:{SECRET}@127.0.0.1/"]
            for mode in MODES:
                with self.mode(mode) as arguments:
                    self.fetch.write("urls.txt", urls)
                    done = self.fetch.run("-v", "--retry", "0", "--log", "log", "-u",
                                          f"you:{SECRET}", "-H", f"Authorization: {SECRET}", "-H",
                                          f"Cookie: {SECRET}", *arguments, "urls.txt", "-o", "out")
                    self.assertEqual(done.code, 1, done)
                    self.assertEqual(summary(done)["failed"], 7, done)
                    self.assertEqual(len(log(self.made())), 8)
                    self.assertNotIn(SECRET, done.err + done.out.decode() + self.made())
                    self.assertFalse([name for name in self.fetch.files() if SECRET in name])

    def test_secrets_are_not_in_names(self):
        url = self.origin.url("a/b").replace("http://", f"http://me:{SECRET}@")
        done = self.fetch.run("--layout", "path", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files([f"{self.origin.host}/a/b"])


class Progress(Case):
    def in_terminal(self, *arguments, environment=None):
        """Runs it with a terminal of 60 columns as standard error: exit status, what was shown."""
        master, slave = pty.openpty()
        subprocess.run(["stty", "cols", "60"], stdin=slave, check=True)
        variables = {**os.environ, "TERM": "xterm", **(environment or {})}
        process = subprocess.Popen([self.fetch.binary, *arguments], cwd=self.fetch.folder,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=slave, env=variables)
        os.close(slave)
        self.addCleanup(process.kill)
        text = b""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and select.select([master], [], [], 30)[0]:
            try:
                chunk = os.read(master, 4096)
            except OSError:  # the other end is closed
                break
            if not chunk:
                break
            text += chunk
        os.close(master)
        return process.wait(10), text.decode()

    def slow_list(self, delay="1500ms"):
        self.fetch.write("urls.txt", [self.origin.url("a"), self.origin.url("bad", status=404),
                                      self.origin.url("slow", delay=delay)])
        return ("--retry", "0", "urls.txt", "-o", "out")

    def test_a_bar_on_a_terminal(self):
        """Drawn over and over at one place, never wider than that, and gone at the end."""
        code, text = self.in_terminal(*self.slow_list(), environment={"NO_COLOR": "1"})
        self.assertEqual(code, 1, text)
        drawn = re.findall(r"\r\x1b\[\?7l ([^\r\n\x1b]+)\x1b\[J\x1b\[\?7h\r", text)
        self.assertGreater(len(drawn), 3, text)
        self.assertRegex(drawn[-1], r"\A2 of 3 done, 1 in flight, 1 failed, ")
        self.assertLess(max(map(len, drawn)), 60)
        end = text.split("\r\x1b[J")[-1]
        self.assertRegex(end, r"\A2 ok, 0 unchanged, 0 skipped, 1 failed, .*\r\n\Z")

    def test_no_bar(self):
        """Asked not to, on a dumb terminal, and for a job that is over at once."""
        for options, environment in ((("--progress", "none"), {}), (("-q",), {}),
                                     (("--progress", "plain"), {}), ((), {"TERM": "dumb"})):
            with self.subTest(options, environment=environment), Program() as self.fetch:
                code, text = self.in_terminal(*options, *self.slow_list("600ms"),
                                              environment=environment)
                self.assertEqual(code, 1, text)
                self.assertNotIn("\x1b", text)
                self.assertNotIn("in flight", text)
        with Program() as self.fetch:
            code, text = self.in_terminal(self.origin.url("a"), "-o", "out/")
            self.assertEqual((code, text.count("\x1b")), (0, 0), text)

    def test_lines_elsewhere(self):
        """Every few seconds one, without anything that only a terminal understands."""
        runs = {}
        for mode in MODES:
            self.fetch.write(f"{mode}.txt", [self.origin.url("a", n=len(mode)), self.origin.url(
                "slow", size="160K", drip="16K/600ms", n=len(mode))])
            runs[mode] = self.fetch.start(*MODES[mode], f"{mode}.txt", "-o", mode)
        for mode, run in runs.items():
            with self.subTest(mode=mode):
                done = run.finish()
                self.assertEqual(done.code, 0, done)
                lines = done.err.splitlines()
                self.assertNotRegex(done.err, r"[\x00-\x09\x0b-\x1f\x7f]")
                self.assertEqual(len(lines), 2, done)
                self.assertRegex(lines[0], r"\A1 done, 1 in flight, (0 failed, )?[\d.]+ KiB, "
                                           r"[\d.]+ [KM]?i?B/s, [\d.]+ files/s\Z")

    def test_a_bar_where_it_is_asked_for(self):
        done = self.fetch.run("--progress", "bar", *self.slow_list("1s"))
        self.assertIn("in flight", done.err)
        self.assertIn("\x1b[J", done.err)


if __name__ == "__main__":
    unittest.main()
