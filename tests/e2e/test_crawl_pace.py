"""`fetch crawl`: whatever a request is for, it comes no sooner after another to its host than it may."""

import unittest

from harness.program import Program
from harness.site import Site

DELAY = 0.4
# Of the gap between two requests as they arrive; what comes out of turn comes at once.
LEAST = DELAY / 2


class Paced(unittest.TestCase):
    def setUp(self):
        self.fetch = self.enter(Program())
        self.site = self.enter(Site())
        self.other = self.enter(Site())

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def crawl(self, *arguments, code=0, command="crawl", urls=None):
        done = self.fetch.run(command, "--no-config", *arguments, *(urls or [self.site.url()]),
                              timeout=100)
        self.assertEqual(done.code, code, done)
        return done

    def assert_paced(self, site, paths):
        """These came, each once, and none too soon."""
        self.assertEqual(sorted(f"{method} {path}" for _, method, path in site.moments),
                         sorted(paths))
        for before, after in zip(site.moments, site.moments[1:]):
            self.assertGreater(after[0] - before[0], LEAST, (before, after))

    def set_site(self, robots=""):
        """A bit of everything: sitemaps, one of them an index, requisites, redirects, tries."""
        tries = []

        def weak(handler):
            tries.append(handler.path)
            status, body = (200, b"<p>better") if len(tries) > 1 else (503, b"not now")
            handler.send_response(status)
            handler.send_header("Content-Type", "text/html")
            handler.send_header("Content-Length", str(len(body)))
            handler.send_header("Connection", "close")
            handler.end_headers()
            handler.wfile.write(body)

        sitemap = "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>%s</urlset>"
        self.site.pages.update({
            "/robots.txt": (200, {"Content-Type": "text/plain"},
                            f"User-agent: *\n{robots}"
                            f"Sitemap: {self.site.url('/index.xml')}\n"
                            f"Sitemap: {self.site.url('/b.xml')}\n"),
            "/index.xml": (200, {"Content-Type": "application/xml"},
                           "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>"
                           f"<sitemap><loc>{self.site.url('/a.xml')}</loc></sitemap></sitemapindex>"),
            "/a.xml": (200, {"Content-Type": "application/xml"},
                       sitemap % f"<url><loc>{self.site.url('/a.html')}</loc></url>"),
            "/b.xml": (200, {"Content-Type": "application/xml"}, sitemap % ""),
            "/": "<img src=/p.png><a href=/moved>x</a><a href=/weak>x</a>",
            "/p.png": (200, {"Content-Type": "image/png"}, "p"),
            "/a.html": "a", "/there": "there",
            "/moved": (301, {"Location": "/there"}, ""),
            "/weak": weak,
        })
        return ["GET " + path for path in ("/robots.txt", "/index.xml", "/a.xml", "/b.xml", "/",
                                           "/p.png", "/a.html", "/moved", "/there", "/weak", "/weak")]

    def test_delay(self):
        for threads in ("1", "2"):
            with self.subTest(threads=threads):
                self.site.moments.clear()
                wanted = self.set_site()
                self.crawl("--delay", f"{DELAY}s", "--page-requisites", "--retry-delay", "10ms",
                           "--threads", threads)
                self.assert_paced(self.site, wanted)

    def test_crawl_delay(self):
        """Also where the command line asks for none."""
        for command in ("crawl", "mirror"):
            with self.subTest(command=command):
                self.site.moments.clear()
                wanted = self.set_site(f"Crawl-delay: {DELAY}\n")
                self.crawl("--delay", "0", "--page-requisites", "--retry-delay", "10ms", "-o",
                           command, command=command)
                self.assert_paced(self.site, wanted)

    def test_a_robots_txt_that_has_moved(self):
        self.site.pages["/robots.txt"] = (302, {"Location": "/r1.txt"}, "")
        self.site.pages["/r1.txt"] = (302, {"Location": "/r2.txt"}, "")
        self.site.pages["/r2.txt"] = (200, {"Content-Type": "text/plain"}, "User-agent: *")
        self.site.pages["/"] = "<a href=/a.html>x</a>"
        self.site.pages["/a.html"] = "a"
        self.crawl("--delay", f"{DELAY}s")
        self.assert_paced(self.site, ["GET /robots.txt", "GET /r1.txt", "GET /r2.txt", "GET /",
                                      "GET /a.html"])

    def test_checks(self):
        """HEAD, and GET where that is refused, are two requests."""
        for robots, delay in ((f"Crawl-delay: {DELAY}\n", "0"), ("", f"{DELAY}s")):
            with self.subTest(delay=delay):
                self.site.moments.clear()
                self.other.moments.clear()
                self.site.pages["/"] = "".join(f"<a href='{self.other.url(path)}'>x</a>"
                                               for path in ("/a", "/b"))
                self.other.pages["/robots.txt"] = (200, {"Content-Type": "text/plain"},
                                                   f"User-agent: *\n{robots}Disallow: /x")
                self.other.pages["/a"] = self.other.pages["/b"] = "there"
                self.crawl("--check", "--delay", delay,
                           urls=[self.site.url().replace("127.0.0.1", "localhost")])
                self.assert_paced(self.other, ["GET /robots.txt", "HEAD /a", "GET /a", "HEAD /b",
                                               "GET /b"])

    def test_two_visits(self):
        """A host is left for a while, and comes back: its Crawl-delay still counts."""
        self.site.pages.update({
            "/robots.txt": (200, {"Content-Type": "text/plain"},
                            f"User-agent: *\nCrawl-delay: {DELAY}\n"),
            "/": f"<a href='{self.other.url('/1')}'>x</a>",
            "/a": "a", "/b": "b", "/c": "c",
        })
        for number in range(1, 6):
            self.other.pages[f"/{number}"] = f"<a href=/{number + 1}>x</a>"
        self.other.pages["/6"] = "".join(f"<a href='{self.site.url(path)}'>x</a>"
                                         for path in ("/a", "/b", "/c"))
        self.crawl("--delay", "0", "--span-hosts")
        self.assert_paced(self.site, ["GET /robots.txt", "GET /", "GET /a", "GET /b", "GET /c"])


if __name__ == "__main__":
    unittest.main()
