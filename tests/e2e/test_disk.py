"""A disk that is full, small, or not to be written to: told in words, nothing that is finished is
lost, and the same command goes on when there is room."""

import os
import shutil
import subprocess
import unittest

from harness.case import Case
from harness.program import Program
from harness.server import built
from harness.told import MODES, failures, log, summary

MIB = 1 << 20


class DiskCase(Case):
    def urls(self, count, size):
        return [self.origin.url(f"{number}.bin", size=size, etag="v1", ranges=1)
                for number in range(count)]

    def check_all(self, count, size, directory="out"):
        for number in range(count):
            self.fetch.assert_contents(f"{number}.bin",
                                       self.origin.body(f"{number}.bin", size), directory)

    def whole(self, directory="out"):
        return [name for name in self.fetch.files(directory) if not name.startswith(".fetch/")]

    def ranges(self):
        return [entry["range"] for entry in self.origin.requests()]


@unittest.skipUnless(os.geteuid() == 0, "mounting a small file system takes root")
class Small(DiskCase):
    """A file system of 6 MiB."""

    def mount(self):
        out = self.fetch.folder / "out"
        out.mkdir()
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", out],
                              capture_output=True, check=False)
        if made.returncode:
            self.skipTest(made.stderr.decode().strip())
        self.addCleanup(subprocess.run, ["umount", "-l", out], check=False)
        return out

    def grow(self, out):
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)

    def test_full(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                out = self.mount()
                self.fetch.write("urls.txt", self.urls(8, MIB))
                done = self.fetch.run("-j", "1", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 3, done)
                counts = summary(done)
                # The journal has taken its room beforehand.
                self.assertGreater(min(counts["ok"], counts["failed"]), 0, done)
                self.assertEqual(counts["ok"] + counts["failed"], 8, done)
                self.assertEqual(set(failures(done).values()),
                                 {"cannot save it: No space left on device"})
                self.assertEqual(len(self.whole()), counts["ok"])
                self.check_all(counts["ok"], MIB)
                self.grow(out)
                self.origin.reset_stats()
                done = self.fetch.run("-j", "1", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.check_all(8, MIB)
                # Of one that found no room at all there is nothing to go on with.
                self.assertIn("bytes=", str(self.ranges()))

    def test_small_files_on_a_full_disk(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                out = self.mount()
                (out / "big").write_bytes(b"x" * (6 * MIB - 65536 * 4))
                self.fetch.write("urls.txt", self.urls(40, 20_000))
                done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 3, done)
                self.assertGreater(summary(done)["failed"], 0)
                ok = [name for name in self.whole() if name != "big"]
                self.assertEqual(len(ok), summary(done)["ok"])
                for name in ok:
                    self.fetch.assert_contents(name, self.origin.body(name, 20_000))
                (out / "big").unlink()
                done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.check_all(40, 20_000)

    def test_min_free(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                out = self.mount()
                self.fetch.write("urls.txt", self.urls(6, 2 * MIB))
                command = ("-j", "2", "--min-free", "2M", *arguments, "urls.txt", "-o", "out")
                done = self.fetch.run(*command)
                self.assertEqual(done.code, 3, done)
                self.assertIn("fetch: less than 2.0 MiB would be left in out (--min-free)\n",
                              done.err)
                self.assertEqual(failures(done), {})
                counts = summary(done)
                self.assertEqual((counts["ok"] + counts["not tried"], counts["failed"]), (6, 0))
                # Two may have asked before either wrote, and the journal does not ask.
                self.assertGreaterEqual(shutil.disk_usage(out).free, MIB, done)
                self.assertEqual(len(self.whole()), counts["ok"])
                self.grow(out)
                done = self.fetch.run(*command)
                self.assertEqual(done.code, 0, done)
                self.check_all(6, 2 * MIB)

    def test_min_free_before_anything_is_asked_for(self):
        self.mount()
        url = self.urls(1, 100)[0]
        done = self.fetch.run("--min-free", "7M", url, "-o", "out/")
        self.assertEqual((done.code, done.err), (3, "fetch: less than 7.0 MiB would be left in "
                                                    "out/ (--min-free)\n"))
        self.assertEqual(self.origin.requests(), [])
        for bound in ("0", "5M"):
            self.assertEqual(self.fetch.run("--min-free", bound, url, "-o", "out/").code, 0)

    def test_read_only(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                out = self.mount()
                subprocess.run(["mount", "-o", "remount,ro", out], check=True)
                done = self.fetch.run(*arguments, self.urls(1, 100)[0], "-o", "out/")
                self.assertEqual((done.code, done.err), (3, "fetch: cannot make .fetch in out/: "
                                                            "Read-only file system\n"))
                self.assertEqual(self.origin.requests(), [])


SLOW_MS = 50
# A body in drops, and what it takes when nothing holds it up.
DRIPS, DRIP_S = 20, 0.05
# Shares the machine with whatever else runs.
PATIENCE = 2


@unittest.skipIf(os.environ.get("SANITIZE"), "a sanitizer wants to be the first that is preloaded")
class Slow(DiskCase):
    """A disk that takes its time: transfers do not wait for it, nor for one another's files."""

    def run_slowly(self, *arguments, ms=SLOW_MS):
        self.slowed = self.fetch.output / "slowed"
        self.slowed.unlink(missing_ok=True)
        done = self.fetch.run(*arguments, "--log", "log", "urls.txt", timeout=100, environment={
            "LD_PRELOAD": str(built("SLOW_DISK_LIBRARY", "tests/e2e/libslow_disk.so")),
            "SLOW_DISK_MS": str(ms), "SLOW_DISK_COUNT": str(self.slowed)})
        self.assertEqual(done.code, 0, done)
        marks = self.slowed.read_bytes()
        self.assertGreater(len(marks), 100, "nothing was slowed")
        # Where the pool's queue is tiny, what does not fit in there is done in place.
        if os.environ.get("TINY_LIMITS") != "1":
            self.assertEqual(marks.count(b"L"), 0, "the loop has waited for the disk")
        return done

    def run_mixed(self, *arguments, small=48, large=4):
        """Small files and large ones that keep the disk busy, and bodies that drip meanwhile."""
        urls = [self.origin.url(f"drip-{number}", size=100 * DRIPS, drip=f"100/{int(DRIP_S * 1000)}ms")
                for number in range(4)]
        urls += [self.origin.url(f"small-{number}", size=1000) for number in range(small)]
        urls += [self.origin.url(f"large-{number}", size="1M") for number in range(large)]
        self.fetch.write("urls.txt", urls)
        done = self.run_slowly("-j", "16", *arguments, "-o", "out")
        self.assertEqual(summary(done)["ok"], len(urls), done)
        for line in log(self.made()):
            if "/drip-" in line["url"]:
                self.assertLess(line["time"]["total"], PATIENCE * DRIPS * DRIP_S, line)

    def test_transfers_keep_their_pace(self):
        self.run_mixed()

    def test_on_two_threads(self):
        self.run_mixed("--threads", "2")

    def test_with_fsync(self):
        self.run_mixed("--fsync", small=12, large=2)

    def test_long_lists(self):
        """Neither what was read nor the names that were given are in memory alone; and a second run
        looks each URL up."""
        urls = [self.origin.url(f"{number % 500}/f{number}", size=10, etag="e")
                for number in range(9000)]
        self.fetch.write("urls.txt", urls)
        done = self.run_slowly("-j", "64", "-o", "out", ms=0)
        self.assertEqual(summary(done)["ok"], 9000, done)
        done = self.run_slowly("-j", "64", "-o", "out", ms=0)
        self.assertEqual(summary(done)["unchanged"], 9000, done)


    def test_lines_that_wait(self):
        """More than memory holds, for a host that wants to be left alone for a moment."""
        count = 2000 if os.environ.get("TINY_LIMITS") == "1" else 68_000
        urls = [self.origin.url("first", status=429, retry_after=4, times=1)]
        urls += [self.origin.url(f"{number}", size=10) for number in range(count)]
        urls += [self.origin.url("other", host="localhost", size=10)]
        self.fetch.write("urls.txt", urls)
        done = self.run_slowly("-j", "64", "--per-host", "60", "--out-null", ms=0)
        self.assertEqual(summary(done)["ok"], count + 2, done)


class Limits(DiskCase):
    def limited(self, what, value):
        """The program, with a limit of its own."""
        def program():
            return Program("/bin/sh", ["-c", f'trap "" XFSZ; ulimit {what} {value}; exec "$0" "$@"',
                                       self.fetch.binary])
        return program()

    def test_files_that_may_not_grow(self):
        url = self.urls(1, 3 * MIB)[0]
        for mode in MODES:
            with self.mode(mode) as arguments, self.limited("-f", 2048) as limited:
                limited.folder = self.fetch.folder
                done = limited.run(*arguments, url, "-o", "out/")
                self.assertEqual(done.code, 1, done)
                self.assertEqual(failures(done)[url], "cannot save it: File too large")
                self.assertEqual(self.whole(), [])
                done = self.fetch.run(*arguments, url, "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["0.bin"])
                self.check_all(1, 3 * MIB)
                self.assertEqual(self.ranges(), [None, f"bytes={MIB}-"])

    def test_few_descriptors(self):
        """Fewer jobs, and a warning; all is well."""
        urls = self.urls(60, 200_000)
        for mode in MODES:
            with self.mode(mode) as arguments, self.limited("-n", 100) as limited:
                limited.folder = self.fetch.folder
                self.fetch.write("urls.txt", urls)
                done = limited.run("-j", "60", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assertIn("only 100 open files are allowed", done.err)
                self.check_all(60, 200_000)


class Places(DiskCase):
    def test_a_file_where_a_directory_is_needed(self):
        """That URL fails, not the others; and it waits for its place."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [
                    self.origin.url(path, size=300_000, etag="v1", ranges=1)
                    for path in ("dir/a.bin", "b.bin")])
                host = self.fetch.folder / "out" / self.origin.host
                host.mkdir(parents=True)
                (host / "dir").write_bytes(b"in the way")
                command = (*arguments, "--layout", "path", "urls.txt", "-o", "out")
                done = self.fetch.run(*command)
                self.assertEqual(done.code, 1, done)
                self.assertEqual([*failures(done).values()], ["cannot save it: Not a directory"])
                self.assertEqual(summary(done)["ok"], 1)
                (host / "dir").unlink()
                self.origin.reset_stats()
                done = self.fetch.run(*command, "--if-exists", "skip")
                self.assertEqual(done.code, 0, done)
                self.assertEqual([entry["status"] for entry in self.origin.requests()], [304])

    def test_a_name_that_is_too_long(self):
        """Names are cut to what the file system takes; a directory that is too deep is not."""
        url = self.origin.url("x" * 300 + ".bin")
        done = self.fetch.run(url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        done = self.fetch.run(url, "-o", "y" * 300)
        self.assertNotEqual(done.code, 0, done)
        self.assertIn("File name too long", done.err)

    def test_directories_that_may_not_be_written_to(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        closed = self.fetch.folder / "closed"
        closed.mkdir(mode=0o555)
        done = self.fetch.run(self.origin.url("a"), "-o", "closed/")
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot make .fetch in closed/: Permission denied", done.err)
        self.assertEqual(self.origin.requests(), [])

    def test_a_file_as_directory(self):
        (self.fetch.folder / "file").write_bytes(b"in the way")
        self.fetch.write("urls.txt", [self.origin.url("a")])
        done = self.fetch.run("urls.txt", "-o", "file")
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot write to file: Not a directory", done.err)
        self.assertEqual(self.origin.requests(), [])


if __name__ == "__main__":
    unittest.main()
