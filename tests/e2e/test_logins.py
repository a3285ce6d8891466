"""Who we are: Basic, Digest, tokens, certificates - and that nobody else learns it."""

import base64
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


class Netrc(Case):
    """Logins by host, from a file."""

    def sent(self, url, *arguments, netrc=None, place=".netrc"):
        """The user and password that the origin was told; "" for none."""
        if netrc is not None:
            (self.fetch.folder / place).write_text(netrc)
        done = self.fetch.run("-v", *arguments, "-o", "-", url,
                              environment={"HOME": str(self.fetch.folder)})
        self.assertEqual(done.code, 0, done)
        self.assertNotIn(SECRET, done.err)
        headers = {name.lower(): value for name, value in json.loads(done.out)["headers"]}
        kind, _, value = headers.get("authorization", "").partition(" ")
        return base64.b64decode(value).decode() if kind else ""

    FILE = f"machine 127.0.0.1 login me password {SECRET}\ndefault login any password one\n"

    def test_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = self.origin.url("a", echo=1)
                self.assertEqual(self.sent(url, *arguments, netrc=self.FILE), "")
                self.assertEqual(self.sent(url, "--netrc", *arguments), f"me:{SECRET}")
                other = self.origin.url("b", host="localhost", echo=1)
                self.assertEqual(self.sent(other, "-n", *arguments), "any:one")

    def test_what_goes_first(self):
        url = self.origin.url("a", echo=1)
        with_user = url.replace("//", "//you@")
        with_both = url.replace("//", "//you:x@")
        file = self.FILE + "machine 127.0.0.1 login you password two"
        file = file.replace("default login any password one", "")
        self.assertEqual(self.sent(url, "-n", "-u", "a:b", netrc=file), "a:b")
        self.assertEqual(self.sent(with_both, "-n"), f"me:{SECRET}")
        self.assertEqual(self.sent(with_both, "--netrc-optional"), "you:x")
        self.assertEqual(self.sent(with_user, "--netrc-optional"), "you:two")
        self.assertEqual(self.sent(url, "--netrc-optional"), f"me:{SECRET}")

    def test_other_files(self):
        url = self.origin.url("a", echo=1)
        self.assertEqual(self.sent(url, "--netrc-file", "mine", netrc=self.FILE, place="mine"),
                         f"me:{SECRET}")
        self.assertEqual(self.sent(url, "--netrc-optional"), "")
        for words, file in ((["-n"], None), (["--netrc-file", "none"], None),
                            (["-n"], "machine a nonsense"), (["--netrc-optional"], "nonsense")):
            with self.subTest(words, file=file), Program() as self.fetch:
                if file:
                    (self.fetch.folder / ".netrc").write_text(file)
                done = self.fetch.run(*words, url, environment={"HOME": str(self.fetch.folder)})
                self.assertEqual(done.code, 2, done)
                self.assertIn("fetch: option --netrc: ", done.err)

    def test_stays_behind(self):
        """Also where the file has an entry for whom a redirect leads to: he chose the way."""
        with Origin() as other:
            for end in (other.url("end", echo=1), self.origin.url("end", host="localhost",
                                                                  echo=1)):
                url = self.origin.url("a", location=end)
                self.assertEqual(self.sent(url, "-n", netrc=self.FILE), "")
            here = self.origin.url("a", location=self.origin.url("end", echo=1))
            self.assertEqual(self.sent(here, "-n"), f"me:{SECRET}")

    def test_one_handle_after_another(self):
        """With -j 1 all transfers have the same handle: nobody gets what was the other's."""
        urls = [self.origin.url("a", echo=1), self.origin.url("b", host="localhost", echo=1),
                self.origin.url("c", echo=1),
                self.origin.url("d", host="localhost", echo=1).replace("//", "//you:x@")]
        (self.fetch.folder / "netrc").write_text(self.FILE.split("\n", maxsplit=1)[0])
        self.fetch.write("urls.txt", urls)
        done = self.fetch.run("-j", "1", "--netrc-file", "netrc", "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        told = {}
        for name in self.fetch.files():
            headers = dict(json.loads((self.fetch.folder / "out" / name).read_text())["headers"])
            told[name] = base64.b64decode(headers.get("Authorization", "")[6:]).decode()
        self.assertEqual(told, {"a": f"me:{SECRET}", "b": "", "c": f"me:{SECRET}", "d": "you:x"})

    def test_digest(self):
        with Digest("me", SECRET) as digest:
            (self.fetch.folder / "netrc").write_text(self.FILE)
            done = self.fetch.run("--digest", "--netrc-file", "netrc", f"{digest.base}/f", "-o",
                                  "out/")
            self.assertEqual(done.code, 0, done)


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
