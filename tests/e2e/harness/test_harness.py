"""The harness itself: its servers serve, and nothing of them stays."""

import os
import pathlib
import signal
import ssl
import time
import unittest
import urllib.error
import urllib.request

from harness.dns import ask
from harness.dnsmasq import Dnsmasq
from harness.nginx import Nginx
from harness.origin import Origin
from harness.program import Program
from harness.proxy import Proxy


def get(url, context=None, proxy=None):
    handlers = [urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {}),
                urllib.request.HTTPSHandler(context=context)]
    with urllib.request.build_opener(*handlers).open(url, timeout=10) as answer:
        return answer.read()


class Servers(unittest.TestCase):
    def test_nginx(self):
        with Nginx(files={"a/b.txt": b"hello"}) as nginx:
            folder = nginx.folder
            self.assertEqual(get(nginx.base + "/a/b.txt"), b"hello")
            context = ssl.create_default_context(cafile=nginx.ca)
            self.assertEqual(get(nginx.tls_base + "/a/b.txt", context), b"hello")
            self.assertEqual(len(nginx.access_log(2)), 2)
            with self.assertRaises(urllib.error.URLError):
                get(nginx.tls_base + "/a/b.txt")
        self.assertFalse(folder.exists())

    def test_dnsmasq(self):
        with Dnsmasq({"a.test": ["127.0.0.2", "::1"]}, ["local-ttl=9"]) as server:
            reply = ask(server.port, "a.test")
            self.assertEqual(reply.values, ["127.0.0.2"])
            self.assertEqual(ask(server.port, "a.test", "AAAA").values, ["::1"])
            self.assertEqual(server.queries("a.test"), ["A", "AAAA"])

    def test_proxy(self):
        with Origin() as origin, Proxy() as proxy, Proxy(login=("me", "secret")) as closed:
            url = origin.url("f", size=3)
            self.assertEqual(get(url, proxy=proxy.url), origin.body("f", 3))
            self.assertEqual(len(proxy.requests()), 1)
            self.assertIn("/f?size=3", proxy.requests()[0])
            with self.assertRaises(urllib.error.HTTPError):
                get(url, proxy=closed.url)
            login = closed.url.replace("//", "//me:secret@")
            self.assertEqual(get(url, proxy=login), origin.body("f", 3))

    def test_a_server_that_does_not_start(self):
        with self.assertRaisesRegex(RuntimeError, "nonsense"):
            Nginx(lines="nonsense;").start()

    def test_nothing_is_left_after_a_failure(self):
        with self.assertRaises(ZeroDivisionError):
            with Origin() as origin:
                folder, pid = origin.folder, origin.process.pid
                raise ZeroDivisionError
        self.assertFalse(folder.exists())
        self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())


class Programs(unittest.TestCase):
    def test_run(self):
        with Program("/bin/sh", ["-c"]) as sh:
            folder = sh.folder
            done = sh.run("cat; echo out; echo err >&2; mkdir out; echo -n x > out/f; exit 3",
                          stdin=b"in\n")
            self.assertEqual((done.code, done.out, done.err), (3, b"in\nout\n", "err\n"))
            sh.assert_files(["f"])
            sh.assert_contents("f", b"x")
            with self.assertRaises(AssertionError):
                sh.assert_files([])
            with self.assertRaisesRegex(AssertionError, "from byte 0"):
                sh.assert_contents("f", b"y")
            self.assertGreater(done.max_rss_kib, 0)
        self.assertFalse(folder.exists())

    def test_a_program_that_hangs_is_ended(self):
        with Program("/bin/sleep") as sleep:
            begun = time.monotonic()
            with self.assertRaisesRegex(AssertionError, "still running"):
                sleep.run("60", timeout=0.2)
            self.assertLess(time.monotonic() - begun, 10)

    def test_signals(self):
        with Program("/bin/sleep") as sleep:
            run = sleep.start("60")
            run.signal(signal.SIGINT)
            self.assertEqual(run.finish().code, -signal.SIGINT)

    def test_the_environment_is_clean(self):
        os.environ["http_proxy"] = "http://127.0.0.1:1"
        self.addCleanup(os.environ.pop, "http_proxy")
        with Program("/usr/bin/env") as env:
            self.assertNotIn(b"http_proxy", env.run().out)
            self.assertIn(b"http_proxy=x", env.run(environment={"http_proxy": "x"}).out)


if __name__ == "__main__":
    unittest.main()
