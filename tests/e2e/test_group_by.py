"""--group-by ip: whatever hosts are called, those at one address are one to a good guest."""

import time
import unittest

from harness.case import Case
from harness.dns import Dns
from harness.told import MODES, log, summary

CONCURRENT = [mode for mode in MODES if mode != "sync"]
NAMES = [f"n{number}.test" for number in range(8)]
# All names are 127.0.0.1's; one has a second address, in whatever order.
ZONE = "n5.test A 127.0.0.9\nn5.test A 127.0.0.1\n"


class GroupBy(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dns = Dns(zone=ZONE)
        cls.dns.__enter__()
        cls.addClassCleanup(cls.dns.__exit__)

    def run_list(self, urls, *arguments, **options):
        self.fetch.write("urls.txt", urls)
        return self.fetch.run("-j", "16", "--group-by", "ip", "--dns-servers", self.dns.address,
                              *arguments, "urls.txt", "-o", "out", **options)

    def urls(self, count=4, **behaviour):
        return [self.origin.url(f"{name}-{number}", host=name, **behaviour)
                for number in range(count) for name in NAMES]

    def test_connections_to_an_address(self):
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                done = self.run_list(self.urls(delay="30ms"), "--per-host", "3", *arguments)
                self.assertEqual(done.code, 0, done)
                self.assertEqual(summary(done)["ok"], 32)
                self.assertIn(self.origin.stats()["requests_max"], (2, 3))
        with self.mode("async") as arguments:
            self.run_list(self.urls(delay="30ms"), "--per-host", "3", "--group-by", "host",
                          *arguments)
            self.assertGreater(self.origin.stats()["requests_max"], 3)

    def test_rate_of_an_address(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.run_list(self.urls(2), "--rate", "20/s", *arguments)
                self.assertEqual(done.code, 0, done)
                begun = sorted(request["begin_ms"] for request in self.origin.requests())
                self.assertEqual(len(begun), 16)
                self.assertGreater(begun[-1] - begun[0], 600)

    def test_a_pause_is_for_the_address(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                busy = self.origin.url("busy", host=NAMES[0], status=429, retry_after=1, times=1)
                done = self.run_list([busy, *self.urls(1, delay="100ms")], "-j", "1", *arguments)
                self.assertEqual(done.code, 0, done)
                requests = self.origin.requests()
                self.assertEqual(requests[0]["status"], 429)
                self.assertGreater(requests[1]["begin_ms"] - requests[0]["begin_ms"], 900)

    def test_redirects_and_tries_count_too(self):
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                urls = [self.origin.url(f"from-{number}", host=NAMES[number % 4],
                                        location=self.origin.url(f"to-{number}", delay="30ms",
                                                                 host=NAMES[4 + number % 4]))
                        for number in range(12)]
                done = self.run_list(urls, "--per-host", "2", *arguments)
                self.assertEqual(done.code, 0, done)
                self.assertLessEqual(self.origin.stats()["requests_max"], 2)

    def test_other_addresses_go_on(self):
        """A host that is not found, or slow to be found, holds up nobody."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.origin.url("a", host="nx.test"), *self.urls(1)]
                if mode != "sync":
                    urls.insert(0, self.origin.url("b", host="slow.test"))
                begun = time.monotonic()
                run = self.run_list(urls, "--log", "log", "--retry", "0", *arguments)
                self.assertEqual(run.code, 1, run)
                self.assertEqual(summary(run)["failed"], 1)
                self.assertIn("nx.test", run.err)
                names = [line["url"] for line in log(self.made())]
                if mode != "sync":
                    self.assertIn("slow.test", names[-1])
                self.assertLess(time.monotonic() - begun, 6)

    def test_addresses_of_the_user(self):
        """Those of --resolve, and those in URLs."""
        given = [word for name in ("a", "b")
                 for word in ("--resolve", f"{name}:{self.origin.port}:127.0.0.1")]
        urls = [self.origin.url(f"{host}{number}", host=host, delay="30ms")
                for number in range(6) for host in ("a", "b", "127.0.0.1")]
        done = self.run_list(urls, "--per-host", "2", *given)
        self.assertEqual(done.code, 0, done)
        self.assertLessEqual(self.origin.stats()["requests_max"], 2)

    def test_interrupted_while_names_are_looked_up(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url(f"{n}", host=f"silent.n{n}.test")
                                              for n in range(20)])
                run = self.fetch.start("--group-by", "ip", "--dns-servers", self.dns.address,
                                       *arguments, "urls.txt", "-o", "out")
                time.sleep(0.4)
                run.signal()
                done = run.finish(5)
                self.assertEqual(done.code, 130, done)
                self.assertEqual(summary(done)["not tried"], 20)

    def test_many_hosts(self):
        """More than are looked up at a time."""
        urls = [self.origin.url(f"m{number}", host=f"m{number}.test") for number in range(700)]
        done = self.run_list(urls, "--per-host", "5")
        self.assertEqual(done.code, 0, done)
        self.assertEqual(summary(done)["ok"], 700)
        self.assertLessEqual(self.origin.stats()["requests_max"], 5)


if __name__ == "__main__":
    unittest.main()
