"""ftp: and ftps: URLs, which have neither status nor headers."""

import os
import unittest

from harness.case import Case
from harness.ftp import Ftp, Ftps
from harness.program import Program
from harness.socks import Socks
from harness.told import MODES, failures, log, summary

FILES = {"a.txt": b"hello\n", "empty": b"", "dir/large.bin": bytes(range(256)) * 4000,
         "with space": b"s"}
OLD = 1_000_000_000
SECRET = "hunter2"


class FtpUrls(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ftp, cls.closed, cls.secure = (
            cls.serve(server) for server in (Ftp(FILES), Ftp(FILES, "me", SECRET), Ftps(FILES)))

    @classmethod
    def serve(cls, server):
        server.__enter__()
        cls.addClassCleanup(server.__exit__, None, None, None)
        os.utime(server.files / "a.txt", (OLD, OLD))
        return server

    def urls(self, base):
        return [f"{base}/{name.replace(' ', '%20')}" for name in FILES]

    def assert_all_here(self):
        self.fetch.assert_files([name.rsplit("/", 1)[-1] for name in FILES])
        for name, content in FILES.items():
            self.fetch.assert_contents(name.rsplit("/", 1)[-1], content)
        self.assertEqual((self.fetch.folder / "out/a.txt").stat().st_mtime, OLD)

    def test_ftp_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", self.urls(self.ftp.base))
                done = self.fetch.run(*arguments, "--log", "log", "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assert_all_here()
                self.assertEqual({line["status"] for line in log(self.made())}, {0})

    def test_ftps_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", self.urls(self.secure.base))
                done = self.fetch.run(*arguments, "--cacert", self.secure.ca, "urls.txt", "-o",
                                      "out")
                self.assertEqual(done.code, 0, done)
                self.assert_all_here()

    def test_login_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", self.urls(self.closed.base))
                done = self.fetch.run(*arguments, "-u", f"me:{SECRET}", "-v", "urls.txt", "-o",
                                      "out")
                self.assertEqual(done.code, 0, done)
                self.assert_all_here()
                self.assertNotIn(SECRET, done.err)

    def test_certificates_count(self):
        done = self.fetch.run(f"{self.secure.base}/a.txt", "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("certificate", done.err)

    def test_failures(self):
        for url, words, reason in (
                (f"{self.ftp.base}/none", [], "no such file"),
                (f"{self.closed.base}/a.txt", ["-u", "me:wrong"], "refused the login"),
                (f"{self.ftp.base}/a.txt", ["--proto", "https"], "protocol")):
            with self.subTest(url), Program() as self.fetch:
                done = self.fetch.run(*words, url, "-o", "out/")
                self.assertEqual(done.code, 1, done)
                self.assertIn(reason, done.err)
                self.assertNotIn("wrong", done.err)

    def test_login_in_the_url(self):
        url = self.closed.base.replace("//", f"//me:{SECRET}@") + "/a.txt"
        done = self.fetch.run(url, "-v", "--log", "log", "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn(SECRET, done.err + self.made())

    def test_netrc(self):
        (self.fetch.folder / "netrc").write_text(f"machine 127.0.0.1 login me password {SECRET}")
        done = self.fetch.run("--netrc-file", "netrc", f"{self.closed.base}/a.txt", "-o", "out/")
        self.assertEqual(done.code, 0, done)

    def test_time_condition(self):
        """-z goes by the file's time on the server."""
        for date, unchanged in (("20000101", 0), ("20100101", 1), ("-20100101", 0)):
            with self.subTest(date), Program() as self.fetch:
                done = self.fetch.run("-z", date, f"{self.ftp.base}/a.txt", "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.assertEqual(summary(done)["unchanged"], unchanged)
                self.fetch.assert_files([] if unchanged else ["a.txt"])

    def test_redirect(self):
        """From HTTP to FTP, where --proto lets it; the login stays behind."""
        url = self.origin.url("x", location=f"{self.closed.base}/a.txt")
        done = self.fetch.run("-u", f"me:{SECRET}", url, "-o", "out/")
        self.assertIn("refused the login", failures(done)[url])
        url = self.origin.url("x", location=f"{self.ftp.base}/a.txt")
        done = self.fetch.run("-u", f"me:{SECRET}", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("x", FILES["a.txt"])
        done = self.fetch.run("--proto", "http", url, "-o", "b/")
        self.assertEqual(failures(done)[url],
                         "cannot follow the redirect: redirect to a protocol that is not allowed")

    def test_socks(self):
        with Socks() as socks:
            done = self.fetch.run("-x", f"socks5h://{socks.address}", f"{self.ftp.base}/a.txt",
                                  "-o", "out/")
            self.assertEqual(done.code, 0, done)
            self.assertEqual(len(socks.asked()), 2)

    def test_deny_private(self):
        done = self.fetch.run("--deny-private", f"{self.ftp.base}/a.txt", "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("(--deny-private)", done.err)

    def test_directory(self):
        """A URL that ends with a slash: what is in there, as the server lists it."""
        done = self.fetch.run(f"{self.ftp.base}/dir/", "-o", "-")
        self.assertEqual(done.code, 0, done)
        self.assertIn(b"large.bin", done.out)


if __name__ == "__main__":
    unittest.main()
