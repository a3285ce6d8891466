"""--har and --report as files: what is kept of every request, in all modes, also of a job that is
interrupted. How the page looks is in test_report_page.py."""

import json
import os
import signal
import time
import unittest

from harness import har
from harness.case import Case
from harness.origin import Origin
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

    def test_a_validator_accepts_it(self):
        har.need_validator()
        with Origin(ipv6=True) as six:
            urls = [f"{self.origin.base}/{path}" for path in
                    ("\u00e4", "a|b?c=|\"<>^`{}\\", "[x]?y[]=1", "%zz", "%", "a#b?c", "b%09%00%20",
                     "'(z)*;,@!$&=+", "?a=b=c&&d&=e", "gone?status=404", "cut?size=1M&reset=body",
                     "old?location=/new", "unchanged?status=304")]
            urls += [six.base6 + "/six", "http://b\u00fccher.test/", "http://a_b.test/",
                     self.origin.base.replace("//", f"//me:{SECRET}@"), self.origin.reset_base,
                     "http://127.1:1/refused", "ftp://127.0.0.1:1/refused", "no url"]
            self.fetch.write("urls.txt", urls)
            self.fetch.run("--har", "x.har", "--retry", "0", "--dns-servers", "127.0.0.1:1",
                           "urls.txt", "-o", "out")
        archive = json.loads(self.made("x.har"))
        self.assertEqual(len(har.entries(archive)), len(urls) - 1)
        self.assertEqual(har.complaint(archive), "")
        # It would find something.
        archive["log"]["entries"][0]["startedDateTime"] = "today"
        del archive["log"]["entries"][0]["response"]["content"]
        self.assertRegex(har.complaint(archive), "date-time.*content|content.*date-time")

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


class Report(Case):
    ROW = ("url", "outcome", "status", "bytes", "attempts", "begin", "queue", "earlier", "dns",
           "connect", "tls", "wait", "body", "error", "final_url", "path", "address", "version")

    def rows(self, name="x.html"):
        """The page's rows by URL, its first line and its last; None when it was cut off."""
        data = self.made(name).split('<script type="application/json" id="data">\n')[1]
        lines = [json.loads(line) for line in data.split("</script>")[0].splitlines() if line]
        rows = [dict(zip(self.ROW, line, strict=True)) for line in lines if isinstance(line, list)]
        end = lines[-1]["end"] if isinstance(lines[-1], dict) else None
        return {row["url"]: row for row in rows}, lines[0]["run"], end

    def test_every_mode(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.origin.url(f"{number}.bin", size=100, delay="20ms")
                        for number in range(10)]
                urls += [self.origin.url("old", location=self.origin.url("new", delay="50ms")),
                         self.origin.url("late", status=503, times=1),
                         self.origin.url("gone", status=404), "no url", urls[0]]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "4", *arguments, "--retry-delay", "200ms",
                                      "--report", "x.html", "urls.txt", "-o", "out")
                self.assertEqual(done.code, 1, done)
                rows, run, end = self.rows()
                self.assertEqual(run["mode"], arguments[1])
                self.assertEqual(run["lists"], ["urls.txt"])
                self.assertEqual((end["ok"], end["skipped"], end["failed"]), (12, 1, 2))
                self.assertEqual(len(rows), 14)
                for url in urls[:10]:
                    row = rows[url]
                    self.assertEqual((row["outcome"], row["status"], row["bytes"]), (0, 200, 100))
                    self.assertGreater(row["wait"], 19000)
                    self.assertGreaterEqual(row["begin"], run["started"])
                self.assertGreater(rows[urls[11]]["earlier"], 90000)
                self.assertEqual(rows[urls[11]]["attempts"], 2)
                self.assertEqual(rows[urls[12]]["outcome"], 3)
                self.assertIn("404", rows[urls[12]]["error"])
                self.assertEqual((rows["no url"]["outcome"], rows["no url"]["begin"]), (3, 0))
                self.assertIn("/new", rows[urls[10]]["final_url"])

    def test_interrupted_and_killed(self):
        for number in (signal.SIGINT, signal.SIGKILL):
            for mode in MODES:
                with self.mode(mode) as arguments:
                    self.fetch.write("urls.txt", [self.origin.url("quick"),
                                                  self.origin.url("slow", delay="20s")])
                    run = self.fetch.start(*arguments, "--report", "x.html", "urls.txt",
                                           "-o", "out")
                    deadline = time.monotonic() + 10
                    while "quick" not in self.text_so_far() and time.monotonic() < deadline:
                        time.sleep(0.02)
                    run.signal(number)
                    run.finish(10)
                    rows, _, end = self.rows()
                    self.assertEqual([row["status"] for row in rows.values()], [200])
                    if number == signal.SIGINT:
                        self.assertEqual((end["interrupted"], end["not_tried"]), (True, 1))
                    else:
                        self.assertIsNone(end)

    def text_so_far(self):
        path = self.fetch.path("x.html")
        return path.read_text() if path.exists() else ""

    def test_memory_is_flat(self):
        def peak(count):
            self.fetch.write("urls.txt", [self.origin.url(f"{number}", size=1)
                                          for number in range(count)])
            done = self.fetch.run("-q", "--out-null", "--har", "x.har", "--report", "x.html",
                                  "urls.txt", timeout=60)
            self.assertEqual(done.code, 0, done)
            return done.max_rss_kib
        few, many = peak(2000), peak(20000)
        if not os.environ.get("SANITIZE"):
            self.assertLess(many - few, 4096)

    def test_interrupted_comparison(self):
        self.fetch.write("urls.txt", [self.origin.url("slow", delay="20s")])
        run = self.fetch.start("compare", "--report", "x.html", "-o", "kept", "urls.txt")
        deadline = time.monotonic() + 10
        while self.origin.stats()["requests"] == 0 and time.monotonic() < deadline:
            time.sleep(0.02)
        run.signal()
        self.assertEqual(run.finish(10).code, 130)
        self.assertFalse(self.fetch.path("x.html").exists())
        self.assertEqual([path.name for path in self.fetch.path("kept").glob(".*")], [])

    def test_a_comparison_that_has_nowhere_to_write(self):
        done = self.fetch.run("compare", "--report", "no/such/place", self.origin.url("a"))
        self.assertEqual(done.code, 3, done)
        self.assertEqual(done.err, "fetch: cannot write no/such/place: No such file or directory\n")
        self.assertEqual(self.origin.stats()["requests"], 0)
        done = self.fetch.run("compare", "--report", "/dev/full", self.origin.url("a"), timeout=60)
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot write /dev/full: No space left on device", done.err)


if __name__ == "__main__":
    unittest.main()
