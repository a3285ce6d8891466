"""The live view, on a real terminal: what stands on the screen is compared."""

import re
import threading
import time
import unittest

from harness import tmux
from harness.case import Case
from harness.dns import Dns
from harness.origin import Origin
from harness.site import Site
from harness.told import MODES, SUMMARY

PICTURE = [
    r" ━+╸?─+  6\d%(  \d+:\d\d left)?",
    r" 5 of 8 done, 3 in flight, 1 failed, [\d.]+ KiB, [\d.]+ [KM]?i?B/s, [\d.]+ files/s",
    r"    0:0\d +(\d+(\.\d)? K?i?B) +[\d.]+ K?i?B/s +\d%  steady\.bin",
    r"    0:0\d +waiting +silent\.bin",
    r"    0:0\d +16\.0 KiB +[\d.]+ K?i?B/s  25%  stuck\.bin",
]


CRAWL = [
    r" ━+╸?─+  \d\d%",
    r" 5 done, 2 queued, 1 in flight, [\d.]+ pages/s, [\d.]+ KiB, [\d.]+ K?i?B/s",
    r" hosts: 1 active, 1 waiting, 1 paused",
    r" 4 failed: 2 4xx, 1 dns, 1 connect",
    r"    0:\d\d +waiting +http://busy\.test:\d+/\?delay=60s",
]


class Terminals(Case):
    def terminal(self, columns=80, lines=24, **environment):
        return self.enter(tmux.Terminal(self.fetch.folder, columns, lines, **environment))

    def start(self, terminal, *arguments, command="{} urls.txt -o out --retry 0"):
        """Types it into the shell of the terminal."""
        words = " ".join([self.fetch.binary, *arguments])
        terminal.type(command.format(words))

    def await_picture(self, terminal, picture):
        """Waits until the last lines of the screen match, one by one; returns those above."""
        def matches():
            shown = terminal.screen()[-len(picture):]
            return len(shown) == len(picture) and all(map(re.fullmatch, picture, shown))
        terminal.await_that(matches, picture)
        return terminal.screen()[:-len(picture)]

    def interrupt(self, terminal):
        """Ctrl-C: the lines of the screen once the shell has it again."""
        terminal.key("C-c")
        terminal.await_that(lambda: terminal.screen()[-1] == "$", "the shell")
        return terminal.screen()


@unittest.skipUnless(tmux.is_there(), "no tmux")
class View(Terminals):
    def slow_list(self):
        """Three of eight last longer than any test does; one fails."""
        self.fetch.write("urls.txt", [
            self.origin.url("steady.bin", size="1M", drip="1000/200ms"),
            self.origin.url("silent.bin", delay="60s"),
            self.origin.url("stuck.bin", size="64K", stall="16384"),
            *(self.origin.url(f"fast-{number}") for number in range(4)),
            self.origin.url("missing", status=404)])

    def test_the_screen(self):
        self.slow_list()
        terminal = self.terminal()
        self.start(terminal, command="clear; {} urls.txt -o out --retry 0")
        above = self.await_picture(terminal, PICTURE)
        self.assertEqual(len(above), 2, above)  # the failure takes two lines
        self.assertRegex("".join(above), r"\Afetch: urls\.txt:8: .*: server answered 404 Not Found")
        column, line, visible = terminal.cursor()
        self.assertEqual((column, line, visible), (0, 2, True))
        left = self.interrupt(terminal)
        self.assertRegex(left[2], r"\A4 ok, 0 unchanged, 0 skipped, 1 failed, 3 not tried, ")
        self.assertEqual(left[:2], above)
        self.assertNotRegex("".join(left), "[━─]|steady")
        self.assertTrue(terminal.cursor()[2])

    def test_all_modes(self):
        for number, (mode, arguments) in enumerate(MODES.items()):
            self.fetch.write("urls.txt", [
                self.origin.url("steady.bin", size="1M", drip="1000/200ms", n=number)])
            with self.subTest(mode=mode), tmux.Terminal(self.fetch.folder) as terminal:
                self.start(terminal, *arguments, command=f"{{}} urls.txt -o {number}")
                self.await_picture(terminal, [
                    r" ━*╸?─+   [01]%  \d+:\d\d left",
                    r" 0 of 1 done, 1 in flight, [\d.]+ K?i?B, .*",
                    r"    0:0\d +[\d.]+ K?i?B +[\d.]+ K?i?B/s +\d%  steady\.bin"])
                terminal.key("C-c")
                terminal.await_line(re.compile("1 not tried"))

    def test_a_back_off(self):
        self.fetch.write("urls.txt", [
            self.origin.url("busy.bin", status=503, n=number) for number in range(2)])
        for mode in ("async", "processes"):
            with self.subTest(mode=mode), tmux.Terminal(self.fetch.folder) as terminal:
                self.start(terminal, *MODES[mode], "--retry-delay", "30s", command="{} urls.txt")
                terminal.await_line(re.compile(r"    0:0\d +retry 0:[23]\d +busy\.bin"))

    def test_what_was_there_before_counts(self):
        """A resumed file begins where the interrupted run ended, with one connection and more."""
        for number, split in enumerate(([], ["--split", "3", "--min-split-size", "256K"])):
            self.fetch.write("urls.txt", [self.origin.url(
                "large.bin", size="4M", drip="16K/40ms", ranges=1, etag="x", n=number)])
            with self.subTest(split=split), tmux.Terminal(self.fetch.folder) as terminal:
                self.start(terminal, *split, command=f"{{}} urls.txt -o {number}")
                row = r"    0:0\d +1\.[5-9] MiB +[\d.]+ [KM]iB/s +\d\d%  large\.bin"
                terminal.await_line(re.compile(row))
                terminal.key("C-c")
                terminal.await_line(re.compile("1 not tried"))
                self.start(terminal, *split, command=f"clear; {{}} urls.txt -o {number}")
                found = terminal.await_line(re.compile(
                    r"    0:01 +([\d.]+) MiB +[\d.]+ [KM]iB/s +\d\d%  large\.bin"))
                self.assertGreater(float(found[1]), 1.5)

    def test_another_size(self):
        """Nothing of the picture is left behind, and nothing of what stood above is lost."""
        self.slow_list()
        terminal = self.terminal()
        self.start(terminal, command="clear; seq 40; {} urls.txt -o out --retry 0")
        self.await_picture(terminal, PICTURE)
        above = "".join(terminal.all()[:-5])
        for columns, lines in ((60, 20), (100, 30), (70, 24), (120, 12)):
            terminal.resize(columns, lines)
            with self.subTest(columns=columns, lines=lines):
                terminal.await_that(
                    lambda: len(terminal.screen()[-5]) in range(columns - 12, columns),
                    "a bar of the new width")
                numbers = PICTURE[1].rpartition(", [\\d.]+ files")[0] + ".*"
                self.await_picture(terminal, [PICTURE[0], numbers, *PICTURE[2:]])
                self.assertEqual("".join(terminal.all()[:-5]), above)

    def test_narrow_and_low(self):
        self.slow_list()
        terminal = self.terminal(columns=20, lines=24)
        self.start(terminal, command="clear; {} urls.txt -o out --retry 0")
        narrow = [r" ━+╸?─+  6\d%", r" 5 of 8 done", r"  steady\.bin", r"  silent\.bin",
                  r"  stuck\.bin"]
        self.await_picture(terminal, narrow)
        terminal.resize(20, 4)
        self.await_picture(terminal, narrow[:3])
        terminal.resize(20, 2)
        self.await_picture(terminal, narrow[1:2])
        terminal.resize(80, 24)
        self.await_picture(terminal, PICTURE)

    def test_colours(self):
        self.slow_list()
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            with self.subTest(environment), \
                    tmux.Terminal(self.fetch.folder, **environment) as terminal:
                self.start(terminal, "--if-exists", "overwrite", command="{} urls.txt -o "
                           f"{coloured} --retry 0")
                self.await_picture(terminal, PICTURE)
                sequences = re.findall(r"\x1b\[\d*m", "".join(terminal.screen(colours=True)))
                self.assertEqual("\x1b[31m" in sequences and "\x1b[36m" in sequences, coloured)
                self.assertEqual(bool(sequences), coloured)

    def test_without_utf8(self):
        self.slow_list()
        terminal = self.terminal(LC_ALL="C")
        self.start(terminal)
        self.await_picture(terminal, [PICTURE[0].replace("━+╸?─", "#+-"), *PICTURE[1:]])

    def test_no_picture(self):
        """A terminal that cannot, or that shows other output; in both cases files arrive."""
        self.fetch.write("urls.txt", [self.origin.url("a", delay="1500ms")])
        for line in ("TERM=dumb {} urls.txt -o out", "{} urls.txt -o out --log -",
                     "{} urls.txt -o out --progress none"):
            with self.subTest(line), tmux.Terminal(self.fetch.folder) as terminal:
                self.start(terminal, command=line + " --if-exists overwrite")
                terminal.await_that(lambda: terminal.screen()[-1] == "$", "the end")
                self.assertNotIn("in flight", "\n".join(terminal.all()))

    def test_hostile_names(self):
        """Shown, but nothing of them acts; the names stand in their column."""
        names = {
            "%E6%97%A5%E6%9C%AC%E8%AA%9E" * 6 + "-1": "日本語日本語日本語日本語日本語日本語-1",
            "%D7%A9%D7%9C%D7%95%D7%9D.txt": "שלום.txt",
            "a%E2%80%AEgpj.exe": "a_gpj.exe",
            "e%CC%81%CC%82%CC%83": "e\u0301\u0302%CC%83",
            "a%E2%80%8Bb": "a%E2%80%8Bb",
            "long-" * 30 + "end": "long-long-long-long-…-long-long-long-end",
        }
        self.fetch.write("urls.txt", [self.origin.url(name, delay="60s") for name in names])
        terminal = self.terminal()
        self.start(terminal)
        prefix = r"    0:\d\d +waiting +"
        self.await_picture(terminal, [r" ─+   0%", r" 0 of 6 done, 6 in flight, 0 B, 0 B/s"] +
                           [prefix + re.escape(name) for name in names.values()])
        terminal.resize(40, 24)
        self.await_picture(terminal, [r" ─+   0%", r" 0 of 6 done, 6 in flight, 0 B, 0 B/s",
                                      r"    0:\d\d +日本語日…日本語-1"]
                           + [r"    0:\d\d +\S*"] * 5)

    def test_urls_where_there_are_no_names(self):
        url = self.origin.url("%1B%5B2J%0A", delay="60s").replace("//", "//me:secret@")
        self.fetch.write("urls.txt", [url])
        terminal = self.terminal(columns=120)
        self.start(terminal, "--out-null", command="{} urls.txt")
        terminal.await_line(re.compile(r"waiting +http://127\.0\.0\.1:\d+/%1B%5B2J%0A\?delay=60s"))

    def test_failures_scroll_by(self):
        """All of them, whole and once, with nothing of the picture between them."""
        lost = [self.origin.url(f"lost-{number}", status=404, delay=f"{number * 20}ms")
                for number in range(80)]
        self.fetch.write("urls.txt", [self.origin.url("silent.bin", delay="60s"), *lost])
        terminal = self.terminal(columns=100)
        self.start(terminal, "-j", "100")
        self.await_picture(terminal, [
            r" ━+╸?─?  98%", r" 80 of 81 done, 1 in flight, 80 failed, .*", r" .*  silent\.bin"])
        self.interrupt(terminal)
        lines = terminal.all()
        failure = re.compile(r"fetch: urls\.txt:\d+: http://.*/lost-(\d+)\?\S+: "
                             r"server answered 404 Not Found")
        told = [int(found[1]) for found in map(failure.fullmatch, lines) if found]
        self.assertEqual(sorted(told), list(range(80)), "\n".join(lines))
        self.assertNotRegex("\n".join(lines), "[━─]| in flight")
        self.assertRegex("\n".join(lines), SUMMARY)

    def test_stop_and_go_on(self):
        self.slow_list()
        for mode in ("async", "processes"):
            with self.subTest(mode=mode), tmux.Terminal(self.fetch.folder) as terminal:
                self.start(terminal, *MODES[mode], command=f"{{}} urls.txt -o {mode} --retry 0")
                self.await_picture(terminal, PICTURE)
                terminal.key("C-z")
                terminal.await_that(lambda: terminal.screen()[-1] == "$", "the shell")
                stopped = terminal.screen()
                self.assertNotRegex("".join(stopped), "[━─]|steady")
                terminal.type("bg")
                terminal.await_that(lambda: terminal.screen()[-1] == "$", "the shell")
                time.sleep(1)
                self.assertNotRegex("".join(terminal.screen()), "[━─]|steady")
                terminal.type("fg")
                self.await_picture(terminal, [line.replace("0:0", "0:[01]") for line in PICTURE[:3]]
                                   + [r".* silent\.bin", r".* stuck\.bin"])
                self.interrupt(terminal)
                self.assertTrue(terminal.cursor()[2])

    def test_output_that_is_held(self):
        """Ctrl-S holds the picture, not the job."""
        self.fetch.write("urls.txt", [self.origin.url("silent.bin", delay="60s"),
                                      self.origin.url("later.bin", delay="2s")])
        terminal = self.terminal()
        self.start(terminal)
        terminal.await_line(re.compile("0 of 2 done"))
        terminal.key("C-s")
        terminal.await_that(self.fetch.path("out/later.bin").exists, "the other file")
        terminal.key("C-q")
        terminal.await_line(re.compile("1 of 2 done"))


@unittest.skipUnless(tmux.is_there(), "no tmux")
class CrawlView(Terminals):
    """What is told of a crawl and of a mirror besides."""

    def crawl(self, terminal, *arguments, command="clear; {}"):
        self.start(terminal, "crawl", "--no-config", "--no-robots", *arguments, command=command)

    def stuck_crawl(self):
        """A host that is busy, one whose delay is long, one that asks for a pause, and some that
        fail: what to crawl it with."""
        dns = self.enter(Dns())
        self.fetch.write("urls.txt", [
            self.origin.url("", "busy.test", delay="60s"),
            *(self.origin.url(str(number), "polite.test") for number in range(2)),
            self.origin.url("1", "tired.test", status=429, retry_after="600"),
            self.origin.url("2", "tired.test"),
            self.origin.url("", "lost.test", status=404),
            self.origin.url("", "nx.test"),
            "http://closed.test:1/"])
        return ["urls.txt", "--retry", "0", "--delay", "600s", "--dns-servers", dns.address]

    def test_hosts_and_failures(self):
        terminal = self.terminal()
        self.crawl(terminal, *self.stuck_crawl())
        above = "".join(self.await_picture(terminal, CRAWL))
        self.assertEqual(above.count("fetch: http:"), 4, above)
        left = "\n".join(self.interrupt(terminal))
        self.assertIn("1 ok, 0 unchanged, 0 skipped, 4 failed, 3 not tried, ", left)
        self.assertNotRegex(left, "[━─]|hosts:|queued")

    def test_threads(self):
        terminal = self.terminal()
        self.crawl(terminal, *self.stuck_crawl(), "--threads", "2")
        self.await_picture(terminal, CRAWL)

    def test_a_pause_that_ends(self):
        """The host is asked again, and counted as what it is then."""
        self.fetch.write("urls.txt", [
            self.origin.url("1", status=429, retry_after="4", times=1), self.origin.url("2")])
        terminal = self.terminal()
        self.crawl(terminal, "urls.txt", "--per-host", "1", "--delay", "0")
        terminal.await_line(re.compile(r" hosts: 0 active, 0 waiting, 1 paused"))
        terminal.await_line(re.compile(r"2 ok, 0 unchanged, 0 skipped, 0 failed, .*"))

    def test_a_queue_that_grows(self):
        """Each page has twice as many children; none is promised to be the last."""
        with Origin(web="1:100000:500") as origin:
            terminal = self.terminal()
            self.crawl(terminal, f"http://h0.web.test:{origin.port}/", "--delay", "200ms",
                       "--resolve", f"h0.web.test:{origin.port}:127.0.0.1")
            terminal.await_line(re.compile(r" ━*╸?─+  +\d+%  growing"))
            terminal.await_line(re.compile(r" hosts: \d active, \d waiting, 0 paused"))

    def test_a_queue_that_shrinks(self):
        self.fetch.write("urls.txt", [self.origin.url(str(number)) for number in range(600)])
        terminal = self.terminal()
        self.crawl(terminal, "urls.txt", "--delay", "100ms")
        terminal.await_line(re.compile(r" ━*╸?─+  +\d+%  ~\d+:\d\d left"))
        self.assertNotIn("growing", "\n".join(terminal.screen()))

    def test_narrow_and_low(self):
        terminal = self.terminal(columns=40, lines=24)
        self.crawl(terminal, *self.stuck_crawl())
        narrow = [CRAWL[0], r" 5 done, 2 queued, 1 in flight",
                  r" hosts: 1 active, 1 waiting, 1 paused",
                  r" 4 failed: 2 4xx, 1 dns, 1 connect", r"    0:\d\d +http:\S+…\S+"]
        self.await_picture(terminal, narrow)
        terminal.resize(40, 4)
        self.await_picture(terminal, narrow[:3])
        terminal.resize(20, 24)
        self.await_picture(terminal, [
            CRAWL[0], r" 5 done, 2 queued", r" hosts: 1 active", r" 4 failed: 2 4xx", r"  http:/\S+"])
        terminal.resize(80, 24)
        self.await_picture(terminal, CRAWL)

    def test_colours(self):
        for environment, coloured in (({}, True), ({"NO_COLOR": "1"}, False)):
            with self.subTest(environment), \
                    tmux.Terminal(self.fetch.folder, **environment) as terminal:
                self.crawl(terminal, *self.stuck_crawl())
                self.await_picture(terminal, CRAWL)
                shown = "".join(terminal.screen(colours=True))
                self.assertEqual("\x1b[33m1 paused" in shown, coloured)
                self.assertEqual("\x1b[31m4 failed" in shown, coloured)

    def test_a_terminal_without_pictures(self):
        """And the lines that come instead are those of any job."""
        terminal = self.terminal()
        self.crawl(terminal, *self.stuck_crawl(), command="clear; TERM=dumb {}")
        terminal.await_line(re.compile(r"5 done, 1 in flight, 4 failed, .*, [\d.]+ files/s"))
        self.assertNotRegex("\n".join(terminal.all()), "hosts:|queued")

    def test_a_mirror_with_hostile_names(self):
        """In links of its pages; the host is the same in all of them."""
        def never(handler):
            handler.server.stop.wait(60)
        names = {"a%1B[2J.bin": "a_[2J.bin", "b%E2%80%AEgpj.bin": "b_gpj.bin",
                 "%E6%97%A5%0A.bin": "日_.bin"}
        with Site() as site:
            site.server.stop = threading.Event()
            self.addCleanup(site.server.stop.set)
            site.pages = {f"/{name}": never for name in names}
            site.pages["/"] = "".join(f"<a href='{name}'>\x1b[2J</a>" for name in names)
            terminal = self.terminal()
            self.start(terminal, "mirror", "--no-config", "--no-robots", site.url(), "-o", "out",
                       command="clear; {}")
            host = re.escape(site.host)
            self.await_picture(terminal, [
                r" ━+╸?─+  25%.*", r" 1 done, 0 queued, 3 in flight, [\d.]+ pages/s, .*",
                r" hosts: 1 active, 0 waiting, 0 paused",
                *(rf"    0:\d\d +waiting +{host}/{re.escape(name)}" for name in names.values())])
            self.interrupt(terminal)


if __name__ == "__main__":
    unittest.main()
