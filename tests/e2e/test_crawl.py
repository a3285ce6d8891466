"""`fetch crawl`: what it finds, what it leaves alone, how it treats hosts, and that it goes on."""

import json
import os
import signal
import tempfile
import time
import unittest

from harness.case import Case
from harness.dns import Dns
from harness.origin import Origin
from harness.program import Program
from harness.told import LOG_KEYS, failures, summary
from harness.web import Web

HOSTS, PAGES = 12, 40
CRAWL_KEYS = LOG_KEYS + ["depth", "referrer", "links", "title", "content_type", "digest"]


class Crawls(Case):
    @classmethod
    def setUpClass(cls):
        cls.origin = Origin(web=f"{HOSTS}:{PAGES}:2000")
        cls.origin.__enter__()
        cls.addClassCleanup(cls.origin.__exit__)
        cls.web = Web(HOSTS, PAGES, cls.origin.port)

    def options(self, *more):
        resolve = [word for host in range(HOSTS)
                   for word in ("--resolve", f"h{host}.web.test:{self.origin.port}:127.0.0.1")]
        return ["--no-config", "--delay", "0", "--retry-delay", "50ms", *resolve, *more]

    def crawl(self, *arguments, code=0, timeout=60):
        """Runs it with a log: (Result, {URL: its line})."""
        self.fetch.path("log").unlink(missing_ok=True)
        done = self.fetch.run("crawl", *self.options("--log", "log", *arguments), timeout=timeout)
        self.assertEqual(done.code, code, done)
        return done, self.lines()

    def lines(self):
        found = {}
        for text in self.made().splitlines():
            line = json.loads(text)
            self.assertEqual(list(line), CRAWL_KEYS)
            self.assertNotIn(line["url"], found)
            found[line["url"]] = line
        return found

    def asked(self):
        """URLs that the origin was asked for."""
        return {f"http://{entry['host']}{entry['target']}" for entry in self.origin.requests()}

    def test_a_host_is_found_whole(self):
        for threads in ("1", "2"):
            with self.subTest(threads=threads), Program() as self.fetch:
                done, lines = self.crawl("--threads", threads, "--reject-regex", "/cal/",
                                         self.web.url(3))
                expected = self.web.expected([3])
                self.assertEqual({url: line["status"] for url, line in lines.items()}, expected)
                self.assertEqual(summary(done)["failed"],
                                 sum(status == 404 for status in expected.values()))

    def test_threads_share_a_host(self):
        """Where each has at least two connections to it. Each thread looks up the name itself, so
        that it shows how many of them have fetched."""
        for per_host, more, asked in (("4", (), 2), ("3", (), 1), ("4", ("-c", "jar"), 1)):
            with self.subTest(per_host=per_host, more=more), Program() as self.fetch, \
                    Dns() as dns:
                done = self.fetch.run(
                    "crawl", "--no-config", "--delay", "0", "--threads", "2", "--per-host",
                    per_host, "--dns-servers", dns.address, "--reject-regex", "/cal/", *more,
                    self.web.url(3))
                self.assertEqual(done.code, 0, done)
                self.assertEqual(dns.stats("h3.web.test")["a"], asked)

    def test_many_hosts_are_found_whole(self):
        done, lines = self.crawl("--span-hosts", "--reject-regex", "/cal/", self.web.url(0))
        expected = self.web.expected(self.web.reached([0]))
        self.assertEqual({url: line["status"] for url, line in lines.items()}, expected)
        self.assertIn("robots.txt", done.err)

    def test_requisites_lie_outside_the_scope(self):
        _, lines = self.crawl("--page-requisites", "--level", "1", self.web.url(1))
        links = [url for kind, url in self.web.links(1, 0) if kind == "a"]
        inside = {url for url in links if url.startswith(self.web.url(1, ""))}
        images = {url for url in lines if "/img/" in url}
        self.assertEqual(set(lines) - images, {self.web.url(1)} | inside)
        self.assertTrue(all(lines[url]["referrer"] in lines for url in images))

    def test_lines_tell_of_the_page(self):
        _, lines = self.crawl("--level", "1", self.web.url(2))
        seed, first = lines[self.web.url(2)], lines[self.web.url(2, "/p/1.html")]
        self.assertEqual((seed["depth"], seed["referrer"], seed["title"]),
                         (0, None, "host 2 page 0"))
        self.assertEqual((first["depth"], first["referrer"]), (1, seed["url"]))
        self.assertEqual(first["links"], len(self.web.links(2, 1)))
        self.assertEqual(first["content_type"], "text/html; charset=utf-8")
        self.assertRegex(first["digest"], r"\Axxh3-128=[0-9a-f]{32}\Z")

    def test_robots_are_asked_first_and_obeyed(self):
        done, lines = self.crawl("--reject-regex", "/cal/", self.web.url(5))
        self.assertEqual(self.origin.requests()[0]["target"], "/robots.txt")
        self.assertNotIn(self.web.url(5, "/private/3.html"), self.asked())
        self.assertIn("1 robots.txt", done.err)
        self.origin.reset_stats()
        done, lines = self.crawl("--no-robots", "--reject-regex", "/cal/", self.web.url(5))
        self.assertNotIn(self.web.url(5, "/robots.txt"), self.asked())
        self.assertIn(self.web.url(5, "/private/3.html"), lines)
        self.assertIn("--no-robots", done.err)

    def test_a_seed_that_robots_forbid(self):
        forbidden = self.web.url(5, "/private/3.html")
        done, lines = self.crawl(forbidden, code=1)
        self.assertEqual(failures(done), {forbidden: "robots.txt forbids it"})
        self.assertEqual(lines[forbidden]["error"], "robots.txt forbids it")
        self.assertNotIn(forbidden, self.asked())

    def test_a_site_without_robots_that_answers_is_closed(self):
        """What does not say what may be fetched is left alone, and told."""
        dead = "http://h1.web.test:1/"
        done = self.fetch.run("crawl", "--no-config", "--retry", "0", "--resolve",
                              "h1.web.test:1:127.0.0.1", dead)
        self.assertEqual(done.code, 1, done)
        self.assertIn("robots.txt cannot be had", failures(done)[dead])

    def test_hosts_are_treated_gently(self):
        self.crawl("--span-hosts", "--reject-regex", "/cal/", "--per-host", "2", self.web.url(0))
        for name, host in self.origin.stats()["hosts"].items():
            self.assertLessEqual(host["max"], 2, name)

    def test_crawl_delay_and_delay_are_kept(self):
        self.crawl("--level", "2", self.web.url(8))
        self.check_gaps("h8", 0.05)
        self.origin.reset_stats()
        self.crawl("--level", "1", "--delay", "100ms", self.web.url(1))
        self.check_gaps("h1", 0.1)

    def check_gaps(self, host, seconds):
        """But between robots.txt, which tells of the delay, and what comes next."""
        begun = [entry["begin_ms"] for entry in self.origin.requests()
                 if entry["host"].startswith(host + ".")][1:]
        gaps = [(b - a) / 1000 for a, b in zip(begun, begun[1:])]
        self.assertGreater(len(gaps), 2)
        self.assertGreater(sum(gaps) / len(gaps), 0.9 * seconds, gaps)
        # Who is late is made up for a little; and both clocks may be.
        self.assertGreater(min(gaps), 0.3 * seconds, gaps)

    def test_a_calendar_without_end_ends(self):
        done, lines = self.crawl("--level", "0", self.web.url(6))
        months = [url for url in lines if "/cal/" in url]
        self.assertGreater(len(months), 100)
        self.assertLess(len(months), 5000)
        self.assertRegex(done.err, r"not followed:.* calendar")

    def test_bounds(self):
        done, lines = self.crawl("--max-urls", "10", self.web.url(7))
        self.assertEqual(len(lines), 10)
        self.assertIn("--max-urls has ended it", done.err)
        self.assertGreater(summary(done)["not tried"], 0)
        done, lines = self.crawl("--quota", "20K", "-j", "1", self.web.url(7))
        self.assertTrue(9 <= len(lines) <= 14, len(lines))
        begun = time.monotonic()
        done, _ = self.crawl("--delay", "300ms", "--job-time", "1s", self.web.url(7))
        self.assertLess(time.monotonic() - begun, 10)
        self.assertIn("--job-time has ended it", done.err)

    def test_wrong_options_are_refused(self):
        for said, words in {"mirror: seeds is no URL": ["mirror", "seeds"],
                            "it belongs to fetch mirror": ["crawl", "--no-convert", "http://h/"],
                            "option --level": ["crawl", "--level", "x", "http://h/"],
                            "--accept-regex": ["crawl", "--accept-regex", "(", "http://h/"],
                            "nothing to fetch": ["mirror"]}.items():
            done = self.fetch.run(*words)
            self.assertEqual(done.code, 2, done)
            self.assertIn(said, done.err)

    def test_lists_of_seeds(self):
        self.fetch.write("seeds", [self.web.url(1), "no URL", "# a word", self.web.url(2)])
        done, lines = self.crawl("--level", "1", "seeds", code=1)
        self.assertIn("seeds:2:", done.err)
        self.assertIn(self.web.url(1), lines)
        self.assertIn(self.web.url(2), lines)

    def test_what_is_fetched_is_kept_where_it_is_asked_for(self):
        self.crawl("-o", "out", "--level", "1", self.web.url(2))
        name = f"out/h2.web.test:{self.origin.port}"
        self.assertIn(b"host 2 page 0", self.fetch.path(f"{name}/index.html").read_bytes())
        self.assertIn(b"host 2 page 1", self.fetch.path(f"{name}/p/1.html").read_bytes())

    def test_nothing_is_left_behind(self):
        with tempfile.TemporaryDirectory() as folder:
            done = self.fetch.run("crawl", *self.options("--log", "log", "--level", "1"),
                                  self.web.url(2), environment={"TMPDIR": folder})
            self.assertEqual(done.code, 0, done)
            self.assertEqual(os.listdir(self.fetch.folder), ["log"])
            self.assertEqual(os.listdir(folder), [])

    def test_an_interrupted_crawl_goes_on(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
            with self.subTest(signal=number), Program() as self.fetch:
                self.origin.reset_stats()
                self.go_on_after(number, code)

    def go_on_after(self, number, code):
        arguments = self.options("--span-hosts", "--reject-regex", "/cal/", "-o", "out",
                                 "--out-null", "-j", "8", "--delay", "2ms", self.web.url(0))
        expected = self.web.expected(self.web.reached([0]))
        done, rounds = {}, 0
        while True:
            rounds += 1
            run = self.fetch.start("crawl", *arguments, "--log", f"log.{rounds}")
            deadline = time.monotonic() + (0.4 if rounds < 4 else 60)
            while run.is_running() and time.monotonic() < deadline:
                time.sleep(0.01)
            ended = not run.is_running()
            if not ended:
                run.signal(number)
            result = run.finish()
            if ended:
                self.assertEqual(result.code, 0, result)
                break
            self.assertEqual(result.code, code, result)
            self.assertLess(rounds, 6)
        self.assertGreater(rounds, 1)
        counts = {}
        for entry in self.origin.requests():
            url = f"http://{entry['host']}{entry['target']}"
            counts[url] = counts.get(url, 0) + 1
        for url in expected:
            self.assertIn(url, counts)
        repeated = sum(counts[url] > 1 for url in expected if "/flaky/" not in url)
        # What was in flight, and what was acked within the last 50 ms.
        self.assertLess(repeated, rounds * 60)


if __name__ == "__main__":
    unittest.main()
