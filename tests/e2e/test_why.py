"""`--why URL`: which rule let it in or kept it out, who links to it, and what became of it."""

import json
import re
import unittest

from harness.nginx import Nginx
from harness.origin import Origin
from harness.program import Program
from harness.web import Web

SITE = {
    "robots.txt": "User-agent: *\nDisallow: /closed/\n",
    "index.html": """<!DOCTYPE html>
<a href="/a.html">a</a>
<a href="/closed/x.html">closed</a>
<a rel="nofollow" href="/shy.html">shy</a>
<a href="http://elsewhere.test/x#part">elsewhere</a>
<a href="mailto:a@b.test">mail</a>
<a href="http://[bad/">no URL</a>
<img src="/one.png"> <form action="/send"></form>
<a href="/moved">moved</a>
<a href="/gone.html">gone</a>""",
    "a.html": "<a href='/b.html'>b</a>\n<a href='./%7edeep/../late.html#x'>late</a>",
    "late.html": "late", "shy.html": "shy", "b.html": "b", "one.png": "one", "target.html": "there",
}
LINES = """
location = /moved { return 301 /target.html; }
types { text/html html; image/png png; }
"""


class Whys(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.nginx = Nginx({name: text.encode() for name, text in SITE.items()}, LINES)
        cls.nginx.__enter__()
        cls.addClassCleanup(cls.nginx.__exit__, None, None, None)
        cls.home = cls.nginx.base + "/"

    def setUp(self):
        self.fetch = Program().__enter__()
        self.addCleanup(self.fetch.__exit__, None, None, None)

    def why(self, url, *arguments, command="crawl", seed=None):
        """What is told of the URL; a path is one of the site."""
        url = self.nginx.base + url if url.startswith("/") else url
        done = self.fetch.run(command, "--no-config", "--delay", "0", "--retry", "0", "--why", url,
                              *arguments, seed or self.home)
        self.assertIn(done.code, (0, 1), done)
        told = re.findall(r"^fetch: --why (\S+): (.*)$", done.err, re.MULTILINE)
        self.assertEqual(len(told), 1, done)
        return told[0][1]

    def made(self):
        return self.fetch.path("log").read_text().splitlines()

    def line(self, number, page="/"):
        return f"linked by line {number} of {self.nginx.base}{page}"

    def test_what_is_let_in(self):
        for command in ("crawl", "mirror"):
            with self.subTest(command=command), Program() as self.fetch:
                self.assertEqual(self.why("/b.html", command=command),
                                 f"let in: in scope; {self.line(1, '/a.html')}; fetched")
                self.assertEqual(self.why("/gone.html", command=command),
                                 f"let in: in scope; {self.line(10)}; "
                                 "server answered 404 Not Found")

    def test_seeds(self):
        self.assertEqual(self.why("/"), "let in: given on the command line; fetched")
        self.assertEqual(self.why("/target.html", seed=self.nginx.base + "/moved"),
                         f"let in: a seed's target; {self.nginx.base}/moved redirects to it; "
                         "fetched")

    def test_the_url_is_read_as_links_are(self):
        self.assertEqual(self.why("/x/%2e./late.html?#y"),
                         f"let in: in scope; {self.line(2, '/a.html')}; fetched")

    def test_redirects(self):
        self.assertEqual(self.why("/moved"), f"let in: in scope; {self.line(9)}; it has moved")
        self.assertEqual(self.why("/target.html"), f"let in: in scope; {self.nginx.base}/moved "
                                                   "redirects to it; fetched")

    def test_what_is_kept_out(self):
        for url, rule, number in (("/closed/x.html", "robots.txt", 3), ("/shy.html", "nofollow", 4),
                                  ("http://elsewhere.test/x", "another host: no --span-hosts", 5),
                                  ("mailto:a@b.test", "another scheme", 6),
                                  ("http://[bad/", "no URL", 7),
                                  ("/one.png", "no --page-requisites", 8),
                                  ("/send", "something is sent there: a form, a ping", 8)):
            with self.subTest(url=url):
                self.assertEqual(self.why(url), f"kept out: {rule}; {self.line(number)}")
        self.assertEqual(self.why("/b.html", "--level", "1"),
                         f"kept out: deeper than --level; {self.line(1, '/a.html')}")
        self.assertEqual(self.why("/a.html", "--reject-regex", "a[.]html"),
                         f"kept out: matched by --reject-regex; {self.line(2)}")

    def test_options_let_in(self):
        self.assertEqual(self.why("/one.png", "--page-requisites"),
                         f"let in: a page needs it; {self.line(8)}; fetched")
        self.assertEqual(self.why("/closed/x.html", "--no-robots"),
                         f"let in: in scope; {self.line(3)}; server answered 404 Not Found")

    def test_what_nothing_links_to(self):
        self.assertEqual(self.why("/nowhere.html"), "nothing links to it")
        self.assertEqual(self.why("no:URL"), "nothing links to it")

    def test_bounds(self):
        self.assertEqual(self.why("/gone.html", "--max-urls", "1", "-j", "1"),
                         f"let in: in scope; {self.line(10)}; not fetched: --max-urls")
        self.assertEqual(self.why("/b.html", "--max-urls", "1", "-j", "1"),
                         "nothing links to it on the pages read before --max-urls ended it")

    def test_what_an_earlier_run_has_met(self):
        first = self.why("/gone.html", "--max-urls", "1", "-j", "1", "-o", "out")
        self.assertIn("not fetched: --max-urls", first)
        self.assertEqual(self.why("/gone.html", "-o", "out"),
                         f"let in: an earlier run has met it; linked by {self.home}; "
                         "server answered 404 Not Found")

    def test_traps(self):
        with Origin(web="10:10:500") as origin:
            web = Web(10, 10, origin.port)
            resolve = ("--resolve", f"h6.web.test:{origin.port}:127.0.0.1")
            seed = web.url(6, "/cal/2000-01/")
            arguments = ("--level", "0", "--accept-regex", "/cal/", *resolve)
            self.assertEqual(self.why(web.url(6, "/nowhere"), *arguments, "--log", "log",
                                      seed=seed), "nothing links to it")
            months = [json.loads(line)["url"] for line in self.made()]
            year, month = map(int, re.search(r"/(\d+)-(\d+)/", max(months)).groups())
            beyond = f"/cal/{year + month // 12}-{month % 12 + 1:02}/"
            self.assertRegex(self.why(web.url(6, beyond), *arguments, seed=seed),
                             r"\Akept out: trap: a calendar .*; linked by line \d+ of \S+\Z")


if __name__ == "__main__":
    unittest.main()
