"""A good guest: the pace that the user sets, the pace that a host bears, and who waits for whom."""

import gzip
import unittest

from harness.case import Case
from harness.told import MODES, log, summary

CONCURRENT = [mode for mode in MODES if mode != "sync"]


def gaps(requests):
    """Seconds from the begin of each request to the begin of the next."""
    return [(later["begin_ms"] - earlier["begin_ms"]) / 1000
            for earlier, later in zip(requests, requests[1:])]


class Rates(Case):
    def named(self, *names):
        """Options that make these names hosts of the origin."""
        return [word for name in names
                for word in ("--resolve", f"{name}:{self.origin.port}:127.0.0.1")]

    def requests_of(self, name):
        return self.origin.requests(host=f"{name}:{self.origin.port}")

    def test_rate(self):
        """So many requests a second, evenly spaced, to each host, and to all at the same time."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url(f"{host}{number}", host=host)
                                              for number in range(21) for host in ("a", "b", "c")])
                done = self.fetch.run("--rate", "20/s", *arguments, *self.named("a", "b", "c"),
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                for host in "abc":
                    requests = self.requests_of(host)
                    self.assertEqual(len(requests), 21)
                    between = gaps(requests)
                    self.assertGreater(sum(between), 0.9)  # a first request may begin late
                    self.assertLess(sum(between), 1.5, done)
                    # 10 ms are made up for; a machine that is busy elsewhere adds its own.
                    self.assertGreater(sorted(between)[3], 0.03, between)

    def test_rate_counts_every_request(self):
        """Redirects and further tries too."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url("moved", redirect=5),
                    self.origin.url("again", status=500, times=2, n=mode)])
                done = self.fetch.run("--rate", "600/m", "--retry-delay", "1ms", *arguments,
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                between = gaps(self.origin.requests())
                self.assertEqual(len(between), 8)
                # The first requests of a thread or process are late by what it takes to start.
                self.assertGreater(sorted(between)[2], 0.08, between)
                self.assertLess(sum(between), 1.6)

    def test_slow_rates_are_no_pauses(self):
        """That the next request may come only after --retry-max-time is no reason to give up."""
        self.fetch.write("urls.txt", [self.origin.url(str(number)) for number in range(3)])
        done = self.fetch.run("--rate", "2/s", "--retry-max-time", "100ms", "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        self.assertGreater(done.wall, 0.9)

    def test_a_rate_needs_its_unit(self):
        for text in ("5", "5/x", "0/s", "-1/s", ""):
            done = self.fetch.run("--rate", text, self.origin.url())
            self.assertEqual(done.code, 2)
            self.assertIn("--rate", done.err)

    def test_one_host_that_refuses(self):
        """Among many: it gets its pause, and the others go on at full speed meanwhile."""
        hosts = [f"h{number}" for number in range(8)]
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url(f"{host}-{number}", host=host, delay="20ms",
                                    **({"status": 429, "retry_after": 2, "times": 1, "n": mode}
                                       if host == "h0" and number == 0 else {}))
                    for number in range(12) for host in hosts])
                done = self.fetch.run("-j", "8", *arguments, *self.named(*hosts), "--log", "log",
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                begin = self.origin.requests()[0]["begin_ms"]
                others = [request["begin_ms"] - begin for host in hosts[1:]
                          for request in self.requests_of(host)]
                self.assertEqual(len(others), 84)
                self.assertLess(max(others), 1500)
                refused = [request["begin_ms"] - begin for request in self.requests_of("h0")]
                self.assertEqual([at for at in refused if 500 < at < 1900], [])

    def test_hosts_that_pause_hold_nobody(self):
        """As many of them as there are jobs, at the head of the list: no slot, thread or process
        waits for the end of a pause, and what was postponed is told with all its tries."""
        paused = [f"p{number}" for number in range(6)]
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url(f"{host}-{number}", host=host, status=429, retry_after=2,
                                    times=1, n=mode) for number in range(2) for host in paused] + [
                    self.origin.url(str(number), host="free", delay="10ms")
                    for number in range(40)])
                done = self.fetch.run("-j", "4", *arguments, *self.named(*paused, "free"), "--log",
                                      "log", "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                begin = self.origin.requests()[0]["begin_ms"]
                free = [request["begin_ms"] - begin for request in self.requests_of("free")]
                self.assertEqual(len(free), 40)
                self.assertLess(max(free), 1700, done)
                self.assertLess(done.wall, 8)
                for host in paused:
                    requests = self.requests_of(host)
                    self.assertIn(len(requests), (3, 4))
                    again = [r["begin_ms"] - begin for r in requests if r["status"] == 200]
                    self.assertGreater(min(again), 1700)
                attempts = [line["attempts"] for line in log(self.made())]
                self.assertEqual(len(attempts), 52)
                self.assertEqual(sum(attempts), len(self.origin.requests()))

    def test_a_list_that_breaks_off(self):
        """What was postponed by then is tried again all the same."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                lines = [self.origin.url("late", status=429, retry_after=1, times=1, n=mode)]
                packed = gzip.compress("".join(line + "\n" for line in lines).encode())
                (self.fetch.folder / "urls.gz").write_bytes(packed[:-8])
                done = self.fetch.run("-j", "2", *arguments, "urls.gz", "-o", "out")
                self.assertEqual((done.code, summary(done)["ok"]), (3, 1), done)

    def test_a_host_that_always_refuses(self):
        """Its lines fail after all their tries, which a pause already agreed on does not cost."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url(str(number), host="never", status=429,
                                                              delay="50ms") for number in range(3)])
                done = self.fetch.run("-j", "4", "--retry", "1", "--retry-delay", "100ms",
                                      *arguments, *self.named("never"), "--log", "log",
                                      "urls.txt", "-o", "out", timeout=60)
                self.assertEqual((done.code, summary(done)["failed"]), (1, 3), done)
                for line in log(self.made()):
                    self.assertGreaterEqual(line["attempts"], 2)
                    self.assertIn("429", line["error"])

    def test_a_pause_that_is_too_long(self):
        """Retry-After counts for all lines of the host, as far as --retry-max-time goes."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url(str(number), host="later", status=429,
                                                              retry_after=1000)
                                              for number in range(40)] + [self.origin.url("free")])
                done = self.fetch.run("-j", "4", "--retry-max-time", "20s", *arguments,
                                      *self.named("later"), "urls.txt", "-o", "out")
                self.assertEqual((done.code, summary(done)["failed"]), (1, 40), done)
                self.assertLess(done.wall, 3)
                self.assertLessEqual(len(self.requests_of("later")), 4)
                self.assertIn("a pause longer than --retry-max-time", done.err)

    def test_a_host_that_refuses_is_asked_less(self):
        """Without Retry-After the host is still left alone for a while, and afterwards asked by
        fewer at a time; the retries of all its URLs are no second wave."""
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url(str(number), delay="200ms", status=503, times=1, n=mode)
                    for number in range(16)])
                done = self.fetch.run("-j", "16", "--retry-delay", "10ms", *arguments, "--log",
                                      "log", "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assertEqual(summary(done)["ok"], 16)
                times = sorted([(request["begin_ms"], 1) for request in self.origin.requests()] +
                               [(request["end_ms"], -1) for request in self.origin.requests()])
                middle = self.origin.requests()[15]["end_ms"]
                flying = most = 0
                for at, change in times:
                    flying += change
                    if at > middle:
                        most = max(most, flying)
                self.assertLessEqual(most, 9)
                attempts = [line["attempts"] for line in log(self.made())]
                self.assertEqual(attempts, [2] * 16)

    def test_one_slow_host(self):
        """At the head of the list it does not keep the others waiting, and nobody gets ahead of
        an earlier line of his own host."""
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url(f"slow-{number}", host="slow", delay="700ms")
                    for number in range(30)] + [
                        self.origin.url(f"{host}-{number}", host=host)
                        for number in range(10) for host in ("a", "b", "c", "d")])
                done = self.fetch.run("-j", "8", *arguments,
                                      *self.named("slow", "a", "b", "c", "d"),
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                begin = self.origin.requests()[0]["begin_ms"]
                others = [request["begin_ms"] - begin for host in "abcd"
                          for request in self.requests_of(host)]
                self.assertEqual(len(others), 40)
                self.assertLess(max(others), 1000)
                # All eight connections are used when nobody else is left.
                self.assertLess(done.wall, 4.6)
                numbers = [int(request["target"].split("?")[0].split("-")[1])
                           for request in self.requests_of("slow")]
                # Those that are under way together may overtake each other on their way.
                for place, number in enumerate(numbers):
                    self.assertLess(abs(place - number), 16, numbers)

    def test_limit_rate(self):
        """All transfers together, however they are run; those that begin together end together."""
        sizes = [1 << 20] * 4 + [1000] * 40
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url(str(number), size=size)
                                              for number, size in enumerate(sizes)])
                done = self.fetch.run("-j", "8", "--limit-rate", "2M", *arguments, "--log", "log",
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                lines = log(self.made())
                begin = min(line["time"]["start"] for line in lines)
                ends = sorted(line["time"]["start"] + line["time"]["total"] - begin
                              for line in lines)
                self.assertGreater(ends[-1], 1.8, done)
                self.assertLess(ends[-1], 2.3, done)
                if mode != "sync":
                    large = sorted(line["time"]["total"] for line in lines
                                   if line["bytes"] > 1000)
                    self.assertGreater(large[0], 1.3, large)
                    # Small ones need not wait until the large ones are done.
                    self.assertLess(ends[20], 1.0)
                self.fetch.assert_contents("0", self.origin.body("0", 1 << 20))

    def test_limit_rate_can_be_interrupted(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                run = self.fetch.start("-j", "4", "--limit-rate", "1K", *arguments,
                                       self.origin.url("a", size="1M"),
                                       self.origin.url("b", size="1M"), "-o", "out/")
                while not self.origin.requests("a"):
                    self.assertTrue(run.is_running())
                run.signal()
                self.assertEqual(run.finish(5).code, 130)

    def test_speed_limit(self):
        """Too slow for so long fails, and is worth another try."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url("slow", size="20K", drip="100/100ms", times=1, n=mode),
                    self.origin.url("steady", size="2K", drip="500/100ms")])
                done = self.fetch.run("--speed-limit", "2000", "--speed-time", "300ms",
                                      "--retry-delay", "10ms", *arguments, "--log", "log",
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                attempts = {line["path"]: line["attempts"] for line in log(self.made())}
                self.assertEqual(attempts, {"slow": 2, "steady": 1})
        done = self.fetch.run("-Y", "2000", "-y", "0.3", "--retry", "0",
                              self.origin.url("slow", size="20K", drip="100/100ms"))
        self.assertEqual(done.code, 1)
        self.assertIn("slower than 2,000 bytes a second for 300 ms", done.err)

    def test_retry_all_errors(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url("hidden", status=404, times=1, n=mode),
                    self.origin.url("noise", noise=1, times=2, n=mode)])
                done = self.fetch.run("--retry-all-errors", "--retry-delay", "10ms", *arguments,
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assertEqual(len(self.origin.requests("hidden")), 2)


if __name__ == "__main__":
    unittest.main()
