"""Who we are: Basic, Digest, tokens, certificates - and that nobody else learns it."""

import json
import unittest

from harness.case import Case
from harness.certificates import authority
from harness.digest import Digest
from harness.nginx import Nginx
from harness.origin import Origin
from harness.program import Program
from harness.told import MODES, failures, log

SECRET = "hunter2"


class Headers(Case):
    def sent(self, url, *arguments):
        done = self.fetch.run(*arguments, "-o", "-", url)
        self.assertEqual(done.code, 0, done)
        return {name.lower(): value for name, value in json.loads(done.out)["headers"]}

    def test_token(self):
        url = self.origin.url("a", echo=1)
        headers = self.sent(url, "--oauth2-bearer", SECRET, "-u", "me:other")
        self.assertEqual(headers["authorization"], f"Bearer {SECRET}")

    def test_token_stays_behind(self):
        with Origin() as other:
            for end in (other.url("end", echo=1), self.origin.url("end", host="localhost",
                                                                  echo=1)):
                with self.subTest(end):
                    url = self.origin.url("a", location=end)
                    self.assertNotIn("authorization",
                                     self.sent(url, "--oauth2-bearer", SECRET))

    def test_wrong_values(self):
        url = self.origin.url("a")
        for words in (["--oauth2-bearer", "a b"], ["--oauth2-bearer", "a\nX: y"],
                      ["--oauth2-bearer", ""], ["-U", "nobody"], ["--key", "no-such-file"],
                      ["--cert", "no-such-file"], ["--key", "/dev/null"], ["--pass", "x"]):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words, url)
                self.assertEqual(done.code, 2, done)
                self.assertTrue(done.err.startswith("fetch: option"), done)
        self.assertEqual(self.origin.requests(), [])


class Digests(Case):
    def setUp(self):
        super().setUp()
        self.digest = self.enter(Digest("me", SECRET))

    def test_in_all_modes(self):
        urls = [f"{self.digest.base}/f{number}" for number in range(10)]
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("--digest", "-u", f"me:{SECRET}", "-j", "3", "-v", "--log",
                                      "log", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                for number in range(10):
                    self.fetch.assert_contents(f"f{number}", b"hello")
                self.assertNotIn(SECRET, done.err + self.made())
                self.assertEqual({line["status"] for line in log(self.made())}, {200})
                self.assertEqual({line["bytes"] for line in log(self.made())}, {5})
        for _, _, header in self.digest.requests():
            self.assertNotIn("Basic", header)

    def test_wrong_password(self):
        url = f"{self.digest.base}/f"
        done = self.fetch.run("--digest", "-u", "me:wrong", url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertEqual(failures(done), {url: "server answered 401 Unauthorized"})
        self.fetch.assert_files([])

    def test_basic_is_not_what_was_asked(self):
        """The last of the two counts."""
        url = f"{self.digest.base}/f"
        done = self.fetch.run("--digest", "--basic", "-u", "me:x", url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertTrue(self.digest.requests()[-1][2].startswith("Basic "))

    def test_nothing_is_said_after_leaving_the_origin(self):
        with Digest("me", SECRET) as other:
            url = self.origin.url("a", location=f"{other.base}/f")
            done = self.fetch.run("--digest", "-u", f"me:{SECRET}", url, "-o", "out/")
            self.assertEqual(done.code, 1, done)
            self.assertEqual([header for _, _, header in other.requests()], [""])


class Certificates(Case):
    """nginx that lets in whom the authority of the tests knows."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        lines = f"ssl_client_certificate {authority().ca}; ssl_verify_client optional; " \
            "add_header X-Who $ssl_client_s_dn; " \
            "location /closed/ { if ($ssl_client_verify != SUCCESS) { return 403; } }"
        cls.nginx = Nginx(files={"closed/a": b"yes", "open": b"who?"}, lines=lines)
        cls.nginx.__enter__()
        cls.addClassCleanup(cls.nginx.__exit__, None, None, None)

    def shown(self):
        return ["--cacert", self.nginx.ca, "--cert", authority().certificate, "--key",
                authority().key]

    def test_in_all_modes(self):
        url = f"{self.nginx.tls_base}/closed/a"
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.fetch.run(*self.shown(), *arguments, url, "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_contents("a", b"yes")
        done = self.fetch.run("--cacert", self.nginx.ca, url, "-o", "b/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("403", done.err)

    def test_in_one_file(self):
        both = self.fetch.folder / "a:b"
        both.write_bytes(authority().certificate.read_bytes() + authority().key.read_bytes())
        name = str(both).replace(":", "\\:")
        for value in (name, name + ":unused"):
            done = self.fetch.run("--cacert", self.nginx.ca, "-E", value,
                                  f"{self.nginx.tls_base}/closed/a", "-o", "out/")
            self.assertEqual(done.code, 0, done)

    def test_stays_behind(self):
        """Another name of the same machine is another origin, and it is not told who we are. The
        connection of an earlier transfer is not used either."""
        elsewhere = self.nginx.tls_base.replace("127.0.0.1", "localhost") + "/closed/a"
        url = self.origin.url("a", location=elsewhere)
        done = self.fetch.run(*self.shown(), "--retry", "0", url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("403", done.err)
        self.fetch.write("urls.txt", [elsewhere, url])
        done = self.fetch.run(*self.shown(), "-j", "1", "urls.txt", "-o", "out/")
        self.assertEqual(list(failures(done)), [url], done)

    def test_no_use(self):
        junk = self.fetch.folder / "junk"
        junk.write_text("no certificate\n")
        url = f"{self.nginx.tls_base}/closed/a"
        done = self.fetch.run("--cacert", self.nginx.ca, "--cert", junk, url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn("the certificate to show (--cert) is no use", failures(done)[url])


if __name__ == "__main__":
    unittest.main()
