"""The state of `fetch mirror` and `fetch crawl` when it is damaged, of others or lost: what can be
found out again is, and nothing is lost."""

import os
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from harness.program import Program
from harness.site import Site
from harness.told import summary

PAGES = 120
ASIDE = {"pages.db": "pages are asked for and read again", "frontier.db": "the crawl begins anew"}


def garbage(path):
    path.write_bytes(b"these are no rows\n" * 1000)


def cut_to(size):
    def cut(path):
        path.write_bytes(path.read_bytes()[:size])
    return cut


def halved(path):
    cut_to(path.stat().st_size // 2)(path)


def of_a_newer_fetch(path):
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 1000")
    database.close()


def of_another_program(path):
    path.unlink()
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE mine (text)")
    database.close()


def without_tables(path):
    with sqlite3.connect(path) as database:
        database.execute(f"DROP TABLE {'pages' if path.name == 'pages.db' else 'job'}")
    database.close()


DAMAGES = (garbage, cut_to(10), cut_to(100), cut_to(5000), halved, of_a_newer_fetch,
           of_another_program, without_tables)


class Endless(unittest.TestCase):
    """A site without end ends after as many pages as ever, however often the crawl is broken off."""

    def setUp(self):
        self.fetch, self.site = Program(), Site()
        for context in (self.fetch, self.site):
            context.__enter__()
            self.addCleanup(context.__exit__, None, None, None)
        self.site.pages = self
        self.pages = set()

    # As the site's dictionary.
    def get(self, path, default):
        if path == "/robots.txt":
            return default
        self.pages.add(path)
        number = int(path.partition("a=")[2].partition("&")[0] or 0)
        return "".join(f"<a href='/x?a={i}&b={i}&c={i}&d={i}&e={i}'>x</a>"
                       for i in (number + 1, number + 2))

    def crawl(self, *arguments, kill_at=None):
        run = self.fetch.start("crawl", "--no-config", "--delay", "0", "--per-host", "8", "-o", "out",
                               "--out-null",
                               *arguments, self.site.url())
        deadline = time.monotonic() + 60
        while kill_at and len(self.pages) < kill_at and run.is_running():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.002)
        if kill_at and run.is_running():
            os.killpg(run.process.pid, signal.SIGKILL)
        done = run.finish(60)
        self.assertEqual(done.code, -signal.SIGKILL if kill_at else 0, done)
        return done

    def test_bounds(self):
        self.crawl()
        wanted = len(self.pages)
        self.assertEqual(wanted, 501)  # 500 of the family
        shutil.rmtree(self.fetch.path("out"))
        self.pages.clear()
        for _ in range(3):
            self.crawl("--max-urls", "120")
        done = self.crawl()
        self.assertIn("trap: too many that differ", done.err)
        self.assertEqual(len(self.pages), wanted)

    def test_kills(self):
        for kill_at in (100, 250, 400):
            self.crawl(kill_at=kill_at)
        done = self.crawl()
        self.assertIn("trap: too many that differ", done.err)
        # What was under way at a kill may be asked for without being counted.
        self.assertIn(len(self.pages), range(501, 501 + 3 * 60))


class Damaged(unittest.TestCase):
    def setUp(self):
        self.fetch = self.enter(Program())
        self.site = self.enter(Site())
        self.site.pages["/robots.txt"] = (404, {}, "")
        for number in range(PAGES):
            self.set_page(number)

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def set_page(self, number, tag="1"):
        """A tree of pages, each with links enough to take some room."""
        targets = [f"/{child}.html" for child in (2 * number + 1, 2 * number + 2) if child < PAGES]
        targets += [f"http://elsewhere.test/{number}/{i}/a-path-of-some-length" for i in range(20)]
        links = "".join(f"<a href='{target}'>x</a>" for target in targets)
        self.site.pages[self.name(number)] = (200, {"ETag": f'"{tag}"'},
                                              f"<!DOCTYPE html><p>{tag}</p>{links}")

    @staticmethod
    def name(number):
        return f"/{number}.html" if number else "/"

    def mirror(self, *arguments, code=0, command="mirror"):
        done = self.fetch.run(command, "--no-config", "--retry", "0", "--delay", "0", "-o", "out",
                              *arguments, self.site.url(), timeout=60)
        if code is not None:
            self.assertEqual(done.code, code, done)
        return done

    def state(self, name):
        return self.fetch.path("out/.fetch") / name

    def tree(self):
        base = self.fetch.path("out") / self.site.host
        return {path.name: path.read_bytes() for path in base.iterdir()}

    def each(self, damages):
        """What a mirror left, damaged in each way."""
        for name in ASIDE:
            for damage in damages:
                with self.subTest(name=name, damage=damage.__qualname__):
                    shutil.rmtree(self.fetch.path("out"), ignore_errors=True)
                    self.mirror()
                    yield name, damage

    def test_a_second_run_replaces_it(self):
        for name, damage in self.each(DAMAGES):
            wanted = self.tree()
            damage(self.state(name))
            damaged = self.state(name).read_bytes()
            done = self.mirror("--delete")
            self.assertIn(f"it is now {name}.aside, and {ASIDE[name]}", done.err)
            self.assertIn(f"out/.fetch/{name}: ", done.err)
            self.assertEqual(self.state(name + ".aside").read_bytes(), damaged)
            self.assertEqual(self.tree(), wanted)
            told = summary(done)
            self.assertEqual(told["ok"] + told["unchanged"], PAGES, done)
            done = self.mirror()
            self.assertEqual((summary(done)["unchanged"], "aside" in done.err), (PAGES, False), done)

    def test_an_empty_one_is_a_new_one(self):
        for name, damage in self.each((cut_to(0),)):
            wanted = self.tree()
            damage(self.state(name))
            done = self.mirror("--delete")
            self.assertNotIn("aside", done.err)
            self.assertEqual(self.tree(), wanted)
            done = self.mirror()
            self.assertEqual(summary(done)["unchanged"], PAGES, done)

    def test_a_run_that_would_go_on_begins_anew(self):
        """Of the pages that its beginning has read nothing is known any more, or not what is left:
        links in them must lead to copies nevertheless."""
        self.mirror()
        wanted = self.tree()
        for name in ASIDE:
            for damage in (garbage, lambda path: path.unlink()):
                with self.subTest(name=name, damage=damage.__qualname__):
                    shutil.rmtree(self.fetch.path("out"))
                    self.mirror("--max-urls", "40")
                    self.assertNotEqual(self.tree(), wanted)
                    damage(self.state(name))
                    self.mirror()
                    self.assertEqual(self.tree(), wanted)

    def test_damage_found_on_the_way(self):
        """The run ends with words, copies stay as they are; the next one makes all good."""
        self.mirror()
        wanted = self.tree()
        database = sqlite3.connect(self.state("pages.db"))
        size = database.execute("PRAGMA page_size").fetchone()[0]
        roots = database.execute("SELECT rootpage FROM sqlite_master").fetchall()
        database.close()
        content = bytearray(self.state("pages.db").read_bytes())
        for page in range(len(content) // size):
            if page != 0 and (page + 1,) not in roots:
                content[page * size:page * size + 8] = bytes(
                    255 - byte for byte in content[page * size:page * size + 8])
        self.state("pages.db").write_bytes(content)
        done = self.mirror("--delete", code=3)
        self.assertIn("out/.fetch/pages.db: database disk image is malformed\n", done.err)
        self.assertIn("out/.fetch/pages.db is damaged; it is now pages.db.aside, and the next run "
                      "begins anew\n", done.err)
        self.assertEqual(self.tree(), wanted)
        self.assertEqual(self.state("pages.db.aside").read_bytes()[:16384], content[:16384])
        done = self.mirror("--delete")
        self.assertNotIn("aside", done.err)
        self.assertEqual(self.tree(), wanted)
        self.assertEqual(summary(self.mirror())["unchanged"], PAGES)

    def test_a_row_that_has_become_another(self):
        """Bytes of a link are others, which SQLite does not see: nobody follows that."""
        self.mirror()
        wanted = self.tree()
        content = self.state("pages.db").read_bytes()
        altered = content.replace(b"/77.html", b"/99.html")
        self.assertNotEqual(altered, content)
        self.state("pages.db").write_bytes(altered)
        done = self.mirror("--delete", code=3)
        self.assertIn("out/.fetch/pages.db: a row is damaged\n", done.err)
        self.assertEqual(self.tree(), wanted)
        self.mirror("--delete")
        self.assertEqual(self.tree(), wanted)

    def test_a_frontier_damaged_where_it_looks(self):
        self.mirror("--max-urls", "5")
        database = sqlite3.connect(self.state("frontier.db"))
        root, = database.execute("SELECT rootpage FROM sqlite_master WHERE name='url'").fetchone()
        database.close()
        with self.state("frontier.db").open("r+b") as file:
            file.seek((root - 1) * 4096)
            file.write(b"\xff" * 4096)
        done = self.mirror(code=3)
        self.assertIn("out/.fetch/frontier.db is damaged; it is now frontier.db.aside, and the next "
                      "run begins anew\n", done.err)
        self.mirror()
        self.assertEqual(len(self.tree()), PAGES)

    def test_crawls(self):
        """Without files there is a frontier alone."""
        for names, arguments in ((("frontier.db",), ("--out-null",)), (ASIDE, ())):
            for name in names:
                with self.subTest(name=name, arguments=arguments):
                    shutil.rmtree(self.fetch.path("out"), ignore_errors=True)
                    self.mirror("--max-urls", "30", *arguments, command="crawl")
                    garbage(self.state(name))
                    self.site.asked.clear()
                    done = self.mirror(*arguments, command="crawl")
                    self.assertIn(f"it is now {name}.aside", done.err)
                    wanted = {self.name(number) for number in range(PAGES)}
                    if "--out-null" in arguments:
                        self.assertEqual(set(self.site.paths()) - {"/robots.txt"}, wanted)
                    else:
                        self.assertEqual(len(self.tree()), PAGES)

    def test_a_journal_is_not_replaced(self):
        """Which file belongs to which URL is written nowhere else."""
        self.mirror()
        garbage(self.state("journal.db"))
        before = {path: path.read_bytes() for path in self.fetch.path("out").rglob("*")
                  if path.is_file()}
        done = self.mirror(code=3)
        self.assertIn("cannot open the journal out/.fetch/journal.db: file is not a database; "
                      "move it away\n", done.err)
        after = {path: path.read_bytes() for path in self.fetch.path("out").rglob("*")
                 if path.is_file()}
        self.assertEqual(after, before)

    def test_read_only(self):
        """What the machine refuses is no damage: told, and the file is left alone."""
        self.mirror()
        before = self.state("pages.db").read_bytes()
        self.set_page(1, "2")
        path = "out/.fetch/pages.db"
        script = (f"mount --bind {path} {path} && mount -o remount,ro,bind {path} || exit 99; "
                  'exec "$0" "$@"')
        done = subprocess.run(
            ["unshare", "-rm", "/bin/sh", "-c", script, self.fetch.binary, "mirror", "--no-config",
             "-o", "out", self.site.url()],
            capture_output=True, text=True, cwd=self.fetch.folder, timeout=60, check=False)
        if done.returncode == 99 or "unshare" in done.stderr:
            self.skipTest("no file system may be mounted here")
        self.assertEqual(done.returncode, 3, done)
        self.assertIn(f"{path}: Read-only file system\n", done.stderr)
        self.assertNotIn("aside", done.stderr)
        self.assertEqual(self.state("pages.db").read_bytes(), before)
        self.assertEqual(self.fetch.path("out/.fetch").joinpath("pages.db.aside").exists(), False)
        # The journal knows the new version, the pages do not: it is read again.
        self.mirror()
        self.assertIn(b"<p>2</p>", self.tree()["1.html"])


if __name__ == "__main__":
    unittest.main()
