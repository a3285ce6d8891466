"""The journal's file: read-only, damaged, of others, in use, taken away; and no room for it."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

from harness.journal import Journal
from harness.program import Program
from harness.server import built
from harness.told import MODES, failures, summary


class ReadOnly(Journal):
    """What is known can be told where nothing may be written."""

    def setUp(self):
        super().setUp()
        probe = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
                               capture_output=True, check=False)
        if probe.returncode:
            self.skipTest("no file system may be mounted here")

    def told(self, *arguments):
        """As fetch status tells it of a read-only copy of the journal's directory."""
        script = ("mkdir ro && mount -t tmpfs none ro && cp -a out ro && mount -o remount,ro ro "
                  '|| exit 99; exec "$0" "$@"')
        done = subprocess.run(["unshare", "-rm", "/bin/sh", "-c", script, self.fetch.binary,
                               "status", "--json", *arguments, "ro/out"], timeout=30, check=False,
                              capture_output=True, cwd=self.fetch.folder)
        (self.fetch.folder / "ro").rmdir()
        self.assertEqual((done.returncode, done.stderr), (0, b""), done)
        return json.loads(done.stdout)

    def test_after_a_run(self):
        good, bad = self.origin.url("good?#1"), self.origin.url("bad", status=404)
        self.fetch.write("urls.txt", [good, bad])
        self.fetch.run("urls.txt", "-o", "out")
        self.assertEqual(os.listdir(self.journal.parent), ["journal.db"])
        told = self.told()
        self.assertEqual((told["ok"], told["failed"], told["last_run"]), (1, 1, "ended"))
        self.assertEqual(self.told("--url", bad)["status"], 404)

    def test_after_a_kill(self):
        """What is in SQLite's log counts; the file of its index may be there or not."""
        self.urls = [self.origin.url("a"), self.origin.url("slow", delay="60s")]
        self.fetch.write("urls.txt", self.urls)
        run = self.fetch.start("urls.txt", "-o", "out")
        deadline = time.monotonic() + 10
        # A status that could write would put the log away.
        while not self.fetch.files():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)
        time.sleep(0.5)
        os.killpg(run.process.pid, signal.SIGKILL)
        run.finish()
        for _ in range(2):
            told = self.told()
            self.assertEqual((told["ok"], told["last_run"]), (1, "killed"))
            (self.journal.parent / "journal.db-shm").unlink(missing_ok=True)


class Broken(Journal):
    def refused(self, problem):
        """Told in words, nothing is fetched, nothing is changed."""
        self.fetch.write("urls.txt", [self.origin.url("a")])
        before = self.journal.read_bytes()
        for mode in MODES.values():
            done = self.fetch.run(*mode, "urls.txt", "-o", "out")
            self.assertEqual(done.code, 3, done)
            self.assertEqual(done.err, "fetch: cannot open the journal out/.fetch/journal.db: "
                                       f"{problem}; move it away\n")
        self.assertEqual(self.origin.requests(), [])
        self.assertEqual(self.journal.read_bytes(), before)
        self.assertEqual(self.fetch.run("--no-journal", "urls.txt", "-o", "out").code, 0)

    def make(self):
        self.journal.parent.mkdir(parents=True)
        return sqlite3.connect(self.journal)

    def test_no_database(self):
        self.journal.parent.mkdir(parents=True)
        self.journal.write_bytes(b"these are no rows\n" * 1000)
        self.refused("file is not a database")
        self.assertIn("file is not a database", self.status(code=3).err)

    def test_cut_off(self):
        """However much of it is left; and fetch status says so, too."""
        self.fetch.write("urls.txt", [self.origin.url(f"n{number}", size=10)
                                      for number in range(500)])
        self.fetch.run("urls.txt", "-o", "out")
        content = self.journal.read_bytes()
        for size in (10, 100, 4096, 5000, len(content) // 2, len(content) - 4096):
            with self.subTest(size=size):
                self.journal.write_bytes(content[:size])
                self.assertIn("journal.db: ", self.status(code=3).err)
                self.origin.reset_stats()
                self.refused("file is not a database" if size < 100 else
                             "database disk image is malformed")

    def test_of_another_program(self):
        database = self.make()
        database.execute("CREATE TABLE mine (text)")
        database.commit()
        database.close()
        self.refused("it is a database of another program")

    def test_of_a_newer_fetch(self):
        self.fetch.write("urls.txt", [self.origin.url("a")])
        self.fetch.run("urls.txt", "-o", "out")
        self.origin.reset_stats()
        database = sqlite3.connect(self.journal)
        database.execute("PRAGMA user_version = 1000")
        database.commit()
        database.close()
        self.refused("it was written by a newer fetch")

    def test_damaged_inside(self):
        """Found while it is read: told, and the exit status is the machine's."""
        self.fetch.write("urls.txt", [self.origin.url(f"n{number}", size=10)
                                      for number in range(1000)])
        self.fetch.run("urls.txt", "-o", "out")
        self.fetch.run("urls.txt", "-o", "out")  # sorts its rows in
        content = self.journal.read_bytes()
        self.journal.write_bytes(content[:8 * 4096] + b"x" * (len(content) - 8 * 4096))
        done = self.fetch.run("urls.txt", "-o", "out")
        self.assertEqual(done.code, 3, done)
        self.assertIn("journal out/.fetch/journal.db: database disk image is malformed", done.err)
        self.assertEqual(len(self.fetch.files()), 1000)

    def test_damaged_where_it_looks(self):
        """In every mode the run ends with words, and nothing is named as it should not be."""
        self.fetch.write("urls.txt", [self.origin.url(f"n{number}", size=10)
                                      for number in range(1000)])
        self.fetch.run("urls.txt", "-o", "out")
        self.fetch.run("urls.txt", "-o", "out")
        database = sqlite3.connect(self.journal)
        page, = database.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'by_url'").fetchone()
        database.close()
        with self.journal.open("r+b") as file:
            file.seek((page - 1) * 4096)
            file.write(b"x" * 4096)
        self.origin.reset_stats()
        for mode in MODES.values():
            done = self.fetch.run(*mode, "urls.txt", "-o", "out")
            self.assertEqual(done.code, 3, done)
            self.assertIn("cannot read the journal out/.fetch/journal.db: database disk image is "
                          "malformed\n", done.err)
            self.assertEqual(summary(done)["ok"], 0)
        self.assertEqual(self.origin.requests(), [])

    def test_on_a_full_disk(self):
        """Room was set aside: what became of the rest is recorded."""
        script = ('mkdir -p out && mount -t tmpfs -o size=5m none out || exit 99; "$0" "$@"; '
                  'status=$?; "$0" status --json out >told; '
                  "exit $status")
        probe = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "none", "/mnt"],
                               capture_output=True, check=False)
        if probe.returncode:
            self.skipTest("no file system may be mounted here")
        for mode in MODES:
            with Program("unshare", ["-rm", "/bin/sh", "-c", script,
                                     built("FETCH_BINARY", "fetch")]) as self.fetch:
                with self.subTest(mode=mode):
                    self.fetch.write("urls.txt", [self.origin.url(f"n{number}", size="50K")
                                                  for number in range(600)])
                    done = self.fetch.run(*MODES[mode], "-j", "8", "urls.txt", "-o", "out")
                    self.assertEqual(done.code, 3, done)
                    counts = summary(done)
                    self.assertGreater(counts["ok"], 10)
                    self.assertEqual(counts["ok"] + counts["failed"], 600)
                    self.assertFalse("journal" in done.err, done.err[-300:])
                    told = json.loads(self.made("told"))
                    self.assertEqual((told["ok"], told["failed"]), (counts["ok"], counts["failed"]))
                    self.assertEqual(told["last_run"], "ended")

    def test_one_that_may_not_grow(self):
        """The downloads go on; that they are not recorded is told once."""
        for mode in MODES:
            with Program("/bin/sh", ["-c", 'ulimit -f 150; exec "$0" "$@"',
                                     built("FETCH_BINARY", "fetch")]) as self.fetch:
                with self.subTest(mode=mode):
                    names = [f"n{number}" for number in range(800)]
                    self.fetch.write("urls.txt", [self.origin.url(name, size=10) for name in names])
                    done = self.fetch.run(*MODES[mode], "urls.txt", "-o", "out", timeout=60)
                    self.assertEqual(done.code, 3, done)
                    self.assertEqual(summary(done)["ok"], 800)
                    self.assertEqual(done.err.count("cannot write the journal"), 1, done)
                    self.assertEqual([name for name in self.fetch.files()
                                      if not name.startswith(".fetch")], sorted(names))

    def taken_away(self, arguments, take):
        """What a run says whose journal is taken from it after its first file."""
        self.fetch.write("urls.txt", [self.origin.url("first"),
                                      self.origin.url("slow", delay="800ms"),
                                      self.origin.url("large", size=400_000),
                                      self.origin.url("last")])
        run = self.fetch.start("-j", "1", *arguments, "urls.txt", "-o", "out")
        deadline = time.monotonic() + 10
        while not self.fetch.files():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        time.sleep(0.3)  # its row has been written
        take()
        return run.finish()

    def check_all_there(self, done):
        self.assertEqual(done.code, 3, done)
        self.assertEqual([line for line in done.err.splitlines() if "journal" in line],
                         ["fetch: cannot write the journal out/.fetch/journal.db: it was removed or "
                          "replaced while this run wrote it"])
        self.assertEqual(summary(done)["ok"], 4)
        for name in ("first", "slow", "large", "last"):
            body = self.origin.body(name, 400_000 if name == "large" else 1024)
            self.fetch.assert_contents(name, body)
        self.assertEqual(self.fetch.run("urls.txt", "-o", "out").code, 0)
        self.assertEqual(self.status_json()["urls"], 4)

    def test_taken_away(self):
        """The run goes on without a record, and says so once."""
        def remove():
            self.journal.unlink()

        def move():
            self.journal.rename(self.journal.with_name("moved"))

        def replace():
            self.journal.with_name("other").write_bytes(self.journal.read_bytes())
            self.journal.with_name("other").rename(self.journal)

        for mode in MODES:
            for take in (remove, move, replace) if mode == "async" else (remove,):
                with self.subTest(take=take.__name__), self.mode(mode) as arguments:
                    self.check_all_there(self.taken_away(arguments, take))

    def test_all_taken_away(self):
        """Together with the place where files are put together."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.check_all_there(self.taken_away(
                    arguments, lambda: shutil.rmtree(self.journal.parent)))

    def test_the_directory_taken_away(self):
        """Then nothing can be kept."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.taken_away(arguments, lambda: shutil.rmtree(self.fetch.folder / "out"))
                self.assertEqual(done.code, 3, done)
                self.assertEqual(set(failures(done).values()),
                                 {"cannot save it: Stale file handle"})
                self.assertFalse((self.fetch.folder / "out").exists())

    def test_in_use(self):
        """Two runs never write one journal."""
        self.fetch.write("urls.txt", [self.origin.url("slow", delay="60s")])
        run = self.fetch.start("urls.txt", "-o", "out")
        deadline = time.monotonic() + 10
        while not self.journal.exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        done = self.fetch.run("urls.txt", "-o", "out")
        self.assertEqual((done.code, done.err), (3, "fetch: out is in use by another fetch\n"))
        run.signal()
        run.finish()


if __name__ == "__main__":
    unittest.main()
