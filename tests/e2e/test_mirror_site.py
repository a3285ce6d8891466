"""`fetch mirror` of real documentation, against what other parsers and a browser say of it."""

import hashlib
import json
import os
import pathlib
import random
import time
import unittest
import urllib.parse

from harness import pages
from harness.browser import Browser
from harness.nginx import Nginx
from harness.packages import lack
from harness.program import Program
from harness.told import summary

DOCUMENTATION = pathlib.Path("/usr/share/doc/python3-doc/html")
# With its styles, scripts and pictures, which lie elsewhere.
START = "/c-api/index.html"
BROWSED = 15
# Seconds for the browser; a machine that is busy shows fewer pages.
PATIENCE = 60


class Site(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if not (DOCUMENTATION / "index.html").is_file():
            lack("python3-doc")
        cls.nginx = cls.enterClassContext(Nginx(lines="include /etc/nginx/mime.types;"))
        cls.nginx.files.rmdir()
        cls.nginx.files.symlink_to(DOCUMENTATION)
        cls.fetch = cls.enterClassContext(Program())
        cls.served = pages.Served(DOCUMENTATION, cls.nginx.base)
        cls.missing = cls.served.reach(START)
        cls.lines = cls.mirror()
        cls.there = cls.digests()
        cls.copies = {path: pages.read(cls.copy(path)) for path in cls.served.pages}

    @classmethod
    def mirror(cls, *arguments):
        """{path of the URL: its line in the log}"""
        cls.fetch.path("log").unlink(missing_ok=True)
        done = cls.fetch.run("mirror", "--no-config", "--log", "log", "-o", "out",
                             "--no-parent", *arguments, cls.nginx.base + START, timeout=300)
        if done.code:
            raise AssertionError(done)
        cls.done = done
        lines = map(json.loads, cls.fetch.path("log").read_text().splitlines())
        return {line["url"][len(cls.nginx.base):]: line for line in lines}

    @classmethod
    def copy(cls, path):
        return cls.fetch.path("out") / cls.lines[path]["path"]

    @classmethod
    def digests(cls):
        base = cls.fetch.path("out") / cls.nginx.base[len("http://"):]
        return {path: hashlib.sha1(path.read_bytes()).hexdigest()
                for path in base.rglob("*") if path.is_file()}

    def test_the_set_is_what_can_be_reached(self):
        fetched = {path for path, line in self.lines.items() if line["outcome"] == "ok"}
        self.assertGreater(len(fetched), 60)
        self.assertEqual(fetched, set(self.served.pages))
        self.assertEqual({path for path, line in self.lines.items() if line["outcome"] == "failed"},
                         self.missing)
        self.assertEqual(set(self.there), {self.copy(path) for path in fetched})

    def test_every_link_leads_to_its_copy(self):
        ids = {self.copy(path): page.ids for path, page in self.copies.items()}
        count = 0
        for path, page in self.served.pages.items():
            links = self.copies[path].links
            self.assertEqual(len(links), len(page.links), path)
            for (link, *_), (was, *_) in zip(links, page.links):
                target, fragment = self.served.resolve(path, was)
                if target in self.served.pages:
                    place, _, anchor = link.partition("#")
                    file = self.copy(path).parent / urllib.parse.unquote(place) if place \
                        else self.copy(path)
                    self.assertEqual(os.path.normpath(file), str(self.copy(target)),
                                     (path, was, link))
                    self.assertEqual(anchor, fragment)
                    if urllib.parse.unquote(anchor) in self.served.pages[target].ids:
                        self.assertIn(urllib.parse.unquote(anchor), ids[self.copy(target)])
                    count += 1
                elif target is not None:
                    self.assertTrue(link.startswith(self.nginx.base + "/"), (path, was, link))
                else:
                    self.assertEqual(link.partition("#")[0].rstrip("/"),
                                     was.partition("#")[0].rstrip("/"))
        self.assertGreater(count, 3000)

    def test_other_bytes_stay(self):
        for path in self.served.pages:
            before = self.served.file(path).read_bytes()
            after = self.copy(path).read_bytes()
            if before != after:
                self.assertIn(self.copy(path).suffix, (".html", ".css"), path)
                self.assertEqual(pages.masked(before), pages.masked(after), path)

    def test_a_second_run_changes_nothing(self):
        again = self.mirror()
        self.assertEqual({path for path, line in again.items() if line["outcome"] == "ok"}, set())
        self.assertEqual(summary(self.done)["unchanged"], len(self.served.pages))
        self.assertEqual(self.digests(), self.there)

    def test_without_conversion_bytes_are_as_served(self):
        self.fetch.run("mirror", "--no-config", "--no-convert", "--no-parent", "-o", "raw",
                       self.nginx.base + START, timeout=300)
        for path in self.served.pages:
            raw = self.fetch.path("raw") / self.lines[path]["path"]
            self.assertEqual(raw.read_bytes(), self.served.file(path).read_bytes(), path)

    def test_z_a_browser_needs_nothing_but_the_disk(self):
        """One page of every directory and some others, with the server gone. The last test."""
        self.nginx.stop()
        chance = random.Random(4)
        shown = sorted(path for path in self.served.pages if path.endswith(".html"))
        chosen = {path.rpartition("/")[0]: path for path in shown}
        chosen = list(chosen.values()) + chance.sample(shown, BROWSED)
        until = time.monotonic() + PATIENCE
        with Browser() as page:
            for path in chosen:
                page.open(self.copy(path))
                self.assertEqual(page.run("""
                    return [...document.images].filter((one) => !one.naturalWidth && one.src)
                        .concat([...document.querySelectorAll('link[rel~=stylesheet]')]
                            .filter((one) => !one.sheet)).map((one) => one.outerHTML)"""), [], path)
                if time.monotonic() > until:
                    break
            self.assertEqual([url for url in page.requests()
                              if not url.startswith(("file:", "data:", "about:"))], [])
            self.assertEqual(page.failures(), [])
            self.assertEqual(page.console(), [])


if __name__ == "__main__":
    unittest.main()
