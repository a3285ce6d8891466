"""Under which name a file ends up, and that it never ends up anywhere else."""

import hashlib
import os
import pathlib
import stat
import unittest

from harness.case import Case
from harness.program import Program
from harness.told import MODES, failures, log, summary

# Last part of a URL's path, as it is in the list, and the name it gets.
NASTY = {
    "a/../up.bin": "up.bin",
    "a/../../../../../../tmp/far.bin": "far.bin",
    "..%2f..%2fslashes": "_.._.._slashes",
    "%2fetc%2fpasswd": "_etc_passwd",
    "a%5cb%5c..%5cc": "a_b_.._c",
    "a%00b.bin": "a_b.bin",
    "%00": "_",
    "a%0ab%0d%1b[31m.bin": "a_b__[31m.bin",
    "a%7f%08.bin": "a__.bin",
    "a%c2%9b.bin": "a_.bin",
    "invoice%e2%80%aefdp.exe": "invoice_fdp.exe",
    "a%ff%fe.bin": "a__.bin",
    ".hidden": "_.hidden",
    ".fetch": "_.fetch",
    ".Fetch": "_.Fetch",
    "%2efetch": "_.fetch",
    "-rf": "_-rf",
    "--help": "_--help",
    "~root": "_~root",
    "...": "____",
    "dots.": "dots_",
    "blank%20": "blank_",
    "%20blank": "_ blank",
    "in%20between.bin": "in between.bin",
    "%C3%BCber.bin": "\u00fcber.bin",
    "\u00fcber2.bin": "\u00fcber2.bin",
    "%F0%9F%98%80.bin": "\U0001f600.bin",
    "%252e%252e%252f": "%2e%2e%2f",
    "bad%2percent%zz": "bad%2percent%zz",
    "1-0.part": "1-0.part_",
    "x.PART": "x.PART_",
    "semi;colon=1&amp": "semi;colon=1&amp",
    "star*[x]?n=a/b": "star*[x]",
    "n" * 300 + ".bin": "n" * 251 + ".bin",
    "%C3%BC" * 200 + ".txt": "\u00fc" * 125 + ".txt",
    "folder/": "index.html",
}


def hexadecimal(url):
    """The digits that make a name distinct."""
    return hashlib.sha256(url.encode()).hexdigest()[:8]


class Names(Case):
    def fetched(self, *arguments, code=0, **options):
        """Runs it and returns the path of each URL in the log, and the run's result."""
        done = self.fetch.run("--log", "log", *arguments, **options)
        self.assertEqual(done.code, code, done)
        return {line["url"]: line["path"] for line in log(self.made())}, done

    def assert_nothing_outside(self):
        """In the folder is only what the test and the program are to put there."""
        self.assertEqual(sorted(os.listdir(self.fetch.folder)), ["log", "out", "urls.txt"])

    def test_nasty_names(self):
        """Each by itself, so that none has to make way for another."""
        for number, (last, name) in enumerate(NASTY.items()):
            with self.subTest(last), Program() as self.fetch:
                self.fetch.write("urls.txt", [f"{self.origin.base}/{last}"])
                paths, _ = self.fetched("urls.txt", "-o", "out", *MODES["async"])
                self.fetch.assert_files([name])
                self.assertEqual(list(paths.values()), [name])
                self.assert_nothing_outside()

    def test_nasty_names_together(self):
        """All in one list in all modes: every file below the directory, every one a plain file
        with a harmless name, none lost to another, always under the same names."""
        urls = [f"{self.origin.base}/{last}" for last in NASTY]
        expected = None
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", urls)
                paths, done = self.fetched("urls.txt", "-o", "out", *arguments)
                self.assertEqual(summary(done)["ok"], len(urls))
                self.fetch.assert_files(paths.values())
                self.assertEqual(len(set(paths.values())), len(urls))
                for name in set(os.listdir(self.fetch.folder / "out")) - {".fetch"}:
                    self.assertRegex(name, r"\A[^\x00-\x1f\x7f/\\.~ -][^\x00-\x1f\x7f/\\]*\Z")
                    self.assertLessEqual(len(os.fsencode(name)), 255)
                    status = os.lstat(self.fetch.folder / "out" / name)
                    self.assertTrue(stat.S_ISREG(status.st_mode))
                self.assert_nothing_outside()
                expected = expected or paths
                self.assertEqual(paths, expected)

    def test_equal_names(self):
        """The first keeps the plain one, later ones get the start of their URL's SHA-256, in
        every mode and every run, however long each takes."""
        urls = [self.origin.url("a/same.tar.gz", delay="300ms"),
                self.origin.url("b/same.tar.gz"),
                self.origin.url("c/same.tar.gz", delay="100ms"),
                self.origin.url("c/same.tar.gz", n=1)]
        names = ["same.tar.gz"] + [f"same.tar~{hexadecimal(url)}.gz" for url in urls[1:]]
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", urls)
                for _ in range(2):
                    paths, _ = self.fetched("urls.txt", "-o", "out", *arguments)
                    self.assertEqual(paths, dict(zip(urls, names)))
                    self.fetch.assert_files(names)
                for name, folder in zip(names, "abcc"):
                    self.fetch.assert_contents(name,
                                               self.origin.body(f"{folder}/same.tar.gz", 1024))

    def test_a_name_that_looks_like_a_distinct_one(self):
        """Somebody who foresees the digits cannot have another's file overwritten."""
        second = self.origin.url("b/same.bin")
        foreseen = f"same~{hexadecimal(second)}.bin"
        urls = [self.origin.url("a/same.bin"), self.origin.url(foreseen), second]
        self.fetch.write("urls.txt", urls)
        paths, _ = self.fetched("urls.txt", "-o", "out")
        self.assertEqual((paths[urls[0]], paths[urls[1]]), ("same.bin", foreseen))
        self.assertEqual(len(set(paths.values())), 3)
        self.assertTrue(paths[second].startswith(f"same~{hexadecimal(second)}"), paths)
        for url, path in paths.items():
            self.fetch.assert_contents(path, self.origin.body(url.split("/", 3)[3]))

    def test_layout_path(self):
        """Host and directories as in the URL, the query in the name."""
        base, port = self.origin.base, self.origin.port
        expected = {
            f"{base}/": "index.html",
            f"{base}/a/": "a/index.html",
            f"{base}/a/b.bin": "a/b.bin",
            f"{base}/a/b.bin?n=1": "a/b.bin?n=1",
            f"{base}/a/b.bin?n=2/3": "a/b.bin?n=2_3",
            f"{base}/c//d/e": "c/d/e",
            f"{base}/%2E%2E%2Fx/y": "_.._x/y",
            f"{base}/.git/-x": "_.git/_-x",
        }
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", expected)
                paths, _ = self.fetched("--layout", "path", "urls.txt", "-o", "out", *arguments)
                self.assertEqual(paths, {url: f"127.0.0.1:{port}/{path}"
                                         for url, path in expected.items()})
                self.fetch.assert_files(paths.values())
                self.assert_nothing_outside()

    def test_hosts_that_try_to_be_directories(self):
        """Names of hosts are parts of paths, too."""
        for host in ("..", ".fetch", "a..b"):
            with self.subTest(host), Program() as self.fetch:
                port = self.origin.port
                self.fetch.write("urls.txt", [f"http://{host}:{port}/a"])
                done = self.fetch.run("--layout", "path", "urls.txt", "-o", "out", "--resolve",
                                      f"{host}:{port}:127.0.0.1", "--log", "log")
                self.assertIn(done.code, (0, 1), done)
                self.assert_nothing_outside()
                for file in self.fetch.files():
                    self.assertRegex(file, r"\A(_|a\.\.b:)")
                self.assertEqual(os.listdir(self.fetch.folder / "out/.fetch"), ["journal.db"])

    def test_a_file_where_a_directory_is_needed(self):
        """Fails those URLs, not the job."""
        a, b = self.origin.url("a"), self.origin.url("a/b")
        self.fetch.write("urls.txt", [a, b, self.origin.url("c")])
        done = self.fetch.run("-j", "1", "--layout", "path", "urls.txt", "-o", "out")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(failures(done), {b: "cannot save it: Not a directory"})
        self.fetch.assert_files([f"{self.origin.host}/{name}" for name in "ac"])

    def test_a_directory_where_the_file_should_be(self):
        (self.fetch.folder / "out/a").mkdir(parents=True)
        a = self.origin.url("a")
        self.fetch.write("urls.txt", [a, self.origin.url("b")])
        done = self.fetch.run("urls.txt", "-o", "out")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(failures(done), {a: "cannot save it: Is a directory"})
        self.fetch.assert_files(["b"])

    def test_links_do_not_lead_out(self):
        """A link among the directories is not followed, and one in the file's place is replaced."""
        outside = self.fetch.folder / "outside"
        outside.mkdir()
        (outside / "target").write_bytes(b"mine")
        place = self.fetch.folder / "out" / self.origin.host
        place.mkdir(parents=True)
        (place / "folder").symlink_to(outside)
        (place / "file").symlink_to(outside / "target")
        urls = [self.origin.url("folder/a"), self.origin.url("file")]
        done = self.fetch.run("--layout", "path", *urls, "-o", "out")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(failures(done), {urls[0]: "cannot save it: Not a directory"})
        self.assertEqual(os.listdir(outside), ["target"])
        self.assertEqual((outside / "target").read_bytes(), b"mine")
        self.assertFalse((place / "file").is_symlink())
        self.assertEqual((place / "file").read_bytes(), self.origin.body("file"))


class Output(Case):
    """-o for a single URL."""

    def check(self, output, name, directory="."):
        done = self.fetch.run(self.origin.url("file.bin"), "-o", output)
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files([name], directory)
        self.fetch.assert_contents(name, self.origin.body("file.bin"), directory)

    def test_a_file(self):
        self.check("other.html", "other.html")

    def test_a_file_in_a_directory_that_is_not_there_yet(self):
        self.check("new/deep/other.html", "new/deep/other.html")

    def test_a_directory_that_is_not_there_yet(self):
        self.check("new/deep/", "new/deep/file.bin")

    def test_a_directory_that_is_there(self):
        (self.fetch.folder / "there").mkdir()
        self.check("there", "there/file.bin")

    def test_no_output(self):
        done = self.fetch.run(self.origin.url("file.bin"))
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["file.bin"], ".")

    def test_an_absolute_path(self):
        self.check(self.fetch.folder / "x/y", "x/y")

    def test_a_file_of_that_name(self):
        (self.fetch.folder / "there").write_bytes(b"older")
        self.check("there", "there")

    def test_standard_output(self):
        for output in ("-", "/dev/stdout"):
            for size in (0, 10, 3 << 20):
                for mode in MODES:
                    with self.subTest(output=output, size=size, mode=mode):
                        done = self.fetch.run(self.origin.url("file.bin", size=size), "-o", output,
                                              *MODES[mode])
                        self.assertEqual(done.code, 0, done.err)
                        self.assertEqual(done.out, self.origin.body("file.bin", size))
                        self.assertEqual(summary(done)["ok"], 1)
        self.fetch.assert_files([], ".")

    def test_standard_output_shows_no_error_pages(self):
        for status in (404, 500):
            done = self.fetch.run("--retry", "0", "-o", "-",
                                  self.origin.url("file.bin", status=status))
            self.assertEqual((done.code, done.out), (1, b""), done)

    def test_standard_output_begins_only_once(self):
        """What has been printed cannot be taken back: then a second try would not be the file."""
        url = self.origin.url("file.bin", size="3M", reset="body", times=1)
        done = self.fetch.run("--retry-delay", "10ms", "-o", "-", url)
        body = self.origin.body("file.bin", 3 << 20)
        if done.code == 0:
            self.assertEqual(done.out, body)
        else:
            self.assertEqual(done.out, body[:len(done.out)])
            self.assertEqual((done.code, list(failures(done))), (1, [url]), done)

    def test_standard_output_is_for_one_url(self):
        a, b = self.origin.url("a"), self.origin.url("b")
        self.fetch.write("urls.txt", [a])
        for sources in ((a, b), ("urls.txt",), ("-",)):
            with self.subTest(sources):
                done = self.fetch.run(*sources, "-o", "-")
                self.assertEqual((done.code, done.out), (2, b""), done)
                self.assertIn("standard output (-) is for a single URL", done.err)
        done = self.fetch.run(a, "-o", "-", "--log", "-")
        self.assertEqual(done.code, 2, done)
        self.assertIn("only one can have standard output", done.err)
        self.assertEqual(self.origin.requests(), [])

    def test_several_urls_are_for_a_directory(self):
        done = self.fetch.run(self.origin.url("a"), self.origin.url("b"), "-o", "out")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["a", "b"])

    def test_the_null_device_stays_one(self):
        """Through a link, which is all that a mistake could cost here."""
        link = self.fetch.folder / "null"
        link.symlink_to("/dev/null")
        for mode in MODES:
            with self.subTest(mode=mode):
                done = self.fetch.run(self.origin.url("a", size="1M"), "-o", "null", *MODES[mode])
                self.assertEqual((done.code, done.out), (0, b""), done)
                self.assertEqual(summary(done)["ok"], 1)
                self.assertEqual(os.readlink(link), "/dev/null")
                self.assertEqual(os.listdir(self.fetch.folder), ["null"])

    def test_pipes_and_devices_are_left_alone(self):
        os.mkfifo(self.fetch.folder / "fifo")
        (self.fetch.folder / "full").symlink_to("/dev/full")
        for name in ("fifo", "full"):
            done = self.fetch.run(self.origin.url("a"), "-o", name)
            self.assertEqual(done.code, 2, done)
            self.assertIn(f"{name} is no plain file", done.err)
        self.assertTrue(stat.S_ISFIFO(os.stat(self.fetch.folder / "fifo").st_mode))
        self.assertEqual(os.readlink(self.fetch.folder / "full"), "/dev/full")


class Exists(Case):
    """--if-exists, with one file there and one not."""

    def again(self, what, mode, code):
        out = self.fetch.folder / "out"
        out.mkdir()
        (out / "a.bin").write_bytes(b"older")
        self.a = self.origin.url("x/a.bin")
        self.fetch.write("urls.txt", [self.a, self.origin.url("b.bin")])
        done = self.fetch.run("--if-exists", what, *mode, "--log", "log", "urls.txt", "-o", "out")
        self.assertEqual(done.code, code, done)
        self.fetch.assert_contents("b.bin", self.origin.body("b.bin"))
        self.line = next(line for line in log(self.made()) if line["url"] == self.a)
        return done

    def test_overwrite(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.again("overwrite", arguments, 0)
                self.fetch.assert_files(["a.bin", "b.bin"])
                self.fetch.assert_contents("a.bin", self.origin.body("x/a.bin"))
                self.assertEqual(summary(done)["ok"], 2)

    def test_skip(self):
        """No request, and counted as skipped."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.again("skip", arguments, 0)
                self.fetch.assert_files(["a.bin", "b.bin"])
                self.fetch.assert_contents("a.bin", b"older")
                self.assertEqual(summary(done), {"ok": 1, "unchanged": 0, "skipped": 1,
                                                 "failed": 0})
                self.assertEqual(self.origin.requests("x/a.bin"), [])
                self.assertEqual((self.line["outcome"], self.line["attempts"]), ("skipped", 0))

    def test_rename(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.again("rename", arguments, 0)
                self.fetch.assert_files(["a.1.bin", "a.bin", "b.bin"])
                self.fetch.assert_contents("a.bin", b"older")
                self.fetch.assert_contents("a.1.bin", self.origin.body("x/a.bin"))
                self.assertEqual(self.line["path"], "a.1.bin")
                done = self.fetch.run("--if-exists", "rename", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["a.1.bin", "a.2.bin", "a.bin", "b.1.bin", "b.bin"])

    def test_fail(self):
        """No request, and told."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.again("fail", arguments, 1)
                self.fetch.assert_files(["a.bin", "b.bin"])
                self.fetch.assert_contents("a.bin", b"older")
                self.assertEqual(failures(done), {self.a: "a.bin: File exists"})
                self.assertEqual(self.origin.requests("x/a.bin"), [])

    def test_overwriting_is_the_default(self):
        (self.fetch.folder / "a.bin").write_bytes(b"older")
        self.assertEqual(self.fetch.run(self.origin.url("a.bin")).code, 0)
        self.fetch.assert_contents("a.bin", self.origin.body("a.bin"), ".")

    def test_a_file_that_appears_meanwhile_is_not_overwritten(self):
        """Between the look at the start and the end of the transfer."""
        for what, code in (("fail", 1), ("skip", 1), ("rename", 0)):
            with self.subTest(what), Program() as self.fetch:
                self.origin.reset_stats()
                run = self.fetch.start("--if-exists", what, "-o", "out/",
                                       self.origin.url("a.bin", delay="700ms"))
                while not self.origin.stats()["requests"] and run.is_running():
                    pass
                (self.fetch.folder / "out/a.bin").write_bytes(b"older")
                done = run.finish()
                self.fetch.assert_contents("a.bin", b"older")
                if what == "rename":
                    self.fetch.assert_files(["a.1.bin", "a.bin"])
                else:
                    self.fetch.assert_files(["a.bin"])
                self.assertEqual(summary(done)["ok"], 1 if what == "rename" else 0, done)


class Times(Case):
    def test_last_modified_becomes_the_files_time(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url("a.bin", modified="@1000000000")])
                done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assertEqual((self.fetch.folder / "out/a.bin").stat().st_mtime, 1000000000)

    def test_rights_are_those_of_the_umask(self):
        with Program("/bin/sh", ["-c", 'umask 027; exec "$0" "$@"', self.fetch.binary]) as fetch:
            done = fetch.run(self.origin.url("a.bin", size="1M"), "-o", "out/")
            self.assertEqual(done.code, 0, done)
            mode = (pathlib.Path(fetch.folder) / "out/a.bin").stat().st_mode
            self.assertEqual(stat.S_IMODE(mode), 0o640)


if __name__ == "__main__":
    unittest.main()
