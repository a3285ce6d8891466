"""The command line as the user meets it: what is accepted, refused, sent, bounded and told."""

import base64
import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
import unittest

from harness.case import Case
from harness.origin import Origin
from harness.program import Program
from harness.server import built
from harness.told import MODES, failures, log, summary

CONCURRENT = [mode for mode in MODES if mode != "sync"]
SECRET = "hunter2"

# Named in the contract, not built yet: unknown, so that nobody believes they had an effect.
UNBUILT = """
    --level=1 --no-parent --page-requisites --span-hosts
    --domains=x --accept=x --reject=x --accept-regex=x --reject-regex=x --delay=1 --no-robots
    --max-urls=1 --quota=1 --job-time=1 --no-convert --delete --why=x --check --fail-on-broken
    -l=1 -r -R=x""".split()

WRONG_VALUES = """-j0 -j-1 -jx -j100001 --jobs=1.5 --per-host=0 --threads=0 --threads=x --mode=fast
    --layout=deep --if-exists=maybe --retry=-1 --retry=x --retry-delay=x --retry-max-time=1d -m-1
    -m1x --connect-timeout=x --stall-timeout= --max-filesize=1T --max-filesize=-1 --max-redirs=x
    --proto=foo --progress=x --resolver=x --resolve=x --dns-servers=name --dns-servers=1.2.3.4:x
    -xfoo://x -unobody -Hnocolon -Ha;b -H:c -H@- --log= --exec= --compressed=1 --json --runs=2""".split()


class CommandLine(Case):
    def refused(self, *arguments):
        """Exits 2, saying why, before anything was asked for or made. What it said."""
        done = self.fetch.run(*arguments)
        self.assertEqual(done.code, 2, f"{arguments}: {done}")
        self.assertEqual(done.out, b"", arguments)
        self.assertTrue(done.err.startswith("fetch: "), done)
        self.assertEqual(os.listdir(self.fetch.folder), [], arguments)
        return done.err

    def test_options_that_are_not_built(self):
        url = self.origin.url("a")
        for option in UNBUILT:
            with self.subTest(option):
                letter = re.fullmatch(r"(-\w)=(.*)", option)
                words = letter.groups() if letter else (option,)
                name = option.split("=")[0] if option.startswith("--") else option[:2]
                said = self.refused(*words, url, "-o", "out/")
                self.assertTrue(said.startswith(f"fetch: unknown option {name}"), said)
        self.assertEqual(self.origin.requests(), [])

    def test_hints_for_what_other_programs_have(self):
        url = self.origin.url("a")
        self.assertIn("-o DIR says where they go", self.refused("-O", url))
        self.assertIn("run the same command again", self.refused("-C", "-", url))
        self.assertIn("fetch urls.txt -o out/", self.refused("-i", "urls.txt"))
        self.assertIn("fetch urls.txt -o out/", self.refused("--input-file=urls.txt"))
        self.assertIn("did you mean --max-time?", self.refused("--max-tine", "1", url))
        self.assertIn("did you mean --output?", self.refused("--outptu", "x", url))
        self.assertIn("did you mean --output?", self.refused("-P", "x", url))
        self.assertIn("did you mean --retry?", self.refused("-t", "3", url))
        self.assertIn("--if-exists skip", self.refused("-nc", url))

    def test_wrong_values(self):
        for option in WRONG_VALUES:
            with self.subTest(option):
                self.refused(option, self.origin.url("a"))
        self.assertEqual(self.origin.requests(), [])

    def test_what_is_there_stays(self):
        """Also what only libcurl and c-ares find wrong is found before anything is written."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url("a")])
                self.fetch.write("log", "precious\n")
                done = self.fetch.run("--dns-servers", "name", "--log", "log", *arguments,
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 2, done)
                self.assertEqual(self.made(), "precious\n")
                self.assertFalse((self.fetch.folder / "out").exists())

    def test_http3(self):
        """Only where libcurl speaks it."""
        if b" HTTP3" in self.fetch.run("--version").out:
            self.skipTest("this libcurl has HTTP/3")
        self.assertIn("--http3: this libcurl has no HTTP/3",
                      self.refused("--http3", self.origin.url("a")))

    def test_values_that_are_missing(self):
        for option in ("-j", "-o", "--retry", "-H", "--log"):
            with self.subTest(option):
                self.assertIn("a value is missing", self.refused("http://127.0.0.1/", option))

    def test_abbreviations_are_not_guessed(self):
        """What is typed today must not change its meaning with the next option."""
        self.assertIn("unknown option --dns", self.refused("--dns", "127.0.0.1", "http://x/"))

    def test_nothing_to_do(self):
        self.assertIn("nothing to fetch", self.refused())
        self.assertIn("nothing to fetch", self.refused("-j", "5"))

    def test_what_is_always_on(self):
        for words in (["-L"], ["-f"], ["-S"], ["-Z"], ["-LfSZ"], ["-fsSL"],
                      ["--location", "--fail", "--show-error", "--parallel"]):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words, self.origin.url("a", redirect=2), "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["a"])

    def test_forms(self):
        """Options before, between and behind arguments; glued, with "=" and apart; "--"."""
        url = self.origin.url("a")
        for words in (["-o", "out/", url], [url, "-o", "out/"], [url, "-oout/"],
                      ["--output=out/", url], ["--output", "out/", "--", url],
                      ["get", url, "-o", "out/"], ["--output-dir", "out/", url],
                      ["-j", "3", url, "--retry=0", "-oout/", "-m", "10s"]):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["a"])

    def test_output_dir(self):
        """Always a directory, also for a single URL; -o lies in it."""
        url = self.origin.url("a")
        for words, path in ((["--output-dir", "new"], "new/a"),
                            (["--output-dir", "new/deep", "-o", "b"], "new/deep/b"),
                            (["-o", "c/d", "--output-dir", "new"], "new/c/d"),
                            (["-o", "e/", "--output-dir=new/"], "new/e/a")):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words, url)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files([path], ".")

    def test_options_that_could_only_be_ignored(self):
        """Each beside one that leaves it without effect; in the configuration it may stand."""
        url = self.origin.url("a")
        for words in (["--out-null", "-o", "out"], ["--out-null", "--fsync"],
                      ["-o", "-", "--if-exists", "skip"], ["-o", "b", "--layout", "path"],
                      ["--mode", "sync", "--threads", "2"], ["--mode", "threads", "--split", "2"],
                      ["--min-split-size", "1M"], ["--list-format", "csv"],
                      ["--resolver", "system", "--dns-servers", "127.0.0.1"]):
            with self.subTest(words):
                said = self.refused(*words, url)
                self.assertRegex(said, r"\Afetch: option --[a-z-]+: ")
        self.assertEqual(self.origin.requests(), [])
        (self.fetch.output / "fetch").mkdir()
        (self.fetch.output / "fetch" / "config").write_text("fsync\nthreads = 2\nsplit = 2\n")
        for words in (["--out-null"], ["--mode", "sync", "-o", "-"]):
            done = self.fetch.run(*words, url)
            self.assertEqual(done.code, 0, done)

    def test_behind_two_dashes_everything_is_a_source(self):
        with Program() as self.fetch:
            self.fetch.write("-j", [self.origin.url("a")])
            done = self.fetch.run("-o", "out", "--", "-j")
            self.assertEqual(done.code, 0, done)
            self.fetch.assert_files(["a"])

    def test_help_and_version(self):
        for words in (["--help"], ["-h"], ["help"], ["help", "get"], ["-j", "3", "--help"]):
            with self.subTest(words):
                done = self.fetch.run(*words)
                self.assertEqual((done.code, done.err), (0, ""), done)
                for text in (b"Usage: fetch [get] [OPTIONS] SOURCE...", b"-j, --jobs N",
                             b"--stall-timeout TIME", b"Exit status:"):
                    self.assertIn(text, done.out)
                self.assertNotIn(b"--stats-fd", done.out)
                self.assertLessEqual(max(map(len, done.out.splitlines())), 80)
        done = self.fetch.run("help", "compare")
        self.assertEqual(done.code, 0, done)
        self.assertIn(b"--modes LIST", done.out)
        self.assertIn("no help on 'nonsense'", self.refused("help", "nonsense"))
        done = self.fetch.run("--version")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertRegex(done.out, rb"\Afetch \d+\.\d+\.\d+\nlibcurl/\d[^\n]* c-ares/\d")

    def test_help_on_a_full_disk(self):
        with Program("/bin/sh", ["-c", 'exec "$0" "$@" >/dev/full',
                                 built("FETCH_BINARY", "fetch")]) as fetch:
            done = fetch.run("--help")
            self.assertEqual(done.code, 3, done)
            self.assertIn("fetch: cannot write to standard output", done.err)


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
