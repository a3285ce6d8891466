"""--har: what is kept of every request, in all modes, also of a job that is interrupted."""

import json
import time
import unittest

from harness import har
from harness.case import Case
from harness.told import MODES, log

SECRET = "hunter2"


class Har(Case):
    def entries(self, name="x.har"):
        return har.entries(json.loads(self.made(name)))

    def test_every_mode(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.origin.url(f"{number}.bin", size=5000, delay="20ms")
                        for number in range(20)]
                urls += [self.origin.url("gone", status=404), "no url",
                         self.origin.url("old", location=self.origin.url("new", size=7))]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "5", *arguments, "--har", "x.har", "--log", "log",
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 1, done)
                self.assertEqual(len(log(self.made())), 23)
                entries = {entry["request"]["url"]: entry for entry in self.entries()}
                self.assertEqual(len(entries), 22)
                for url in urls[:20]:
                    entry = entries[url]
                    self.assertEqual(entry["response"]["status"], 200)
                    self.assertEqual(entry["response"]["content"]["size"], 5000)
                    self.assertEqual(entry["request"]["httpVersion"], "HTTP/1.1")
                    self.assertGreaterEqual(entry["timings"]["wait"], 19)
                self.assertEqual(entries[urls[20]]["response"]["status"], 404)
                self.assertIn("404", entries[urls[20]]["response"]["_error"])
                self.assertEqual(entries[self.origin.url("new", size=7)]["_redirectedFrom"],
                                 urls[22])

    def test_earlier_tries_and_queues_are_blocked_time(self):
        self.fetch.write("urls.txt", [self.origin.url("a", status=500, times=1),
                                      self.origin.url("b", delay="300ms"),
                                      self.origin.url("c")])
        done = self.fetch.run("--har", "x.har", "--retry-delay", "200ms", "--per-host", "1",
                              "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        entries = {entry["request"]["url"].split("?")[0][-1]: entry for entry in self.entries()}
        self.assertEqual(entries["a"]["_attempts"], 2)
        self.assertGreaterEqual(entries["a"]["timings"]["blocked"], 90)
        self.assertGreaterEqual(entries["c"]["timings"]["blocked"], 280)

    def test_interrupted(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url("quick"),
                                              self.origin.url("slow", delay="20s")])
                run = self.fetch.start(*arguments, "--har", "x.har", "urls.txt", "-o", "out")
                deadline = time.monotonic() + 10
                while self.origin.stats()["requests"] < 2 and time.monotonic() < deadline:
                    time.sleep(0.02)
                run.signal()
                self.assertEqual(run.finish(10).code, 130)
                self.assertEqual([entry["response"]["status"] for entry in self.entries()], [200])

    def test_secrets_stay_out(self):
        url = self.origin.url("a", status=401).replace("//", f"//me:{SECRET}@")
        self.fetch.run("--har", "x.har", "-u", f"me:{SECRET}", "-H", f"Authorization: {SECRET}",
                       "-H", f"Cookie: {SECRET}", "--retry", "0", url)
        self.assertEqual(len(self.entries()), 1)
        self.assertNotIn(SECRET, self.made("x.har"))

    def test_standard_output(self):
        done = self.fetch.run("--har", "-", "-q", self.origin.url("a"))
        self.assertEqual(done.code, 0, done)
        self.assertEqual(len(har.entries(json.loads(done.out))), 1)
        done = self.fetch.run("--har", "-", "--log", "-", self.origin.url("a"))
        self.assertEqual(done.code, 2, done)
        self.assertIn("options --log and --har: only one can have standard output", done.err)

    def test_a_file_that_cannot_be_written(self):
        done = self.fetch.run("--har", "no/such/place", self.origin.url("a"))
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot write no/such/place: No such file or directory", done.err)
        self.assertEqual(self.origin.stats()["requests"], 0)
        done = self.fetch.run("--har", "/dev/full", self.origin.url("a"))
        self.assertEqual(done.code, 3, done)
        self.assertEqual(done.err.count("cannot write /dev/full: No space left on device"), 1)


if __name__ == "__main__":
    unittest.main()
