"""`fetch mirror`: the copy works from disk, a second run brings only what has changed."""

import gzip
import json
import os
import pathlib
import re
import shutil
import time
import unittest
import urllib.parse

from harness.browser import Browser
from harness.nginx import Nginx
from harness.origin import Origin
from harness.program import Program
from harness.told import LOG_KEYS, summary

PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000"
                    "1f15c4890000000d49444154789c6360606060000000050001a5f64540000000"
                    "0049454e44ae426082")

SITE = {
    "index.html": """<!DOCTYPE html><html><head><title>Home</title>
<link rel="stylesheet" href="/css/main.css?v=2" integrity="sha256-x" crossorigin>
<script src="js/app.js"></script></head>
<body style="background: url('/img/back.png')">
<a id="one" href="a/">folder</a> <a href="/a/page.html#part">page</a>
<a href="http://elsewhere.test/x">elsewhere</a> <a href="mailto:a@b.test">mail</a>
<a href="/moved">moved</a> <a href="no%20such.html?a=1&amp;b=2">broken</a>
<img src="img/one.png" srcset="img/one.png 1x, /img/two.png 2x"></body></html>""",
    "a/index.html": "<!DOCTYPE html><title>Folder</title><a href='..'>up</a>"
                    "<a href=page.html>page</a><img src='../img/one.png'>",
    "a/page.html": "<!DOCTYPE html><title>Page</title><h1 id=part>part</h1>"
                   "<a href='/q?x=1'>question</a><a href='/'>home</a>",
    "css/main.css": "@import 'more.css'; body { color: rgb(1, 2, 3) }"
                    " h1 { background: url(../img/back.png) }",
    "css/more.css": "body { margin-left: 7px; background-image: url(\"../img/two.png\") }",
    "js/app.js": "document.documentElement.dataset.ran = 'yes';",
    "img/one.png": PNG, "img/two.png": PNG, "img/back.png": PNG,
}
LINES = """
location = /headers.html { add_header Link "</linked.html>; rel=next, </css/more.css>; rel=stylesheet";
                           add_header Refresh "9; url=/refreshed.html"; }
location = /shy.html { add_header X-Robots-Tag "otherbot: none, fetch: nofollow"; }
location = /moved { return 301 /a/page.html; }
location = /q { default_type text/html; return 200 "<!DOCTYPE html><title>Q</title><a href=/>home</a>"; }
location = /css/said.css { types { } default_type "text/css; charset=utf-16be"; }
types { image/svg+xml svg; application/xhtml+xml xhtml; text/xml xml; text/html html; text/css css; application/javascript js; image/png png; }
"""


def as_bytes(text):
    return text if isinstance(text, bytes) else text.encode()


class Mirrors(unittest.TestCase):
    def setUp(self):
        self.nginx = self.enter(Nginx({name: as_bytes(text) for name, text in SITE.items()}, LINES))
        for path in self.nginx.files.rglob("*"):
            os.utime(path, (1.6e9, 1.6e9))
        self.fetch = self.enter(Program())
        self.host = f"127.0.0.1:{self.nginx.port}"

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def mirror(self, *arguments, code=0, url=None):
        """Runs it with a log: (Result, {path of the URL: its line})."""
        self.fetch.path("log").unlink(missing_ok=True)
        done = self.fetch.run("mirror", "--no-config", "--retry", "0", "--log", "log", "-o", "out",
                              *arguments, url or self.nginx.base + "/")
        self.assertEqual(done.code, code, done)
        lines = {}
        for text in self.fetch.path("log").read_text().splitlines():
            line = json.loads(text)
            self.assertEqual(list(line)[:len(LOG_KEYS)], LOG_KEYS)
            parts = urllib.parse.urlsplit(line["url"])
            lines[parts.path + ("?" + parts.query if parts.query else "")] = line
        return done, lines

    def copy(self, name):
        return self.fetch.path(f"out/{self.host}/{name}")

    def change(self, name, text, when=1.7e9):
        """The file on the server says something else from now on."""
        path = self.nginx.files / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_bytes(text))
        os.utime(path, (when, when))

    def copies(self):
        base = self.fetch.path(f"out/{self.host}")
        return {str(path.relative_to(base)) for path in base.rglob("*") if path.is_file()}

    def test_links_lead_to_copies(self):
        done, lines = self.mirror()
        self.assertEqual(summary(done)["failed"], 1)
        self.assertEqual(lines["/no%20such.html?a=1&b=2"]["status"], 404)
        self.assertEqual(self.copies(), {
            "index.html", "a/index.html", "a/page.html", "q@x=1.html", "css/main.css@v=2.css",
            "css/more.css", "js/app.js", "img/one.png", "img/two.png", "img/back.png"})
        self.assertNotIn("change", lines["/moved"])  # it has no copy
        home = self.copy("index.html").read_text()
        for wanted in ('href="css/main.css@v=2.css"', 'href="a/index.html"',
                       'href="a/page.html#part"', 'href="http://elsewhere.test/x"',
                       'href="mailto:a@b.test"', 'href="a/page.html">moved',
                       "url('img/back.png')", 'srcset="img/one.png 1x, img/two.png 2x"',
                       f'href="{self.nginx.base}/no%20such.html?a=1&amp;b=2"'):
            self.assertIn(wanted, home)
        self.assertIn('integrity=""', home)
        self.assertIn("url(../img/back.png)", self.copy("css/main.css@v=2.css").read_text())

    def test_without_conversion_bytes_stay(self):
        self.mirror("--no-convert")
        for name in ("index.html", "a/index.html", "css/more.css"):
            self.assertEqual(self.copy(name).read_bytes(), as_bytes(SITE[name]))

    def test_the_copy_works_from_disk(self):
        """Opened in a browser with the server gone: nothing is asked of anybody but the disk."""
        self.mirror()
        self.nginx.stop()
        page = self.enter(Browser())
        page.open(self.copy("index.html"))
        self.assertEqual(page.run("return document.documentElement.dataset.ran"), "yes")
        style = "return getComputedStyle(document.body)[arguments[0]]"
        self.assertEqual(page.run(style, "color"), "rgb(1, 2, 3)")
        self.assertEqual(page.run(style, "marginLeft"), "7px")
        self.assertEqual(page.run("return document.images[0].naturalWidth"), 1)
        for name in ("a/index.html", "a/page.html", "q@x=1.html"):
            page.open(self.copy(name))
            self.assertEqual(page.run(
                "return [...document.images].filter((one) => !one.naturalWidth).length"), 0)
        requests = page.requests()
        self.assertGreater(len(requests), 6)
        self.assertEqual([url for url in requests if not url.startswith("file:")], [])
        self.assertEqual(page.console(), [])

    def test_every_link_of_the_site_leads_somewhere(self):
        self.mirror()
        for name in self.copies():
            if not name.endswith(".html"):
                continue
            for target in re.findall(r"(?:href|src)=[\"']?([^\"'> ]+)", self.copy(name).read_text()):
                if "://" in target or target.startswith("mailto:"):
                    continue
                path = urllib.parse.unquote(target.partition("#")[0])
                self.assertTrue((self.copy(name).parent / path).is_file(), (name, target))

    def test_a_second_run_asks_and_brings_nothing(self):
        self.mirror()
        before = {name: (self.copy(name).stat().st_ino, self.copy(name).read_bytes())
                  for name in self.copies()}
        done, lines = self.mirror()
        counts = summary(done)
        # What nginx makes up has no validators, and is sent again; one has moved.
        self.assertEqual((counts["ok"], counts["unchanged"]), (1, 10), done)
        self.assertEqual({line["change"] for path, line in lines.items()
                          if line["outcome"] == "unchanged"}, {"unchanged"})
        after = {name: (self.copy(name).stat().st_ino, self.copy(name).read_bytes())
                 for name in self.copies()}
        self.assertEqual(after, before)

    def test_only_what_has_changed_is_fetched(self):
        self.mirror()
        self.change("a/page.html", "<!DOCTYPE html><title>New</title><a href='/fresh.html'>x</a>")
        self.change("fresh.html", "<!DOCTYPE html><title>Fresh</title><a href='/'>home</a>")
        done, lines = self.mirror()
        self.assertEqual({path: line["change"] for path, line in lines.items()
                          if line["outcome"] == "ok" and "moved" not in path and "/q" not in path},
                         {"/a/page.html": "changed", "/fresh.html": "new"})
        self.assertIn('href=\'../fresh.html\'', self.copy("a/page.html").read_text())
        self.assertIn("index.html", self.copy("fresh.html").read_text())

    def test_what_is_gone_stays_unless_it_is_to_go(self):
        self.mirror()
        self.change("a/index.html", "<!DOCTYPE html><title>Folder</title>nothing")
        (self.nginx.files / "a/page.html").unlink()
        (self.nginx.files / "img/back.png").unlink()
        done, lines = self.mirror()
        self.assertEqual(lines["/a/page.html"]["change"], "gone")
        self.assertIn("a/page.html", self.copies())
        self.mirror("--delete")
        self.assertNotIn("a/page.html", self.copies())
        self.assertNotIn("img/back.png", self.copies())
        # Only page.html had a link to it.
        self.assertNotIn("q@x=1.html", self.copies())
        self.assertIn(f'href="{self.nginx.base}/a/page.html#part"',
                      self.copy("index.html").read_text())

    def test_an_incomplete_pass_removes_nothing(self):
        self.mirror()
        before = self.copies()
        (self.nginx.files / "a/page.html").unlink()
        self.mirror("--delete", "--max-urls", "3")
        self.assertEqual(self.copies(), before)

    def test_what_is_looked_up_when_a_bound_is_reached_is_still_asked_for(self):
        self.mirror()
        done, lines = self.mirror("--max-urls", "4")
        self.assertEqual(len(lines), 4, done)
        self.assertEqual({line["outcome"] for line in lines.values()}, {"unchanged"}, lines)

    def test_the_same_reference_means_another_page_elsewhere(self):
        page = "<!DOCTYPE html><a href=x.html>x</a><a href='?q'>q</a><a href=http://h.test/>h</a>"
        based = "<!DOCTYPE html><base href='/c/d/'><a href=x.html>x</a>"
        for folder in "ab":
            for name in ("one", "two"):
                self.change(f"{folder}/{name}.html", page)
            self.change(f"{folder}/x.html", "x")
        self.change("a/based.html", based)
        self.change("c/d/x.html", "x")
        names = ("a/one", "a/two", "b/one", "b/two", "a/based")
        self.change("index.html", "".join(f"<a href={name}.html>n</a>" for name in names))
        done, lines = self.mirror()
        self.assertEqual(
            set(lines), {"/", "/a/x.html", "/b/x.html", "/c/d/x.html"} |
            {f"/{name}.html" for name in names} | {f"/{name}.html?q" for name in names[:4]})
        self.assertIn("8 links not followed: 8 another host", done.err)

    def test_a_failed_page_does_not_replace_a_good_copy(self):
        origin = self.enter(Origin())
        url = origin.url("page.html", type="text/html", modified="@1600000000")
        self.fetch.run("mirror", "--no-config", "-o", "out", url)
        names = self.fetch.files()
        again = self.fetch.run("mirror", "--no-config", "--retry", "0", "-o", "out",
                               url.replace("modified=", "status=500&modified="))
        self.assertEqual(again.code, 1, again)
        self.assertEqual([name for name in self.fetch.files() if ".fetch" not in name],
                         [name for name in names if ".fetch" not in name])

    def test_headers_lead_on(self):
        for name in ("headers", "linked", "refreshed", "shy", "unseen"):
            self.change(f"{name}.html", f"<!DOCTYPE html><title>{name}</title>")
        self.change("shy.html", "<a href='/unseen.html'>x</a>")
        _, lines = self.mirror(url=self.nginx.base + "/headers.html")
        self.assertEqual(set(lines), {"/headers.html", "/linked.html", "/css/more.css",
                                      "/img/two.png", "/refreshed.html"})
        done, lines = self.mirror(url=self.nginx.base + "/shy.html")
        self.assertEqual(set(lines), {"/shy.html"})
        self.assertIn("1 nofollow", done.err)

    def test_sitemaps_and_feeds_lead_on(self):
        base = self.nginx.base
        for name in ("mapped", "posted", "lonely"):
            self.change(f"{name}.html", f"<!DOCTYPE html><title>{name}</title>")
        self.change("robots.txt", f"User-agent: *\nDisallow: /js/\nSitemap: {base}/maps/index.xml\n")
        self.change("maps/index.xml", f"<sitemapindex><sitemap><loc>{base}/maps/one.xml.gz</loc>"
                                      "</sitemap></sitemapindex>")
        self.change("maps/one.xml.gz", gzip.compress(
            f"<urlset><url><loc>{base}/mapped.html</loc></url></urlset>".encode()))
        self.change("feed.xml", "<rss version='2.0'><channel><item><link>/posted.html</link>"
                                "</item></channel></rss>")
        self.change("lonely.html", "<link rel=alternate type=application/rss+xml href=feed.xml>")
        _, lines = self.mirror(url=base + "/lonely.html")
        self.assertEqual(set(lines), {"/lonely.html", "/maps/index.xml", "/maps/one.xml.gz",
                                      "/mapped.html", "/feed.xml", "/posted.html"})

    def test_utf_16_is_read(self):
        page = "<!DOCTYPE html><title>\u00fc</title><a href='/a/page.html'>x</a>"
        self.change("wide.html", page.encode("utf-16"))
        _, lines = self.mirror("--level", "1", url=self.nginx.base + "/wide.html")
        self.assertEqual(set(lines), {"/wide.html", "/a/page.html"})
        self.assertEqual(lines["/wide.html"]["title"], "\u00fc")
        self.assertIn("href='a/page.html'", self.copy("wide.html").read_bytes().decode("utf-8-sig"))

    def test_a_page_in_an_attribute_is_read(self):
        self.change("around.html", "<!DOCTYPE html><iframe srcdoc=\"<img src='/img/one.png'>"
                                   "<a href='/a/page.html?a=1&amp;amp;b=2#part'>x</a>\"></iframe>")
        _, lines = self.mirror("--level", "1", url=self.nginx.base + "/around.html")
        self.assertEqual(set(lines), {"/around.html", "/img/one.png", "/a/page.html?a=1&b=2"})
        self.nginx.stop()
        page = self.enter(Browser())
        page.open(self.copy("around.html"))
        inside = "const inside = document.querySelector('iframe').contentDocument; return "
        page.until(inside + "inside.images.length && inside.images[0].complete")
        self.assertEqual(page.run(inside + "inside.images[0].naturalWidth"), 1)
        self.assertEqual(urllib.parse.unquote(page.run(inside + "inside.querySelector('a').href")),
                         f"file://{self.copy('a/page.html@a=1&b=2.html').resolve()}#part")

    def test_style_sheets_in_utf_16_are_read(self):
        for name, sheet in (("marked", "@import '/css/more.css';".encode("utf-16")),
                            ("said", "@import 'more.css';".encode("utf-16-be"))):
            self.change(f"css/{name}.css", sheet)
            self.change(f"{name}.html", f"<!DOCTYPE html><link rel=stylesheet href=/css/{name}.css>")
            _, lines = self.mirror(url=f"{self.nginx.base}/{name}.html")
            self.assertEqual(set(lines), {f"/{name}.html", f"/css/{name}.css", "/css/more.css",
                                          "/img/two.png"})
            self.assertIn("@import 'more.css';",
                          self.copy(f"css/{name}.css").read_bytes().decode("utf-8-sig"))

    def test_style_sheets_of_xml_are_read(self):
        """An SVG by itself, and XHTML: the instruction before its first element."""
        for name, page in (("drawing.svg", "<svg xmlns='http://www.w3.org/2000/svg' width='9'/>"),
                           ("page.xhtml", "<html xmlns='http://www.w3.org/1999/xhtml'><body/></html>")):
            self.change(name, f"<?xml version='1.0'?><?xml-stylesheet href='/css/more.css'?>{page}")
            _, lines = self.mirror(url=f"{self.nginx.base}/{name}")
            self.assertEqual(set(lines), {f"/{name}", "/css/more.css", "/img/two.png"})
            self.assertIn("<?xml-stylesheet href='css/more.css'?>", self.copy(name).read_text())

    def test_the_largest_of_a_srcset_is_enough(self):
        self.change("wide.html", "<img src=/img/one.png srcset='/img/one.png 100w, /img/two.png 800w,"
                                 " /img/back.png 300w'>")
        _, lines = self.mirror("--srcset", "largest", url=self.nginx.base + "/wide.html")
        self.assertEqual(set(lines), {"/wide.html", "/img/one.png", "/img/two.png"})
        self.assertIn("srcset='img/one.png 100w, img/two.png 800w, img/two.png 300w'",
                      self.copy("wide.html").read_text())

    def test_directories_can_be_left_out(self):
        self.mirror("-nH", "--cut-dirs", "1", url=self.nginx.base + "/a/")
        self.assertTrue(self.fetch.path("out/index.html").is_file())

    def test_why_robots_cannot_be_had(self):
        closed = self.enter(Nginx({"index.html": b"x"}, "location = /robots.txt { return 503; }"))
        done, lines = self.mirror(code=1, url=closed.base + "/")
        self.assertEqual(lines["/"]["error"], "its robots.txt cannot be had: "
                                              "server answered 503 Service Unavailable")

    def test_no_parent(self):
        _, lines = self.mirror("-np", url=self.nginx.base + "/a/")
        self.assertEqual(set(lines), {"/a/", "/a/page.html", "/img/one.png"})

    def test_a_bounded_mirror_ends_like_another(self):
        """Wherever it is broken off: what has moved, and what is shown for others, is known."""
        self.change("more.html", "<a href=/moved>m</a><a href=/index.html>i</a>"
                                 "<img srcset='/img/one.png 1x, /img/two.png 2x'>")
        arguments = ("--srcset", "largest")
        url = self.nginx.base + "/more.html"
        self.mirror(*arguments, url=url)
        wanted = {name: self.copy(name).read_bytes() for name in self.copies()}
        for most in range(1, 9):
            shutil.rmtree(self.fetch.path("out"))
            self.mirror(*arguments, "--max-urls", str(most), "--per-host", "1", url=url)
            self.mirror(*arguments, url=url)
            found = {name: self.copy(name).read_bytes() for name in self.copies()}
            self.assertEqual(found, wanted, most)

    def test_a_killed_mirror_ends_like_another(self):
        """At whatever moment: the tree is the one of a run that nobody disturbed."""
        self.mirror()
        wanted = {name: self.copy(name).read_bytes() for name in self.copies()}
        for delay in (0.0, 0.01, 0.02, 0.03, 0.05, 0.08):
            shutil.rmtree(self.fetch.path("out"))
            run = self.fetch.start("mirror", "--no-config", "-o", "out", self.nginx.base + "/")
            deadline = time.monotonic() + 10
            while not self.fetch.path("out").exists() and time.monotonic() < deadline:
                time.sleep(0.001)
            time.sleep(delay)
            run.kill()
            self.mirror()
            found = {name: self.copy(name).read_bytes() for name in self.copies()}
            self.assertEqual(found, wanted, delay)


if __name__ == "__main__":
    unittest.main()
