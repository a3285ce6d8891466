"""--split: a large file over several connections and mirrors, whole whatever the servers do."""

import hashlib
import signal
import time
import unittest

from harness.case import Case
from harness.nginx import Nginx
from harness.program import Program
from harness.told import MODES, log, summary

TAG = '"v1"'
DATE = "@1700000000"
MIB = 1 << 20
SPLIT = ("--split", "4", "--min-split-size", "64K")


def spans(have):
    """The bytes of a record of what is there."""
    pairs = (span.split("-") for span in have.split(",") if span)
    return sum(int(last) - int(first) + 1 for first, last in pairs)


class Split(Case):
    """Files of 8 MiB, in pieces of 64 KiB and more."""

    size = 8 * MIB

    def url(self, path="big", **behaviour):
        """As origin.url(), of a file that can be divided."""
        given = {"size": self.size, "ranges": 1, "etag": TAG, "modified": DATE, **behaviour}
        return self.origin.url(path, **{key: value for key, value in given.items() if value})

    def body(self, path="big"):
        return self.origin.body(path, self.size)

    def ranges(self):
        return [request for request in self.origin.requests() if request["status"] == 206]

    def check(self, done, file="big", path="big"):
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files([file])
        self.fetch.assert_contents(file, self.body(path))

    def record(self):
        """What the part's record says is there."""
        for meta in (self.fetch.folder / "out" / ".fetch").glob("*.meta"):
            for line in meta.read_text().splitlines():
                if line.startswith("have="):
                    return line[5:]
        return None

    def test_pieces_over_several_connections(self):
        done = self.fetch.run(*SPLIT, self.url(drip="16K/20ms"), "-o", "out/", "--log", "log")
        self.check(done)
        self.assertEqual(self.origin.stats()["connections_max"], 4)
        self.assertGreaterEqual(len(self.ranges()), 3)
        line, = log(self.made())
        self.assertEqual((line["bytes"], line["status"], line["attempts"]), (self.size, 200, 1))

    def test_all_modes(self):
        """In the others a file is one connection: there it is refused."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.fetch.run(*SPLIT, self.url(), "-o", "out/", *arguments)
                if mode.startswith("async"):
                    self.check(done)
                    continue
                self.assertEqual(done.code, 2, done)
                self.assertIn("option --split: only mode async", done.err)
                self.assertEqual(self.origin.requests(), [])

    def test_in_a_comparison(self):
        """Every mode gets it, and one makes use of it."""
        done = self.fetch.run("compare", *SPLIT, "--modes", "sync,async", self.url(), "-o", "kept")
        self.assertEqual(done.code, 0, done)
        self.assertGreater(len(self.ranges()), 0)

    def test_a_list_of_large_and_small_files(self):
        sizes = [100, 3 * MIB, 70000, 0, MIB]
        urls = [self.url(f"f{i}", size=size) for i, size in enumerate(sizes)]
        self.fetch.write("urls.txt", urls)
        done = self.fetch.run(*SPLIT, "urls.txt", "-o", "out")
        self.assertEqual(summary(done)["ok"], 5, done)
        for i, size in enumerate([100, 3 * MIB, 70000, 1024, MIB]):
            self.fetch.assert_contents(f"f{i}", self.origin.body(f"f{i}", size))

    def test_small_files_are_not_divided(self):
        done = self.fetch.run("--split", "8", self.url(), "-o", "out/")
        self.check(done)
        self.assertEqual(len(self.origin.requests()), 1)

    ONE_CONNECTION = {
        "no Accept-Ranges": {"ranges": None},
        "no validators": {"etag": None, "modified": None},
        "no length": {"nolength": 1},
        "packed": {"gzip": 1},
        "Accept-Ranges alone": {"ranges": None, "header": "Accept-Ranges: bytes"},
        "wrong ranges": {"ranges": "wrong"},
    }

    def test_servers_without_ranges(self):
        for name, behaviour in self.ONE_CONNECTION.items():
            with self.subTest(name), Program() as self.fetch:
                self.origin.reset_stats()
                done = self.fetch.run(*SPLIT, "--compressed", self.url(drip="64K/2ms", **behaviour),
                                      "-o", "out/")
                self.check(done)
                whole = [r for r in self.origin.requests() if r["status"] == 200]
                if "Accept-Ranges" not in name and "ranges" not in name:
                    self.assertEqual(len(whole), 1, name)

    def test_a_checksum(self):
        digest = hashlib.sha256(self.body()).hexdigest()
        done = self.fetch.run(*SPLIT, "--checksum", f"sha-256={digest}", self.url(), "-o", "out/")
        self.check(done)
        with Program() as self.fetch:
            done = self.fetch.run(*SPLIT, "--checksum", "sha-256=" + "0" * 64, "--retry", "0",
                                  self.url(), "-o", "out/")
            self.assertEqual(done.code, 1, done)
            self.assertIn(digest, done.err)
            self.fetch.assert_files([])

    def test_a_part_of_a_killed_run_is_gone_on_with(self):
        """Also by a run that brings one piece after another."""
        url = self.url(drip="16K/20ms")
        for mode in MODES:
            with self.mode(mode) as arguments:
                running = self.fetch.start(*SPLIT, url, "-o", "out/")
                limit = time.monotonic() + 20
                while spans(self.record() or "") < MIB:
                    self.assertLess(time.monotonic(), limit)
                    time.sleep(0.02)
                running.signal(signal.SIGKILL)
                running.finish()
                there = spans(self.record())
                self.origin.reset_stats()
                split = SPLIT if mode.startswith("async") else ()
                done = self.fetch.run(*split, url, "-o", "out/", "--log", "log", *arguments)
                self.check(done)
                line, = log(self.made())
                self.assertLessEqual(line["bytes"], self.size - there)
                self.assertEqual({r["status"] for r in self.origin.requests()}, {206})

    def test_an_interrupted_run_keeps_all_that_has_come(self):
        url = self.url(drip="16K/20ms")
        running = self.fetch.start(*SPLIT, url, "-o", "out/")
        time.sleep(1)
        running.signal(signal.SIGINT)
        self.assertEqual(running.finish().code, 130)
        self.assertGreater(spans(self.record()), MIB)
        self.check(self.fetch.run(url, "-o", "out/"))

    def test_a_file_that_changed_meanwhile_is_begun_anew(self):
        running = self.fetch.start(*SPLIT, self.url(drip="16K/20ms"), "-o", "out/")
        time.sleep(1)
        running.signal(signal.SIGINT)
        running.finish()
        parts = self.fetch.folder / "out" / ".fetch"
        for meta in parts.glob("*.meta"):
            meta.write_text(meta.read_text().replace(TAG, '"v0"'))
        self.check(self.fetch.run(*SPLIT, self.url(drip="16K/20ms"), "-o", "out/"))

    def test_bounds(self):
        url = self.url(drip="16K/20ms")
        done = self.fetch.run(*SPLIT, "--max-filesize", "1M", url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        done = self.fetch.run(*SPLIT, "-m", "1", "--retry", "0", url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertLess(done.wall, 4)
        done = self.fetch.run(*SPLIT, "--per-host", "2", url, "-o", "out/")
        self.check(done)
        self.assertLessEqual(self.origin.stats()["connections_max"], 4)

    def mirrors(self, *urls, checksum=None):
        """Runs a list with one file and its mirrors."""
        text = "\t".join(urls) + "\n  out=big\n"
        if checksum:
            text += f"  checksum=sha-256={checksum}\n"
        (self.fetch.folder / "urls.txt").write_text(text)
        return self.fetch.run(*SPLIT, "--retry", "0", "urls.txt", "-o", "out")

    def test_mirrors_in_parallel(self):
        first = self.url(drip="64K/10ms")
        second = self.url(drip="64K/10ms", n=2)
        self.check(self.mirrors(first, second))
        asked = {request["target"] for request in self.ranges()}
        self.assertEqual(len(asked), 2, asked)

    def test_mirrors_with_another_file_are_dropped(self):
        for name, other in {"length": {"size": self.size + 1}, "time": {"modified": "@1600000000",
                                                                         "etag": '"other"'},
                            "status": {"status": 404}, "ranges": {"ranges": None}}.items():
            with self.subTest(name), Program() as self.fetch:
                first = self.url(drip="64K/10ms")
                self.check(self.mirrors(first, self.url(n=2, drip="64K/10ms", **other)))

    def test_a_mirror_that_lies_is_found_out_by_the_checksum(self):
        """The same length, the same time, other bytes."""
        digest = hashlib.sha256(self.body()).hexdigest()
        lie = self.url(seed="lie", drip="64K/10ms")
        self.check(self.mirrors(self.url(drip="64K/10ms"), lie, checksum=digest))
        with Program() as self.fetch:
            self.check(self.mirrors(lie, self.url(drip="64K/10ms"), checksum=digest))

    def test_a_first_place_that_fails(self):
        self.check(self.mirrors(self.url(status=503), self.url(n=2), self.url(n=3)))


class Slow(Case):
    def test_the_slow_tail_is_divided(self):
        """One connection of four crawls: alone it would need 40 s."""
        body = bytes(range(256)) * 4 * 8192
        lines = "set $slow 0; if ($http_range ~ '^bytes=2[0-9]{6}-') { set $limit_rate 50k; }" \
                " limit_rate 4m;"
        with Nginx({"big": body}, lines) as nginx:
            done = self.fetch.run(*SPLIT, nginx.base + "/big", "-o", "out/")
            self.assertEqual(done.code, 0, done)
            self.fetch.assert_contents("big", body)
            self.assertLess(done.wall, 15)

    def test_a_dead_connection_holds_up_nobody(self):
        """The first stops for ever after an eighth; the others bring what it has not."""
        url = self.origin.url("big", size=4 * MIB, ranges=1, etag=TAG, stall=MIB // 2, times=1)
        done = self.fetch.run(*SPLIT, url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("big", self.origin.body("big", 4 * MIB))
        self.assertLess(done.wall, 20)


if __name__ == "__main__":
    unittest.main()
