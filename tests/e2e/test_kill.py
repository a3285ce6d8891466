"""Sudden death, a hundred times: the same command goes on, and the tree is as if nothing had been."""

import collections
import contextlib
import hashlib
import os
import random
import signal
import sqlite3
import time
import unittest

from harness.case import Case
from harness.program import Program
from harness.told import summary

KILLS = int(os.environ.get("KILLS", "100"))
SEED = 20260101
JOBS = 8
SMALL, LARGE = 300, 4


class Killed(Case):
    def urls(self):
        """Small files with what is needed to ask for changes, and large ones that can be resumed."""
        small = [self.origin.url(f"d{number % 7}/s{number}", size=number * 13,
                                 **({"etag": f"e{number}"} if number % 2 else {}), modified="@1700000000")
                 for number in range(SMALL)]
        large = [self.origin.url(f"large-{number}", size="300K", drip="60K/10ms", ranges=1,
                                 etag=f"large{number}", modified="@1700000000")
                 for number in range(LARGE)]
        return [url for at, url in enumerate(small)
                for url in ([large[at // 60], url] if at % 60 == 0 and at // 60 < LARGE else [url])]

    def tree(self):
        """Name -> digest and time of every file that has its final name."""
        found = {}
        for path in (self.fetch.folder / "out").rglob("*"):
            name = str(path.relative_to(self.fetch.folder / "out"))
            if path.is_file() and not name.startswith(".fetch"):
                found[name] = (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime)
        return found

    def committed(self):
        """URLs with a row that tells of a file."""
        journal = self.fetch.folder / "out" / ".fetch" / "journal.db"
        if not journal.exists():
            return set()
        with contextlib.closing(sqlite3.connect(journal)) as connection:
            try:
                return {url for url, in connection.execute(
                    "SELECT url FROM url WHERE outcome IN (1, 2)")}
            except sqlite3.OperationalError:  # killed before there was a table
                return set()

    def undisturbed(self, arguments):
        """The tree, and how long it takes to come into being."""
        own = self.fetch
        with Program() as self.fetch:
            self.fetch.write("urls.txt", self.urls())
            done = self.fetch.run(*arguments, timeout=60)
            self.assertEqual(done.code, 0, done)
            tree = self.tree()
        self.fetch = own
        self.assertEqual(len(tree), SMALL + LARGE)
        return tree, done.wall

    def check_answers(self, before):
        """No body for what had its row before this run; how many bodies there were."""
        bodies = collections.Counter()
        for entry in self.origin.requests():
            if entry["status"] in (200, 206):
                url = self.origin.base + entry["target"]
                self.assertNotIn(url, before, f"fetched again though committed: {entry}")
                bodies[url] += 1
        return bodies

    def run_until_done(self, arguments, chance, wall):
        """One tree, killed until it is complete: how often, and the bodies by URL."""
        kills, bodies = 0, collections.Counter()
        own = self.fetch
        with Program() as self.fetch:
            self.fetch.write("urls.txt", self.urls())
            while True:
                before = self.committed()
                self.origin.reset_stats()
                run = self.fetch.start(*arguments)
                deadline = time.monotonic() + chance.uniform(0.01, 1.1 * wall)
                while run.is_running() and time.monotonic() < deadline:
                    time.sleep(0.002)
                alive = run.is_running()
                if alive:
                    os.killpg(run.process.pid, signal.SIGKILL)
                done = run.finish()
                bodies += self.check_answers(before)
                if done.code == 0:
                    break
                self.assertEqual(done.code, -signal.SIGKILL, done)
                kills += 1
                for name, (digest, _) in self.tree().items():
                    self.assertEqual(digest, self.whole[name][0], f"{name} is not complete")
            counts = summary(done)
            self.assertEqual(counts["ok"] + counts["unchanged"], SMALL + LARGE, done)
            self.assertEqual(self.tree(), self.whole)
            self.assertEqual(os.listdir(self.fetch.folder / "out" / ".fetch"), ["journal.db"])
        self.fetch = own
        return kills, bodies

    def check_kills(self, wanted, *mode):
        arguments = ["-j", str(JOBS), *mode, "--layout", "path", "urls.txt", "-o", "out"]
        chance = random.Random(SEED)
        self.whole, wall = self.undisturbed(arguments)
        kills = 0
        while kills < wanted:
            died, bodies = self.run_until_done(arguments, chance, wall)
            kills += died
            # Only what was under way is begun anew; a large one goes on with what is missing.
            self.assertLessEqual(sum(bodies.values()), SMALL + LARGE + died * JOBS)
        return kills

    def test_async(self):
        self.check_kills(KILLS)

    def test_two_threads(self):
        self.check_kills(KILLS // 5, "--threads", "2")

    def test_processes(self):
        self.check_kills(KILLS // 5, "--mode", "processes")

    def test_threads(self):
        self.check_kills(KILLS // 10, "--mode", "threads")

    def test_sync(self):
        self.check_kills(KILLS // 10, "--mode", "sync")


if __name__ == "__main__":
    unittest.main()
