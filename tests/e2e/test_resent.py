"""Documents that a server sends again though they are the same: copies stay as they are. No server
here gives validators, unless a test says so."""

import json
import os
import unittest

from harness.program import Program
from harness.site import Site
from harness.told import summary

IMAGE = {"Content-Type": "image/png"}
STYLE = {"Content-Type": "text/css"}
LARGE = bytes(range(256)) * 2000  # more than is gathered in memory


class Resent(unittest.TestCase):
    def setUp(self):
        self.site = self.enter(Site())
        self.fetch = self.enter(Program())
        self.site.pages = {
            "/": "<link rel='stylesheet' href='/s.css'><a href='/a/b.html'>b</a>"
                 "<img src='/i.png'><img src='/large.png'>",
            "/a/b.html": "<p>no links</p>",
            "/s.css": (200, STYLE, "a { background: url(/i.png) }"),
            "/i.png": (200, IMAGE, b"i" * 3000),
            "/large.png": (200, IMAGE, LARGE),
            "/empty.html": "",
        }
        self.site.pages["/"] += "<a href='/empty.html'>nothing</a>"

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def mirror(self, *arguments, command="mirror", code=0):
        """(Result, {path of the URL: its line})."""
        self.fetch.path("log").unlink(missing_ok=True)
        self.site.asked.clear()
        done = self.fetch.run(command, "--no-config", "--no-robots", self.site.url(), "-o", "out",
                              "--delay", "0", "--log", "log", *arguments)
        self.assertEqual(done.code, code, done)
        lines = map(json.loads, self.fetch.path("log").read_text().splitlines())
        return done, {line["url"].removeprefix(self.site.url("")): line for line in lines}

    def changes(self, lines):
        return {path: line["change"] for path, line in lines.items()}

    def copy(self, name):
        return self.fetch.path("out") / self.site.host / name

    def files(self):
        """Of each copy, and of what is kept beside them: inode, time, bytes."""
        found = {}
        for base in (self.fetch.path("out") / self.site.host,
                     self.fetch.path("out/.fetch/pristine")):
            for folder, _, names in os.walk(base):
                for name in names:
                    path = os.path.join(folder, name)
                    status = os.stat(path)
                    with open(path, "rb") as file:
                        found[path] = (status.st_ino, status.st_mtime_ns, file.read())
        return found

    def expect_unchanged(self, *arguments, command="mirror"):
        before = self.files()
        done, lines = self.mirror(*arguments, command=command)
        self.assertEqual(set(lines), set(self.site.pages))
        self.assertEqual({line["outcome"] for line in lines.values()}, {"unchanged"})
        if command == "mirror":
            self.assertEqual(set(self.changes(lines).values()), {"unchanged"})
        self.assertEqual((summary(done)["ok"], summary(done)["unchanged"]), (0, len(lines)))
        self.assertEqual(self.files(), before)
        self.assertEqual(list(self.fetch.path("out/.fetch").glob("*.part")), [])
        return done, lines

    def test_nothing_is_written_anew(self):
        for arguments in ((), ("--no-convert",), ("--threads", "2"), ("--fsync",)):
            with self.subTest(arguments), Program() as self.fetch:
                _, first = self.mirror(*arguments)
                self.assertEqual(set(self.changes(first).values()), {"new"})
                for _ in range(2):
                    done, lines = self.expect_unchanged(*arguments)
                    self.assertEqual({path: line["digest"] for path, line in lines.items()},
                                     {path: line["digest"] for path, line in first.items()})
                    self.assertEqual(lines["/"]["links"], 5)
                    self.assertNotIn(" 0 B in ", done.err)  # it was sent

    def test_crawls(self):
        self.mirror("--page-requisites", command="crawl")
        self.expect_unchanged("--page-requisites", command="crawl")

    def test_what_differs_is_told(self):
        """Though it is of the same size; in the buffer and in a part, at its end."""
        self.mirror()
        self.site.pages.update({
            "/i.png": (200, IMAGE, b"i" * 2999 + b"j"),
            "/large.png": (200, IMAGE, LARGE[:-1] + b"\0"),
            "/a/b.html": "<p>NO links</p>"})
        _, lines = self.mirror()
        self.assertEqual(self.changes(lines), {
            "/": "unchanged", "/s.css": "unchanged", "/empty.html": "unchanged",
            "/i.png": "changed", "/large.png": "changed", "/a/b.html": "changed"})
        self.assertEqual(self.copy("large.png").read_bytes(), LARGE[:-1] + b"\0")
        self.assertEqual(self.copy("i.png").read_bytes(), b"i" * 2999 + b"j")
        self.assertEqual(self.copy("a/b.html").read_text(), "<p>NO links</p>")
        self.expect_unchanged()

    def test_copies_that_somebody_has_changed(self):
        self.mirror()
        before = self.files()
        for name in ("index.html", "i.png"):
            status = self.copy(name).stat()
            self.copy(name).write_bytes(b"x" * status.st_size)
        os.utime(self.copy("large.png"))
        self.copy("s.css").unlink()
        self.copy("a/b.html").unlink()
        self.copy("a/b.html").symlink_to(self.fetch.path("elsewhere"))
        self.fetch.path("elsewhere").write_text("<p>no links</p>")
        _, lines = self.mirror()
        self.assertEqual({path for path, change in self.changes(lines).items()
                          if change == "unchanged"}, {"/empty.html"})
        self.assertEqual({path: file[2] for path, file in self.files().items()},
                         {path: file[2] for path, file in before.items()})
        self.assertFalse(self.copy("a/b.html").is_symlink())
        self.expect_unchanged()

    def test_documents_that_are_lost(self):
        """Without what was served, a page is not what anybody could convert again."""
        self.mirror()
        before = self.files()
        for path in self.fetch.path("out/.fetch/pristine").iterdir():
            path.unlink()
        _, lines = self.mirror()
        self.assertEqual({self.changes(lines)[path] for path in ("/", "/s.css", "/a/b.html")},
                         {"changed"})
        self.assertEqual({path: file[2] for path, file in self.files().items()},
                         {path: file[2] for path, file in before.items()})
        self.expect_unchanged()

    def test_what_they_said_is_lost(self):
        self.mirror()
        for path in self.fetch.path("out/.fetch").glob("pages.db*"):
            path.unlink()
        self.mirror()
        self.expect_unchanged()

    def test_with_conversion_and_without(self):
        """What was kept beside a copy may be older than the copy."""
        first = self.site.pages["/"]
        self.mirror()
        converted = self.copy("index.html").read_text()
        self.assertNotEqual(converted, first)
        self.site.pages["/"] = first + "<p>more</p>"
        self.mirror("--no-convert")
        self.assertEqual(self.copy("index.html").read_text(), first + "<p>more</p>")
        self.site.pages["/"] = first
        _, lines = self.mirror()
        self.assertEqual(self.changes(lines)["/"], "changed")
        self.assertEqual(self.copy("index.html").read_text(), converted)
        _, lines = self.mirror("--no-convert")
        self.assertEqual(self.copy("index.html").read_text(), first)
        _, lines = self.mirror()
        self.assertEqual(self.copy("index.html").read_text(), converted)
        self.expect_unchanged()

    def test_the_same_as_something_else(self):
        """The charset that the server names is written into the copy."""
        self.mirror()
        self.site.pages["/"] = (200, {"Content-Type": "text/html; charset=koi8-r"},
                                self.site.pages["/"])
        _, lines = self.mirror()
        self.assertEqual(self.changes(lines)["/"], "changed")
        self.assertIn('charset="', self.copy("index.html").read_text())
        self.expect_unchanged()

    def test_links_of_what_stays(self):
        """A page that is the same loses a copy that it links to, and gets it back."""
        self.mirror()
        before = self.copy("index.html").read_bytes()
        page = self.site.pages.pop("/a/b.html")
        _, lines = self.mirror("--delete")
        self.assertEqual(self.changes(lines)["/"], "unchanged")
        self.assertEqual(self.changes(lines)["/a/b.html"], "gone")
        self.assertIn(self.site.url("/a/b.html").encode(), self.copy("index.html").read_bytes())
        self.site.pages["/a/b.html"] = page
        _, lines = self.mirror("--delete")
        self.assertEqual(self.changes(lines)["/a/b.html"], "new")
        self.assertEqual(self.copy("index.html").read_bytes(), before)
        self.expect_unchanged("--delete")

    def test_validators_that_come_later(self):
        """The copy stays, and the next run asks with them."""
        self.mirror()
        for path in ("/", "/large.png"):
            page = self.site.pages[path]
            _, headers, body = page if isinstance(page, tuple) else (200, {}, page)
            self.site.pages[path] = (200, {**headers, "ETag": '"1"'}, body)
        self.expect_unchanged()
        self.assertNotIn("If-None-Match", {key for _, headers in self.site.asked for key in headers})
        _, lines = self.expect_unchanged()
        asked = {path for path, headers in self.site.asked if "If-None-Match" in headers}
        self.assertEqual(asked, {"/", "/large.png"})
        self.assertEqual({path for path, line in lines.items() if line["status"] == 304}, asked)

    def test_validators_that_change(self):
        """As where several servers stand behind one name: the bytes count."""
        pages = {path: page if isinstance(page, tuple) else (200, {}, page)
                 for path, page in self.site.pages.items()}
        for number in range(3):
            self.site.pages = {
                path: (200, {**headers, "ETag": f'"{number}"',
                             "Last-Modified": f"Thu, 01 Jan 2026 00:00:0{number} GMT"}, body)
                for path, (_, headers, body) in pages.items()}
            if number:
                self.expect_unchanged()
            else:
                self.mirror()


if __name__ == "__main__":
    unittest.main()
