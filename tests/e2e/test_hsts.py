"""--hsts: hosts that want to be met over TLS only are, in this run and the next."""

import unittest

from harness.case import Case
from harness.nginx import Nginx
from harness.program import Program
from harness.told import MODES, failures, log

# The name leads to TLS on the port that the plain URL has: as on port 80, which only root may have.
HEADER = 'add_header Strict-Transport-Security "max-age=1000; includeSubDomains" always;'


class Hsts(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.nginx = Nginx(files={"a": b"hello", "b": b"more"}, lines=HEADER)
        cls.nginx.__enter__()
        cls.addClassCleanup(cls.nginx.__exit__, None, None, None)

    def url(self, scheme, host, path):
        return f"{scheme}://{host}:{self.nginx.tls_port}/{path}"

    def run_list(self, urls, *arguments):
        self.fetch.write("urls.txt", urls)
        return self.fetch.run("-j", "1", "--cacert", self.nginx.ca, "--hsts", "hosts", "--resolve",
                              f"*:{self.nginx.tls_port}:127.0.0.1", "--retry", "0", "--log", "log",
                              *arguments, "urls.txt", "-o", "out")

    def test_within_a_run(self):
        """What one transfer learns the next one does. Another process does not know yet."""
        urls = [self.url("https", "www.site.test", "a"), self.url("http", "www.site.test", "b"),
                self.url("http", "x.localhost", "a?2")]
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.run_list(urls, *arguments)
                told = {line["url"]: line for line in log(self.made())}
                self.assertEqual(told[urls[1]]["final_url"],
                                 self.url("https", "www.site.test", "b"))
                self.assertEqual(told[urls[1]]["outcome"], "ok", done)
                self.assertEqual(told[urls[2]]["status"], 400, "never met over TLS")
                self.assertRegex(self.made("hosts"), r'\.www\.site\.test "\d{8} \d\d:\d\d:\d\d"\n')

    def test_from_run_to_run(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.assertEqual(self.run_list([self.url("https", "www.site.test", "a")],
                                               *arguments).code, 0)
                done = self.run_list([self.url("http", "sub.www.site.test", "b")], *arguments)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_contents("b", b"more")
                done = self.fetch.run("--retry", "0", "--resolve",
                                      f"*:{self.nginx.tls_port}:127.0.0.1",
                                      self.url("http", "sub.www.site.test", "b"), "-o", "other/")
                self.assertEqual(done.code, 1, done)

    def test_only_over_tls(self):
        """Nobody else can put a host on the list, nor a host that we must not believe (-k)."""
        plain = self.nginx.base.replace("127.0.0.1", "localhost") + "/a"
        done = self.run_list([plain, self.nginx.tls_base + "/a?2"])
        self.assertEqual(done.code, 0, done)
        done = self.run_list([self.url("https", "www.site.test", "a")], "-k")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn('"', self.made("hosts"))

    def test_logins_go_along(self):
        """It is the same origin, as it wants to be met; a redirect is no way round --proto."""
        (self.fetch.folder / "hosts").write_text('localhost "unlimited"\n')
        done = self.run_list([self.url("http", "localhost", "a")], "--max-redirs", "0", "-u",
                             "me:hunter2")
        self.assertEqual(done.code, 0, done)
        url = self.url("http", "localhost", "b")
        done = self.run_list([url], "--proto", "http")
        self.assertIn("protocol that is not allowed", failures(done)[url])

    def test_files(self):
        (self.fetch.folder / "hosts").mkdir()
        done = self.run_list([self.url("https", "www.site.test", "a")])
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot write hosts: Is a directory", done.err)
        with Program() as self.fetch:
            done = self.fetch.run("--hsts", "", "-k", self.url("https", "127.0.0.1", "a"), "-o",
                                  "out/")
            self.assertEqual(done.code, 0, done)


if __name__ == "__main__":
    unittest.main()
