"""`fetch mirror` on sites with names that no file system has as they are, and in charsets that only
the server tells: every copy is found again, from disk, in a browser and by `fetch status`."""

import json
import unittest
import urllib.parse

from harness.browser import Browser
from harness.nginx import Nginx
from harness.program import Program
from harness.told import summary
from test_mirror import PNG

HOME = """<!DOCTYPE html><title>Home</title>
<base target=_self href="/odd/">
<link rel=stylesheet href="s.css?v=%3F1">
<img src="i/x%20y.png"><img src="i/a%23b%2541;&amp;'%22%3F.png"><img src="i/%D1%8F.png">
<a href=Dir/A.html>1</a><a href=dir/a.html>2</a><a href=Dir/a.html>3</a>
<a href=con.html>a device</a><a href=".hidden/-x.html">hidden</a><a href="a/b:c%7Cd.html">mark</a>
<a href=/thing>a file</a><a href=/thing/inside.html>and a folder</a>
<a href="/program?page=1&amp;x=%2F..%2F">1</a><a href="/program?page=2">2</a>
<a href="/koi.html">koi8-r</a><a href="/wide.html">UTF-16</a><a href="/drawn">svg</a>
<a href="{long}.html?{long}">long</a><a href="{long}.html?{long}x">long, too</a>
"""
LONG = "n" * 240
PAGE = b"<!DOCTYPE html><title>P</title><a href=/odd/index.html>home</a>"
KOI = "<!DOCTYPE html><title>Я</title><a href='/odd/index.html'>home</a><img src='/odd/i/я.png'>"
SITE = {
    "odd/index.html": HOME.format(long=LONG).encode(),
    "odd/s.css": b"@import 'Sub.CSS?x=1'; p { background: url(\"i/x%20y.png\") }",
    "odd/Sub.CSS": b"body { color: rgb(1, 2, 3) }",
    "odd/i/x y.png": PNG, "odd/i/a#b%41;&'\"?.png": PNG, "odd/i/я.png": PNG,
    "odd/Dir/A.html": PAGE, "odd/dir/a.html": PAGE, "odd/Dir/a.html": PAGE,
    "odd/con.html": PAGE, "odd/.hidden/-x.html": PAGE, "odd/a/b:c|d.html": PAGE,
    f"odd/{LONG}.html": PAGE,
    "koi.html": KOI.encode("koi8-r"), "wide.html": KOI.encode("utf-16"),
}
LINES = """
location = /thing { default_type text/plain; return 200 "text"; }
location = /thing/inside.html { default_type text/html; return 200 "<a href=/thing>back</a>"; }
location = /program { default_type text/html;
    return 200 "<title>$args</title><a href=/odd/>x</a>"; }
location = /koi.html { default_type "text/html; charset=koi8-r"; types {} }
location = /drawn { default_type image/svg+xml;
    return 200 "<svg xmlns='http://www.w3.org/2000/svg'><a href='/odd/'>x</a></svg>"; }
types { text/html html; text/css css CSS; image/png png; }
"""
LINKS = "return [...document.querySelectorAll('a')].map((one) => one.href.baseVal || one.href)"


class Names(unittest.TestCase):
    def setUp(self):
        self.nginx = self.enter(Nginx(SITE, LINES))
        self.fetch = self.enter(Program())
        self.host = f"127.0.0.1:{self.nginx.port}"

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def mirror(self, *arguments):
        done = self.fetch.run("mirror", "--no-config", "--retry", "0", "-o", "out", *arguments,
                              self.nginx.base + "/odd/")
        self.assertEqual(done.code, 0, done)
        return summary(done)

    def copies(self):
        base = self.fetch.path(f"out/{self.host}")
        return {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file()}

    def test_every_name_can_be_a_file(self):
        counts = self.mirror()
        names = self.copies()
        self.assertEqual(len(names), counts["ok"])
        plain = {"odd/index.html", "odd/s.css@v=_1.css", "odd/Sub.CSS@x=1.css", "odd/i/x y.png",
                 "odd/i/a#b%41;&'__.png", "odd/i/я.png", "odd/_con.html", "odd/_.hidden/_-x.html",
                 "odd/a/b_c_d.html", "program@page=1&x=_.._.html", "program@page=2.html",
                 "koi.html", "wide.html", "drawn.svg"}
        self.assertEqual(plain - names, set())
        # No two that are one where cases are, and no file where a folder is.
        self.assertEqual(len({name.lower() for name in names}), len(names))
        folders = {name.rpartition("/")[0] for name in names}
        self.assertEqual(names & folders, set())
        parts = {part for name in names for part in name.split("/")}
        self.assertLessEqual(max(len(part.encode()) for part in parts), 255)

    def test_the_way_back(self):
        self.mirror()
        for name in self.copies():
            path = f"out/{self.host}/{name}"
            row = json.loads(self.fetch.run("status", "--json", "--url", path, "out").out)
            self.assertEqual(row["path"], f"{self.host}/{name}")
            self.assertTrue(row["url"].startswith(self.nginx.base))

    def test_names_stay(self):
        self.mirror()
        names = self.copies()
        self.mirror()
        self.assertEqual(self.copies(), names)

    def test_all_of_it_works_from_disk(self):
        self.mirror()
        self.nginx.stop()
        page = self.enter(Browser())
        base = self.fetch.path(f"out/{self.host}")
        for name in sorted(self.copies()):
            if not name.endswith((".html", ".svg")):
                continue
            page.open(base / name)
            links = page.run(LINKS)
            self.assertTrue(links, name)
            for link in links:
                url = urllib.parse.urlsplit(urllib.parse.urljoin((base / name).as_uri(), link))
                self.assertEqual(url.scheme, "file", (name, link))
                path = urllib.parse.unquote(url.path)
                self.assertTrue(self.fetch.path(path).is_file(), (name, link))
            if not name.endswith(".svg"):
                self.assertEqual(page.run("return [...document.images].filter((one) => "
                                          "!one.naturalWidth).map((one) => one.src)"), [], name)
        page.open(base / "odd/index.html")
        self.assertEqual(page.run("return getComputedStyle(document.body).color"), "rgb(1, 2, 3)")
        for name in ("koi.html", "wide.html"):
            page.open(base / name)
            self.assertEqual(page.run("return document.title"), "Я")
        self.assertEqual([url for url in page.requests() if not url.startswith("file:")], [])
        self.assertEqual(page.console(), [])


if __name__ == "__main__":
    unittest.main()
