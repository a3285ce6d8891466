"""`fetch mirror`, killed at any moment: the runs that follow end like one that nobody disturbed."""

import hashlib
import os
import random
import shutil
import signal
import sqlite3
import time
import unittest

from harness.program import Program
from harness.site import Site

PAGES = 40
MODIFIED = ("Wed, 01 May 2024 10:00:00 GMT", "Thu, 02 May 2024 10:00:00 GMT")
MOMENTS = 4  # of each kind
KEPT = ("url", "name", "size", "mtime_ns", "etag", "last_modified")


class Killed(unittest.TestCase):
    def setUp(self):
        self.fetch = self.enter(Program())
        self.site = self.enter(Site())
        self.random = random.Random(4)
        self.set_site(0)

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def set_site(self, version, pages=PAGES):
        """A tree of pages that need images, a style and one another. Of a second version every
        third page is new, and those beyond `pages` are not linked to."""
        self.site.pages = {"/robots.txt": (404, {}, "")}
        self.set_file("/style.css", 0, "text/css", "p { background: url(back.png) }")
        self.set_file("/back.png", 0, "image/png", "back")
        for number in range(pages):
            kind = version if number % 3 == 0 else 0
            children = [child for child in (2 * number + 1, 2 * number + 2) if child < pages]
            links = "".join(f"<a href='{self.name(child)}'>x</a>" for child in [0, *children])
            self.set_file(self.name(number), kind, "text/html",
                          f"<!DOCTYPE html><link rel=stylesheet href=/style.css><p>{kind}</p>"
                          f"<img src='/{number}.png'><a href='/none/{number % 5}'>x</a>{links}")
            self.set_file(f"/{number}.png", 0, "image/png", f"picture {number}")

    def set_file(self, path, version, kind, body):
        tag = hashlib.sha256(body.encode()).hexdigest()
        self.site.pages[path] = (200, {"ETag": f'"{tag}"', "Last-Modified": MODIFIED[version],
                                       "Content-Type": kind}, body)

    @staticmethod
    def name(number):
        return f"/{number}.html" if number else "/"

    def command(self, *arguments):
        return ("mirror", "--no-config", "--retry", "0", "-o", "out", *arguments, self.site.url())

    def mirror(self, *arguments):
        done = self.fetch.run(*self.command(*arguments), timeout=60)
        self.assertEqual(done.code, 0, done)
        return done

    def state(self):
        """What a run leaves: copies with their times, and the journal's rows."""
        out = self.fetch.path("out")
        files = {}
        for path in out.rglob("*"):
            inside = path.relative_to(out)
            if path.is_file() and (inside.parts[0] != ".fetch" or "pristine" in inside.parts):
                files[str(inside)] = path.read_bytes(), path.stat().st_mtime
        database = sqlite3.connect(out / ".fetch/journal.db")
        rows = {row[0]: row for row in database.execute(f"SELECT {', '.join(KEPT)} FROM url")}
        count, = database.execute("SELECT count(*) FROM url").fetchone()
        database.close()
        self.assertEqual(count, len(rows))
        left = sorted(os.listdir(out / ".fetch"))
        self.assertEqual(left, ["frontier.db", "journal.db", "pages.db", "pristine"])
        return files, rows

    def assert_state(self, wanted):
        files, rows = self.state()
        self.assertEqual(sorted(files), sorted(wanted[0]))
        for name, (content, modified) in wanted[0].items():
            self.assertEqual(files[name], (content, modified), name)
        self.assertEqual(rows, wanted[1])

    def restore(self, kept):
        shutil.rmtree(self.fetch.path("out"), ignore_errors=True)
        if kept:
            shutil.copytree(kept, self.fetch.path("out"))

    def keep(self, name):
        kept = self.fetch.folder / name
        shutil.copytree(self.fetch.path("out"), kept)
        return kept

    def kill(self, *arguments, when):
        """Starts a run and kills it as soon as when(seconds since then) says so. What was asked."""
        self.site.asked.clear()
        run = self.fetch.start(*self.command(*arguments))
        begun = time.monotonic()
        while run.is_running() and not when(time.monotonic() - begun):
            time.sleep(0.001)
        if run.is_running():
            os.killpg(run.process.pid, signal.SIGKILL)
        done = run.finish()
        self.assertIn(done.code, (0, -signal.SIGKILL), done)
        return done.code != 0, list(self.site.paths())

    def moments(self, duration):
        """Random ones, spread over a run."""
        for number in range(MOMENTS):
            moment = duration * (number + self.random.random()) / MOMENTS
            yield number, lambda passed, moment=moment: passed >= moment

    def test_the_first_run(self):
        begun = time.monotonic()
        self.mirror()
        duration = time.monotonic() - begun
        wanted = self.state()
        first = len(self.site.asked)
        repeated = 0
        for number, when in self.moments(duration):
            with self.subTest(moment=number):
                self.restore(None)
                killed, asked = self.kill(when=when)
                self.site.asked.clear()
                self.mirror()
                self.assert_state(wanted)
                if killed:
                    repeated += len(set(asked) & set(self.site.paths()) - {"/robots.txt"})
        # What was in flight or not yet committed, and not all of it.
        self.assertLess(repeated, MOMENTS * first / 2)

    def test_a_second_run(self):
        self.mirror()
        before = self.keep("before")
        self.set_site(1)
        begun = time.monotonic()
        self.mirror()
        duration = time.monotonic() - begun
        wanted = self.state()
        for number, when in self.moments(duration):
            with self.subTest(moment=number):
                self.restore(before)
                self.kill(when=when)
                self.mirror()
                self.assert_state(wanted)

    def test_while_links_are_converted(self):
        self.mirror()
        wanted = self.state()
        pristine = self.fetch.path("out/.fetch/pristine")
        for count in (1, PAGES // 2, PAGES):
            with self.subTest(documents=count):
                self.restore(None)
                self.kill(when=lambda _, count=count: pristine.is_dir() and
                          len(os.listdir(pristine)) >= count)
                self.mirror()
                self.assert_state(wanted)

    def test_while_files_are_deleted(self):
        self.mirror()
        before = self.keep("before")
        self.set_site(1, pages=PAGES // 4)
        self.mirror("--delete")
        wanted = self.state()
        out = self.fetch.path("out") / self.site.host
        for left in (PAGES * 2 - 1, PAGES, len(os.listdir(out)) + 1):
            with self.subTest(left=left):
                self.restore(before)
                self.kill("--delete", when=lambda _, left=left: len(os.listdir(out)) <= left)
                self.mirror()  # goes on with it, where something was left to fetch
                self.mirror("--delete")
                self.assert_state(wanted)


if __name__ == "__main__":
    unittest.main()
