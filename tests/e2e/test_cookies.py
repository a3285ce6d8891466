"""Cookies: sent as told, kept while the job runs, written down at its end."""

import json
import stat
import unittest

from harness.case import Case
from harness.origin import Origin
from harness.program import Program
from harness.told import MODES

HEAD = "# Netscape HTTP Cookie File\n"
SECRET = "hunter2"


def line(host, name, value, expires=0, path="/", below="FALSE", secure="FALSE"):
    return "\t".join([host, below, path, secure, str(expires), name, value]) + "\n"


def jar(text):
    """What is in a cookie file: (domain, name) to value."""
    fields = [row.removeprefix("#HttpOnly_").split("\t") for row in text.splitlines()
              if row.count("\t") == 6]
    return {(row[0], row[5]): row[6] for row in fields}


class Cookies(Case):
    def sent(self, name="echo"):
        """The Cookie headers in a body of the origin's echo, as a set of "name=value"."""
        headers = json.loads((self.fetch.folder / "out" / name).read_text())["headers"]
        values = [value for key, value in headers if key.lower() == "cookie"]
        self.assertLessEqual(len(values), 1)
        return set(values[0].split("; ")) if values else set()

    def run_list(self, urls, *arguments):
        self.fetch.write("urls.txt", urls)
        done = self.fetch.run("-j", "1", *arguments, "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        return done

    def test_text(self):
        self.run_list([self.origin.url("echo", echo=1)], "-b", "a=1; b=2", "-b", "c=3")
        self.assertEqual(self.sent(), {"a=1", "b=2", "c=3"})

    def test_text_stays_behind(self):
        with Origin() as other:
            end = other.url("end", echo=1)
            for mode in MODES:
                with self.mode(mode) as arguments:
                    self.run_list([self.origin.url("echo", location=end),
                                   self.origin.url("here", echo=1)], "-b", f"id={SECRET}",
                                  *arguments)
                    self.assertEqual(self.sent(), set())
                    self.assertEqual(self.sent("here"), {f"id={SECRET}"})

    def test_text_keeps_nothing(self):
        """As with curl: only a file, or -c, makes us remember."""
        self.run_list([self.origin.url("set", cookie="a=1"), self.origin.url("echo", echo=1)],
                      "-b", "b=2")
        self.assertEqual(self.sent(), {"b=2"})

    def test_file(self):
        (self.fetch.folder / "in").write_text(HEAD + line("127.0.0.1", "a", "1") +
                                              line("elsewhere.test", "x", "1") +
                                              line("127.0.0.1", "old", "1", expires=5) +
                                              line("127.0.0.1", "deep", "1", path="/deep/"))
        for mode in MODES:
            with self.subTest(mode=mode):
                self.run_list([self.origin.url("echo", echo=1)], "-b", "in", *MODES[mode])
                self.assertEqual(self.sent(), {"a=1"})
        self.assertEqual(jar(self.made("in"))[("elsewhere.test", "x")], "1")

    def test_what_is_set_is_sent(self):
        """Within one thread of one job, also over a redirect."""
        urls = [self.origin.url("set", cookie="a=1"),
                self.origin.url("echo", echo=1), self.origin.url("again", echo=1)]
        for words in (["-b", ""], ["-c", "jar"]):
            for mode in (["--mode", "async"], ["--mode", "sync"]):
                with self.subTest(words, mode=mode), Program() as self.fetch:
                    self.run_list(urls, *words, *mode)
                    self.assertEqual((self.sent(), self.sent("again")), ({"a=1"}, {"a=1"}))
        with Program() as self.fetch:
            self.run_list([self.origin.url("echo", cookie="a=1", location=self.origin.url(
                "end", echo=1))], "-c", "jar")
            self.assertEqual(self.sent(), {"a=1"})

    def test_not_to_another_host(self):
        self.run_list([self.origin.url("set", cookie="a=1"),
                       self.origin.url("echo", host="localhost", echo=1)], "-b", "")
        self.assertEqual(self.sent(), set())

    def test_jar_in_all_modes(self):
        """What any worker was given is in it, and what was there before."""
        hosts = ["127.0.0.1", "localhost"]
        for mode in MODES:
            with self.mode(mode) as arguments:
                (self.fetch.folder / "jar").write_text(
                    HEAD + line("127.0.0.1", "kept", "1") + line("127.0.0.1", "n3", "old") +
                    line("127.0.0.1", "gone", "1") + line("localhost", "gone", "1"))
                urls = [self.origin.url(f"{host}{number}", host=host, cookie=f"n{number}=new")
                        for number in range(20) for host in hosts]
                urls.append(self.origin.url("gone", cookie="gone=; Max-Age=0"))
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "4", "-b", "jar", "-c", "jar", *arguments,
                                      "urls.txt", "-o", "out")
                self.assertEqual((done.code, done.err.count("\n")), (0, 1), done)
                got = jar(self.made("jar"))
                expected = {(host, f"n{number}"): "new" for number in range(20)
                            for host in hosts}
                expected |= {("127.0.0.1", "kept"): "1", ("localhost", "gone"): "1"}
                self.assertEqual(got, expected)
                mode_bits = stat.S_IMODE((self.fetch.folder / "jar").stat().st_mode)
                self.assertEqual(mode_bits, 0o600)

    def test_jar_is_read_by_others(self):
        """A second run, and curl's own format."""
        self.run_list([self.origin.url("set", cookie="a=1; Max-Age=1000; HttpOnly")], "-c", "jar")
        self.assertTrue(self.made("jar").startswith(HEAD))
        self.assertIn("#HttpOnly_127.0.0.1\tFALSE\t/\tFALSE\t", self.made("jar"))
        self.run_list([self.origin.url("echo", echo=1)], "-b", "jar")
        self.assertEqual(self.sent(), {"a=1"})

    def test_jar_elsewhere(self):
        url = self.origin.url("set", cookie="a=1")
        done = self.fetch.run("-q", "-c", "-", url, "-o", "out/")
        self.assertEqual(jar(done.out.decode()), {("127.0.0.1", "a"): "1"}, done)
        done = self.fetch.run("-c", "/dev/null", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        (self.fetch.folder / "real").write_text("")
        (self.fetch.folder / "link").symlink_to("real")
        done = self.fetch.run("-c", "link", url, "-o", "out/")
        self.assertEqual(jar(self.made("real")), {("127.0.0.1", "a"): "1"})
        self.assertTrue((self.fetch.folder / "link").is_symlink())
        for path in ("no/such/jar", "out"):
            done = self.fetch.run("-c", path, url, "-o", "out/")
            self.assertEqual(done.code, 3, done)
            self.assertIn(f"fetch: cannot write {path}: ", done.err)

    def test_files_that_are_not_there(self):
        url = self.origin.url("a")
        done = self.fetch.run("-b", "jar", "-c", "jar", url, "-o", "out/")
        self.assertEqual((done.code, done.err.count("\n")), (0, 1), done)
        done = self.fetch.run("-b", "none", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.assertIn("option -b: cannot open 'none': No such file", done.err)

    def test_refused(self):
        for words in (["-b", "a=1\r\nX: y"], ["-b", "-"], ["-c", ""]):
            with self.subTest(words):
                done = self.fetch.run(*words, self.origin.url("a"))
                self.assertEqual(done.code, 2, done)

    def test_never_told(self):
        url = self.origin.url("a", cookie=f"id={SECRET}")
        done = self.fetch.run("-b", f"me={SECRET}", "-c", "jar", "-vv", "--log", "log", url, "-o",
                              "out/")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn(SECRET, done.err.replace(url, "") + json.loads(self.made())["path"])


if __name__ == "__main__":
    unittest.main()
