"""Options as the user meets them: what is sent, bounded, and whose fault it is."""

import base64
import json
import os
import shutil
import subprocess
import unittest

from harness.case import Case
from harness.origin import Origin
from harness.program import Program
from harness.server import built
from harness.told import MODES, failures, summary

CONCURRENT = [mode for mode in MODES if mode != "sync"]
SECRET = "hunter2"


class Requests(Case):
    """What is sent, as the origin's echo shows it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = Origin()
        cls.other.__enter__()
        cls.addClassCleanup(cls.other.__exit__)

    def sent(self, url, *arguments):
        """The header lines the last origin got: values by lower-case name."""
        done = self.fetch.run(*arguments, "-o", "-", url)
        self.assertEqual(done.code, 0, done)
        headers = {}
        for name, value in json.loads(done.out)["headers"]:
            headers.setdefault(name.lower(), []).append(value)
        return headers

    def test_as_it_is(self):
        headers = self.sent(self.origin.url("a", echo=1))
        self.assertEqual(sorted(headers), ["accept", "host", "user-agent"])
        self.assertRegex(headers["user-agent"][0], r"\Afetch/\d+\.\d+\.\d+\Z")
        self.assertEqual(headers["host"], [self.origin.host])

    def test_headers_of_the_users(self):
        (self.fetch.folder / "more.txt").write_text("X-File: one\nX-File: two\n")
        headers = self.sent(self.origin.url("a", echo=1), "-A", "me/1", "-e", "http://from.test/",
                            "-H", "X-One: 1", "--header", "X-Two: 2", "-H", "X-Empty;", "-H",
                            "Accept:", "-H", "@more.txt", "--compressed")
        self.assertEqual(headers["user-agent"], ["me/1"])
        self.assertEqual(headers["referer"], ["http://from.test/"])
        self.assertEqual((headers["x-one"], headers["x-two"]), (["1"], ["2"]))
        self.assertEqual(headers["x-empty"], [""])
        self.assertEqual(headers["x-file"], ["one", "two"])
        self.assertNotIn("accept", headers)
        self.assertIn("gzip", headers["accept-encoding"][0])

    def basic(self, user):
        return ["Basic " + base64.b64encode(user.encode()).decode()]

    def test_logging_in(self):
        url = self.origin.url("a", echo=1)
        self.assertEqual(self.sent(url, "-u", "me:secret")["authorization"],
                         self.basic("me:secret"))
        with_user = url.replace("http://", "http://me%40home:se%3Acret@")
        self.assertEqual(self.sent(with_user)["authorization"], self.basic("me@home:se:cret"))
        for mode in MODES:
            with self.mode(mode) as arguments:
                guarded = self.origin.url("b", auth="me:secret")
                done = self.fetch.run("-u", "me:secret", *arguments, guarded, "-o", "out/")
                self.assertEqual(done.code, 0, done)
                done = self.fetch.run("-u", "me:wrong", *arguments, guarded, "-o", "out/")
                self.assertEqual(done.code, 1, done)
                self.assertIn("401 Unauthorized", done.err)

    def ways(self):
        """Ways to give credentials: options, what is before the host, what arrives of them."""
        return [(("-u", f"me:{SECRET}"), "", "authorization"),
                (("-H", f"Authorization: Bearer {SECRET}"), "", "authorization"),
                (("-H", f"authorization:{SECRET}"), "", "authorization"),
                (("-H", f"Cookie: id={SECRET}"), "", "cookie"),
                ((), f"me:{SECRET}@", "authorization")]

    def redirected(self, targets, options, user, *mode):
        """What the last of these URLs gets, when each redirects to the next."""
        location = targets[-1]
        for target in reversed(targets[:-1]):
            base, _, path = target.partition("/hop")
            location = f"{base}/hop{path}?location=" + location.replace("%", "%25").replace(
                "?", "%3F").replace("&", "%26")
        return self.sent(location.replace("http://", f"http://{user}", 1), "-H", "X-Plain: yes",
                         *options, *mode)

    def test_credentials_stay_on_the_same_origin(self):
        for options, user, header in self.ways():
            with self.subTest(options, user=user):
                headers = self.redirected([self.origin.base + "/hop", self.origin.base + "/hop2",
                                           self.origin.url("end", echo=1)], options, user)
                self.assertEqual(len(headers.get(header, [])), 1, headers)
                self.assertEqual(headers["x-plain"], ["yes"])

    def test_credentials_are_dropped_where_the_origin_changes(self):
        """Another port is another origin; so is another name of the same machine. What is no
        credential is sent on."""
        for options, user, header in self.ways():
            for end in (self.other.url("end", echo=1),
                        self.origin.url("end", host="localhost", echo=1)):
                with self.subTest(options, user=user, end=end):
                    headers = self.redirected([self.origin.base + "/hop", end], options, user)
                    self.assertNotIn(header, headers)
                    self.assertNotIn(SECRET, str(headers))
                    self.assertEqual(headers["x-plain"], ["yes"])

    def test_credentials_stay_behind_on_the_way_back(self):
        """Who was sent away and back is sent by somebody else."""
        for options, user, header in self.ways():
            with self.subTest(options, user=user):
                headers = self.redirected([self.origin.base + "/hop", self.other.base + "/hop",
                                           self.origin.url("end", echo=1)], options, user)
                self.assertNotIn(header, headers)

    def test_credentials_in_all_modes(self):
        """Also on the handle of an earlier transfer that had to drop them, and the other way."""
        cookie = ("-H", f"Cookie: id={SECRET}", "-u", f"me:{SECRET}")
        for mode in MODES:
            with self.mode(mode) as arguments:
                away = [self.origin.url(f"away-{number}", location=self.other.url(
                    f"away-{number}", echo=1)) for number in range(5)]
                here = [self.origin.url(f"here-{number}", echo=1) for number in range(5)]
                urls = [url for pair in zip(away, here) for url in pair]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "2", *cookie, *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                for name in self.fetch.files():
                    headers = dict(json.loads((self.fetch.folder / "out" / name).read_text())
                                   ["headers"])
                    self.assertEqual("Cookie" in headers, name.startswith("here"), name)
                    self.assertEqual("Authorization" in headers, name.startswith("here"), name)


class Bounds(Case):
    def test_connections_to_one_host(self):
        """--per-host is never exceeded, whoever counts; other hosts are not held up by it."""
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                hosts = ("127.0.0.1", "localhost")
                urls = [self.origin.url(f"{host}-{number}", host=host, delay="60ms")
                        for number in range(16) for host in hosts]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "12", "--per-host", "3", *arguments, "urls.txt", "-o",
                                      "out")
                self.assertEqual(done.code, 0, done)
                seen = self.origin.stats()
                for host in hosts:
                    most = seen["hosts"][f"{host}:{self.origin.port}"]["max"]
                    self.assertIn(most, (2, 3), "at a time")
                self.assertGreater(seen["requests_max"], 3)

    def test_redirects_count_for_the_host_they_lead_to(self):
        for mode in CONCURRENT:
            with self.mode(mode) as arguments:
                end = f"http://localhost:{self.origin.port}/end?delay=60ms&n="
                urls = [self.origin.url(f"{number}", location=f"{end}{number}")
                        for number in range(12)]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "6", "--per-host", "2", *arguments, "urls.txt", "-o",
                                      "out")
                self.assertEqual(done.code, 0, done)
                for name, host in self.origin.stats()["hosts"].items():
                    self.assertLessEqual(host["max"], 2, name)

    def test_jobs_of_all_threads_together(self):
        for number in (1, 5):
            with self.subTest(number), Program() as self.fetch:
                self.origin.reset_stats()
                self.fetch.write("urls.txt", [self.origin.url(f"{name}", delay="60ms")
                                              for name in range(4 * number)])
                done = self.fetch.run("-j", number, "--threads", "3", "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                most = self.origin.stats()["requests_max"]
                self.assertTrue(number / 2 < most <= number, most)

    def test_few_descriptors_lower_the_jobs(self):
        """With a word about it, and nothing fails for it."""
        for mode in CONCURRENT:
            with Program("/bin/sh", ["-c", 'ulimit -n 170; exec "$0" "$@"',
                                     built("FETCH_BINARY", "fetch")]) as fetch:
                with self.subTest(mode=mode):
                    urls = [self.origin.url(f"{number}", size="600K") for number in range(120)]
                    fetch.write("urls.txt", urls)
                    done = fetch.run("-j", "100", *MODES[mode], "urls.txt", "-o", "out")
                    self.assertEqual(done.code, 0, done)
                    self.assertRegex(done.err,
                                     r"fetch: only 170 open files are allowed: running \d+ jobs\n")
                    self.assertEqual(summary(done)["ok"], 120)


class Machine(Case):
    """Exit status 3: what is nobody's fault but the machine's."""

    def test_a_directory_that_cannot_be(self):
        (self.fetch.folder / "file").write_bytes(b"mine")
        self.fetch.write("urls.txt", [self.origin.url("a")])
        for output, why in (("file", "Not a directory"), ("file/below", "Not a directory"),
                            ("/proc/nothing", "No such file or directory")):
            with self.subTest(output):
                done = self.fetch.run("urls.txt", "-o", output)
                self.assertEqual(done.code, 3, done)
                self.assertTrue(done.err.startswith("fetch: cannot write to "), done)
                self.assertTrue(done.err.endswith(f": {why}\n"), done)
        self.assertEqual(self.origin.requests(), [])
        self.assertEqual((self.fetch.folder / "file").read_bytes(), b"mine")

    @unittest.skipIf(os.geteuid() == 0, "nothing is forbidden to root")
    def test_a_directory_without_permission(self):
        (self.fetch.folder / "out").mkdir(0o555)
        done = self.fetch.run(self.origin.url("a"), "-o", "out/")
        self.assertEqual(done.code, 3, done)
        self.assertIn("Permission denied", done.err)

    def small_disk(self):
        """A program with 256 KiB of disk under "small"; where that is not allowed, the test is
        skipped."""
        script = ('mkdir -p small && mount -t tmpfs -o size=256k none small || exit 99; "$0" "$@"; '
                  "status=$?; find small -name '*' -type f >left; exit $status")
        if not shutil.which("unshare"):
            self.skipTest("unshare is not installed")
        probe = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
                               capture_output=True, check=False)
        if probe.returncode:
            self.skipTest("no file system may be mounted here")
        return Program("unshare", ["-rm", "/bin/sh", "-c", script, built("FETCH_BINARY", "fetch")])

    def test_no_space(self):
        for mode in MODES:
            with self.small_disk() as fetch, self.subTest(mode=mode):
                small = self.origin.url("small", size="50K")
                large = self.origin.url("large", size="2M")
                fetch.write("urls.txt", [small, large])
                done = fetch.run("-j", "1", *MODES[mode], "urls.txt", "-o", "small")
                self.assertEqual(done.code, 3, done)
                self.assertEqual(failures(done), {large: "cannot save it: No space left on device"})
                self.assertEqual(summary(done)["ok"], 1)
                self.assertEqual(sorted((fetch.folder / "left").read_text().split()),
                                 ["small/.fetch/journal.db", "small/small"])

    def test_files_larger_than_allowed(self):
        """By a limit of the shell: told in words instead of the signal's death."""
        for mode in MODES:
            with Program("/bin/sh", ["-c", 'ulimit -f 200; exec "$0" "$@"',
                                     built("FETCH_BINARY", "fetch")]) as fetch:
                with self.subTest(mode=mode):
                    large = self.origin.url("large", size="2M")
                    fetch.write("urls.txt", [large, self.origin.url("small")])
                    done = fetch.run(*MODES[mode], "urls.txt", "-o", "out")
                    self.assertEqual(done.code, 1, done)
                    self.assertEqual(failures(done), {large: "cannot save it: File too large"})
                    fetch.assert_files(["small"])


if __name__ == "__main__":
    unittest.main()
