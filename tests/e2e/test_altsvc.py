"""--alt-svc: hosts are met where they say they may be, and where they are if nobody is there."""

import unittest

from harness.case import Case
from harness.dns import Dns
from harness.nginx import Nginx
from harness.program import Program
from harness.proxy import Proxy
from harness.server import free_port
from harness.told import MODES, log


class AltSvc(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.there = Nginx(files={"a": b"there", "b": b"there"})
        cls.there.__enter__()
        cls.addClassCleanup(cls.there.__exit__, None, None, None)
        cls.here = cls.serve(f'h3=":1", h2="127.0.0.1:{cls.there.tls_port}"; ma=1000')

    @classmethod
    def serve(cls, field):
        files = {name: b"here" for name in ("a", "b", "c", "d")}
        server = Nginx(files=files, lines=f"add_header Alt-Svc '{field}' always;")
        server.__enter__()
        cls.addClassCleanup(server.__exit__, None, None, None)
        return server

    def url(self, path, server=None, scheme="https"):
        server = server or self.here
        port = server.tls_port if scheme == "https" else server.port
        return f"{scheme}://localhost:{port}/{path}"

    def run_list(self, urls, *arguments):
        self.fetch.write("urls.txt", urls)
        done = self.fetch.run("-4", "-j", "1", "--cacert", self.here.ca, "--alt-svc", "places",
                              "--retry", "0", "--log", "log", *arguments, "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        return [(self.fetch.folder / "out" / name).read_text() for name in self.fetch.files()]

    def test_in_all_modes(self):
        """From the second transfer on, and from the first of the next run."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.assertEqual(self.run_list([self.url("a"), self.url("b")], *arguments),
                                 ["here", "there"])
                self.assertIn(f'h2 localhost {self.here.tls_port} h2 127.0.0.1 '
                              f'{self.there.tls_port} "', self.made("places"))
                self.assertIn(f"h2 localhost {self.here.tls_port} h3 localhost 1 ",
                              self.made("places"))
                self.assertEqual(self.run_list([self.url("a")], "--if-exists", "overwrite",
                                               *arguments), ["there", "there"])
                for line in log(self.made()):
                    self.assertEqual(line["url"], self.url("a"), "nobody is told of it")

    def test_only_when_asked(self):
        done = self.fetch.run("-4", "--cacert", self.here.ca, self.url("a"), self.url("b"), "-j",
                              "1", "-o", "out")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("b", b"here")

    def test_by_name(self):
        """The other name is looked up by us, once."""
        here = self.serve(f'h2="alt.site.test:{self.there.tls_port}"')
        with Dns() as dns:
            urls = [self.url(path, here) for path in "abb"]
            self.assertEqual(self.run_list(urls, "--dns-servers", dns.address), ["here", "there"])
            self.assertEqual(dns.stats("alt.site.test")["a"], 1)

    def test_nobody_there(self):
        """The host itself is asked then, and from then on."""
        for field in (f'h2="127.0.0.1:{free_port()}"', f'h2="localhost:{self.there.port}"',
                      'h2="nobody.invalid:443"'):
            with self.subTest(field), Program() as self.fetch:
                here = self.serve(field)
                urls = [self.url(path, here) for path in "abcd"]
                with Dns() as dns:
                    self.assertEqual(self.run_list(urls, "--dns-servers", dns.address),
                                     ["here"] * 4)

    def test_whom_to_believe(self):
        """Not those who spoke without TLS, nor those who might be anybody."""
        urls = [self.url("a", scheme="http"), self.url("b")]
        self.assertEqual(self.run_list(urls), ["here", "here"])
        with Program() as self.fetch:
            self.assertEqual(self.run_list([self.url("a"), self.url("b")], "-k"),
                             ["here", "here"])

    def test_versions(self):
        """What speaks HTTP/2 is not for --http1.1."""
        self.assertEqual(self.run_list([self.url("a"), self.url("b")], "--http1.1"),
                         ["here", "here"])

    def test_proxy(self):
        """A proxy goes where it is told."""
        with Proxy() as proxy:
            self.assertEqual(self.run_list([self.url("a"), self.url("b")], "-x", proxy.url),
                             ["here", "here"])


if __name__ == "__main__":
    unittest.main()
