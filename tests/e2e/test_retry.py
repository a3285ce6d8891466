"""Further tries: which failures are worth them, when they come, and who waits for whom."""

import dataclasses
import unittest

from harness.case import Case
from harness.origin import Origin
from harness.program import Program, Result
from harness.told import MODES, failures, log, summary

# Those in which several transfers are under way at a time.
CONCURRENT = [mode for mode in MODES if mode != "sync"]


@dataclasses.dataclass
class Fetched:
    """What became of one list in one mode, and what the mode's own origin saw of it."""

    mode: str
    origin: Origin
    fetch: Program
    urls: list
    done: Result
    lines: list  # of the log, in the order of the URLs

    def attempts(self):
        return [line["attempts"] for line in self.lines]

    def gaps(self, path):
        """Seconds between the end of each try and the begin of the next."""
        tries = self.origin.requests(path)
        return [(later["begin_ms"] - earlier["end_ms"]) / 1000
                for earlier, later in zip(tries, tries[1:])]


class Retry(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.origins = {mode: Origin() for mode in MODES}
        for origin in cls.origins.values():
            origin.__enter__()
            cls.addClassCleanup(origin.__exit__)

    def fetched(self, urls_of, *arguments, modes=tuple(MODES), code=0):
        """Fetches urls_of(origin) in these modes at the same time, for most of it is waiting."""
        runs, fetched = [], []
        for mode in modes:
            origin, fetch = self.origins[mode], self.enter(Program())
            origin.reset_stats()
            urls = urls_of(origin)
            fetch.write("urls.txt", urls)
            runs.append((mode, origin, fetch, urls, fetch.start(
                *arguments, *MODES[mode], "--log", "log", "urls.txt", "-o", "out")))
        for mode, origin, fetch, urls, run in runs:
            with self.subTest(mode=mode):
                done = run.finish(60)
                self.assertEqual(done.code, code, done)
                lines = {line["url"]: line for line in log((fetch.folder / "log").read_text())}
                self.assertEqual(len(lines), len(urls), done)
                fetched.append(Fetched(mode, origin, fetch, urls, done,
                                       [lines[url] for url in urls]))
        return fetched

    def test_nobody_waits_for_ever(self):
        """Few slots and few connections, and those who have one want the other: a pause, and
        redirects into the paused host."""
        other = self.enter(Origin())
        into = [other.url(f"r{n}.bin", status=302, delay="300ms",
                          location=self.origin.url(f"x{n}.bin")) for n in range(3)]
        for mode in MODES:
            for jobs in (1, 2):
                with self.mode(mode) as arguments:
                    paused = self.origin.url("a.bin", status=429, retry_after=1, times=1,
                                             n=f"{mode}-{jobs}")
                    self.fetch.write("urls.txt", [paused, *into, self.origin.url("z.bin")])
                    done = self.fetch.run("-j", jobs, "--per-host", 1, *arguments, "urls.txt",
                                          "-o", "out", timeout=30)
                    self.assertEqual(done.code, 0, done)
                    self.assertEqual(summary(done)["ok"], 5)

    def test_what_is_worth_another_try(self):
        """Fails once, then not; what arrives is whole, whatever came before it."""
        # Here libcurl may have tried again by itself, on a connection that had been used before.
        silent = [{"reset": "request"}, {"close": "silent"}]
        behaviours = silent + [{"status": status} for status in (408, 429, 500, 502, 503, 504)]
        behaviours += [{"reset": where} for where in ("headers", "after-headers", "body")]
        behaviours += [{"close": "headers"}, {"truncate": 300_000}, {"chunks": "cut"},
                       {"chunks": "unended"}, {"length": 500_000}]
        for run in self.fetched(
                lambda origin: [origin.url(f"{number}.bin", size=400_000, times=1, **how)
                                for number, how in enumerate(behaviours)],
                "--retry-delay", "20ms"):
            with self.subTest(mode=run.mode):
                self.assertEqual(summary(run.done)["ok"], len(behaviours))
                names = [f"{number}.bin" for number in range(len(behaviours))]
                run.fetch.assert_files(names)
                for name, how, attempts in zip(names, behaviours, run.attempts()):
                    run.fetch.assert_contents(name, run.origin.body(name, 400_000))
                    self.assertEqual(len(run.origin.requests(name)), 2, how)
                    self.assertIn(attempts, (1, 2) if how in silent else (2,), how)

    def test_damaged_compression_is_worth_another_try(self):
        for run in self.fetched(
                lambda origin: [origin.url(how, gzip=how, size=100_000, times=1)
                                for how in ("cut", "damaged")],
                "--retry-delay", "20ms", "--compressed"):
            with self.subTest(mode=run.mode):
                self.assertEqual(run.attempts(), [2, 2])
                for how in ("cut", "damaged"):
                    run.fetch.assert_contents(how, run.origin.body(how, 100_000))

    def test_timeouts_are_worth_another_try(self):
        sizes = {"late": 1024, "stall": 200_000, "drip": 200_000}
        for run in self.fetched(
                lambda origin: [origin.url("late", delay="30s", times=1),
                                origin.url("stall", size=200_000, stall=100_000, times=1),
                                origin.url("drip", size=200_000, drip="100/100ms", times=1)],
                "--retry-delay", "20ms", "-m", "1s"):
            with self.subTest(mode=run.mode):
                for name, size in sizes.items():
                    run.fetch.assert_contents(name, run.origin.body(name, size))
                self.assertEqual(run.attempts(), [2, 2, 2])

    def test_what_is_not(self):
        behaviours = [{"status": status} for status in (400, 401, 403, 404, 410, 501, 206, 304)]
        behaviours += [{"headers": "endless"}, {"noise": 1}, {"redirect": "loop"},
                       {"location": "gopher://127.0.0.1/"},
                       {"header": "Content-Encoding: compress"}]
        for run in self.fetched(
                lambda origin: [origin.url(f"{number}", **how)
                                for number, how in enumerate(behaviours)],
                "--retry-delay", "20ms", "--compressed", code=1):
            with self.subTest(mode=run.mode):
                self.assertEqual(run.attempts(), [1] * len(behaviours))
                self.assertEqual(summary(run.done)["failed"], len(behaviours))

    def test_how_many(self):
        """--retry counts those after the first: 3 unless told otherwise."""
        for options, tries in (((), 4), (("--retry", "1"), 2), (("--retry", "0"), 1)):
            for run in self.fetched(lambda origin: [origin.url("a", status=503)],
                                    "--retry-delay", "10ms", *options, code=1):
                with self.subTest(mode=run.mode):
                    reason = "server answered 503 Service Unavailable"
                    reason += f" ({tries} attempts)" if tries > 1 else ""
                    self.assertEqual(failures(run.done), {run.urls[0]: reason})
                    self.assertEqual(len(run.origin.requests("a")), tries)
                    self.assertEqual(run.attempts(), [tries])
                    run.fetch.assert_files([])

    def test_delays_double(self):
        """From --retry-delay on; a bit of chance comes on top, and never less."""
        for run in self.fetched(lambda origin: [origin.url("a", status=500)],
                                "--retry-delay", "100ms", code=1):
            with self.subTest(mode=run.mode):
                gaps = run.gaps("a")
                self.assertEqual(len(gaps), 3)
                for gap, least in zip(gaps, (0.1, 0.2, 0.4)):
                    self.assertGreaterEqual(gap, least * 0.99, gaps)

    def test_retry_after(self):
        """In seconds or as a date, and instead of our own delay, be that shorter or longer."""
        for run in self.fetched(
                lambda origin: [
                    origin.url("seconds", status=503, retry_after=1, times=1),
                    # Dates know whole seconds: this is 1 to 2 s from now.
                    origin.url("date", host="localhost", status=503, retry_after="date+2", times=1),
                ], "--retry-delay", "10ms"):
            with self.subTest(mode=run.mode):
                self.assertGreaterEqual(run.gaps("seconds")[0], 0.99)
                self.assertGreaterEqual(run.gaps("date")[0], 0.9)
        for run in self.fetched(
                lambda origin: [origin.url("soon", status=503, retry_after=0, times=1)],
                "--retry-delay", "1h"):
            with self.subTest(mode=run.mode):
                self.assertEqual(len(run.origin.requests("soon")), 2)

    def test_retry_after_that_is_none(self):
        for text in ("soon", "-1", "99999999999999999999999s"):
            for run in self.fetched(
                    lambda origin: [origin.url("a", status=503, retry_after=text, times=1)],
                    "--retry-delay", "10ms", modes=["async"]):
                with self.subTest(mode=run.mode):
                    self.assertEqual(run.attempts(), [2])
                    self.assertLess(run.done.wall, 15)

    def test_retry_max_time(self):
        """No new try after so long, and none is waited for in vain."""
        for run in self.fetched(lambda origin: [origin.url("a", status=500)], "--retry", "100",
                                "--retry-delay", "200ms", "--retry-max-time", "1s", code=1):
            with self.subTest(mode=run.mode):
                # At 0, 0.2 and 0.6 s; the next would not be before 1.4 s.
                self.assertIn(len(run.origin.requests("a")), (2, 3), run.done)
        for run in self.fetched(
                lambda origin: [origin.url("a", status=429, retry_after=3600)],
                "--retry-max-time", "2s", code=1):
            with self.subTest(mode=run.mode):
                self.assertEqual(len(run.origin.requests("a")), 1)

    def test_a_pause_beyond_patience(self):
        """Nobody waits for it, and nobody else asks the host either."""
        for run in self.fetched(
                lambda origin: [origin.url(str(number), status=429, retry_after=3600)
                                for number in range(4)],
                "-j", "1", "--retry-max-time", "2s", code=1):
            with self.subTest(mode=run.mode):
                self.assertLess(run.done.wall, 15)
                self.assertEqual(run.attempts(), [1, 0, 0, 0])
                self.assertEqual(len(run.origin.requests()), 1)
                reasons = [line["error"] for line in run.lines]
                self.assertIn("429", reasons[0])
                self.assertIn("longer than --retry-max-time", reasons[3])

    def test_the_last_try_tells_where_it_ended(self):
        """A redirect of an earlier try is no news."""
        for run in self.fetched(
                lambda origin: [origin.url("first", location="/second?status=500", times=1)],
                "--retry-delay", "10ms"):
            with self.subTest(mode=run.mode):
                self.assertEqual(run.lines[0]["final_url"], run.urls[0])

    def test_who_waits_at_a_gate_has_no_slot(self):
        """Else one who is inside and waits for the slot would wait for ever."""
        with Origin() as other:
            for run in self.fetched(
                    lambda origin: [other.url("again", status=503, times=1),
                                    origin.url("there", delay="1s", location=other.url("here"))],
                    "-j", "1", "--retry-delay", "300ms", modes=["async"]):
                self.assertEqual(run.attempts(), [2, 1])
                self.assertLess(run.done.wall, 10)

    def test_redirects_to_a_paused_host_hold_up_nobody(self):
        with Origin() as other:
            for run in self.fetched(
                    lambda origin: [origin.url(f"moved-{number}", location=other.url(
                        str(number), status=429, retry_after=3, times=1)) for number in range(4)] +
                    [origin.url("beside")], "-j", "2", modes=["async"]):
                starts = [line["time"]["start"] for line in run.lines]
                self.assertLess(starts[4] - starts[0], 1.5)

    def test_all_tries_begin_at_the_url_itself(self):
        """Not where its redirect led to the last time."""
        for run in self.fetched(
                lambda origin: [origin.url("first", location="/second?status=500&times=1")],
                "--retry-delay", "10ms"):
            with self.subTest(mode=run.mode):
                self.assertEqual([entry["target"].split("?")[0] for entry in run.origin.requests()],
                                 ["/first", "/second", "/first", "/second"])

    def test_a_pause_is_for_all_urls_of_the_host(self):
        """However they are run: once a host has asked for a second, nobody asks it anything in
        that second. Another host gets its requests all the time."""
        def urls_of(origin):
            return ([origin.url("pause", status=429, retry_after=1, times=1)]
                    + [origin.url(f"{number}", delay="80ms") for number in range(10)]
                    + [origin.url(f"o{number}", host="localhost", delay="80ms")
                       for number in range(24)])
        for run in self.fetched(urls_of, "-j", "4", "--retry-delay", "10ms"):
            with self.subTest(mode=run.mode):
                self.assertEqual(summary(run.done)["ok"], 35)
                self.assertEqual(len(run.origin.requests()), 36)
                asked = run.origin.requests("pause")[0]["end_ms"]
                paused = [entry["begin_ms"] for entry in run.origin.requests(host=run.origin.host)]
                # What was on its way when the answer came is no offence.
                self.assertEqual([at for at in paused if asked + 300 < at < asked + 990], [])
                self.assertGreater(len([at for at in paused if at >= asked + 990]), 5)
                if run.mode != "sync":
                    others = run.origin.requests(host=f"localhost:{run.origin.port}")
                    self.assertTrue([entry for entry in others
                                     if asked + 300 < entry["begin_ms"] < asked + 990])

    def test_a_pause_met_by_many_costs_only_one_try(self):
        """All get the same 429 at the same time. The first to be told uses up a try; it is not
        the others' fault that they were under way."""
        for run in self.fetched(
                lambda origin: [origin.url(f"{number}", status=429, retry_after=1, delay="500ms",
                                           times=1) for number in range(6)],
                "--retry", "0", "-j", "6", modes=CONCURRENT, code=1):
            with self.subTest(mode=run.mode):
                self.assertEqual(summary(run.done), {"ok": 5, "unchanged": 0, "skipped": 0,
                                                     "failed": 1})
                self.assertEqual(sorted(run.attempts()), [1, 2, 2, 2, 2, 2])

    def test_a_slot_is_not_held_while_waiting(self):
        """With one job, the others are done before the second try."""
        for run in self.fetched(
                lambda origin: [origin.url("again", status=500, times=1)]
                + [origin.url(f"{number}") for number in range(20)],
                "-j", "1", "--retry-delay", "1s", modes=["async", "async, two threads"]):
            with self.subTest(mode=run.mode):
                order = [entry["target"].split("?")[0] for entry in run.origin.requests()]
                self.assertEqual((order[0], order[-1]), ("/again", "/again"))
                self.assertEqual(run.origin.stats()["requests_max"], 1)

    def test_a_host_that_stays_away(self):
        """Reset at every try: told with the number of tries."""
        for run in self.fetched(lambda origin: [origin.reset_base + "/a"], "--retry", "2",
                                "--retry-delay", "10ms", code=1):
            with self.subTest(mode=run.mode):
                self.assertRegex(failures(run.done)[run.urls[0]],
                                 r"connection reset by peer.* \(3 attempts\)\Z")


if __name__ == "__main__":
    unittest.main()
