"""Bodies that are broken off: the next try, or the next run, goes on; or begins anew, where that
would be wrong."""

import hashlib
import os
import pathlib
import re
import signal
import time
import unittest

from harness.case import Case
from harness.program import Program, alive
from harness.told import MODES, failures, log, summary

SIZE = 3_000_000
HALF = 1_500_000
WHEN = 1_000_000_000
DATE = "Sun, 09 Sep 2001 01:46:40 GMT"
FAST = ("--retry-delay", "10ms")
WEEKS = 14 * 24 * 3600


def key_of(url):
    return hashlib.sha256(re.sub(r"//[^/@]*@", "//", url).encode()).hexdigest()[:16]


class ResumeCase(Case):
    def url(self, name="a.bin", size=SIZE, etag="v1", ranges=1, **behaviour):
        tags = {"etag": etag} if etag else {}
        return self.origin.url(name, size=size, ranges=ranges, **tags, **behaviour)

    def plant(self, url, content, etag='"v1"', modified="", strong_date=0, total=SIZE, meta=None):
        """What an earlier run would have left."""
        parts = self.fetch.folder / "out/.fetch"
        parts.mkdir(parents=True, exist_ok=True)
        key = key_of(url)
        (parts / f"{key}.part").write_bytes(content)
        if meta is None:
            plain = re.sub(r"//[^/@]*@", "//", url)
            meta = (f"fetch part 1\nurl={plain}\netag={etag}\nlast-modified={modified}\n"
                    f"strong-date={strong_date}\ntotal={total}\nend\n")
        if meta:
            (parts / f"{key}.meta").write_text(meta)

    def statuses(self):
        return [entry["status"] for entry in self.origin.requests()]

    def ranges(self):
        return [entry["range"] for entry in self.origin.requests()]

    def run_list(self, url, *arguments):
        self.fetch.write("urls.txt", [url])
        return self.fetch.run(*FAST, *arguments, "--log", "log", "urls.txt", "-o", "out")

    def run_single(self, url, *arguments):
        return self.fetch.run(*FAST, *arguments, "--log", "log", url, "-o", "out/")

    def check(self, done, size=SIZE, name="a.bin"):
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files([name])
        self.fetch.assert_contents(name, self.origin.body(name, size))


class Tries(ResumeCase):
    """Within one run."""

    def test_the_next_try_goes_on(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.run_list(self.url(truncate=HALF, times=1), *arguments)
                self.check(done)
                self.assertEqual(self.statuses(), [200, 206])
                self.assertEqual(self.ranges(), [None, f"bytes={HALF}-"])
                line = log(self.made())[0]
                self.assertEqual((line["attempts"], line["status"], line["bytes"]),
                                 (2, 206, SIZE - HALF))

    def test_try_after_try(self):
        """Each breaks off, also where the length is not known before."""
        for behaviour in ({}, {"chunked": 1}, {"nolength": 1}):
            with self.subTest(behaviour), Program() as self.fetch:
                self.origin.reset_stats()
                url = self.url(reset="body", times=3, **behaviour)
                if behaviour.get("nolength"):
                    url = self.url(stall=700_000, times=3, **behaviour)
                done = self.run_list(url, "--stall-timeout", "500ms")
                self.check(done)
                self.assertEqual(self.statuses(), [200, 206, 206, 206])
                firsts = [int(each[6:-1]) for each in self.ranges()[1:]]
                self.assertEqual(firsts, sorted(set(firsts)))

    @unittest.skipIf(os.environ.get("TINY_LIMITS") == "1", "no body is small in this build")
    def test_small_bodies_begin_anew(self):
        self.check(self.run_list(self.url(size=50_000, truncate=20_000, times=1)), 50_000)
        self.assertEqual(self.ranges(), [None, None])

    def test_without_what_it_takes_it_begins_anew(self):
        for behaviour in ({"etag": None}, {"etag": "W/v1"}, {"ranges": "none"},
                          {"gzip": 1, "size": SIZE}, {"header": "Content-Encoding: br"}):
            with self.subTest(behaviour), Program() as self.fetch:
                self.origin.reset_stats()
                url = self.url(**{"truncate": 20_000, "times": 1, **behaviour})
                done = self.run_list(url, *(("--compressed",) if "gzip" in behaviour else ()))
                self.check(done)
                self.assertEqual(self.ranges(), [None, None])

    def test_through_redirects(self):
        target = self.url("b.bin", truncate=HALF, times=1)
        url = self.origin.url("a.bin", location=target)
        done = self.run_list(url)
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a.bin", self.origin.body("b.bin", SIZE))
        self.assertEqual(self.statuses(), [302, 200, 302, 206])

    def test_a_later_failure(self):
        """The part outlives answers that bring nothing."""
        url = self.url(status=503, times=2)
        self.plant(url, self.origin.body("a.bin", HALF))
        self.assertEqual(self.run_list(url, "--retry", "0").code, 1)
        self.check(self.run_list(url))
        self.assertEqual(self.ranges(), [f"bytes={HALF}-"] * 3)
        self.assertEqual(self.statuses(), [503, 503, 206])


class Runs(ResumeCase):
    """From one run to the next."""

    def break_off(self, arguments, number, url):
        run = self.fetch.start(*arguments)
        part = self.fetch.folder / "out/.fetch" / f"{key_of(url)}.part"
        deadline = time.monotonic() + 20
        while not (part.exists() and part.stat().st_size > 500_000):
            self.assertLess(time.monotonic(), deadline, run.err())
            self.assertTrue(run.is_running(), run.err())
            time.sleep(0.01)
        run.signal(number)
        done = run.finish()
        self.assertEqual(done.code, 130 if number == signal.SIGINT else -number, done)
        while alive(run.process.pid):  # children end by themselves
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        return part.stat().st_size

    def test_after_a_signal(self):
        for number in (signal.SIGINT, signal.SIGKILL):
            for mode in MODES:
                for single in (False, True):
                    with self.subTest(signal=number, single=single), self.mode(mode) as arguments:
                        url = self.url(stall=2_000_000, times=1)
                        self.fetch.write("urls.txt", [url])
                        source = (url, "-o", "out/") if single else ("urls.txt", "-o", "out")
                        kept = self.break_off((*arguments, *source), number, url)
                        done = self.fetch.run(*arguments, *source)
                        self.check(done)
                        self.assertEqual(self.ranges(), [None, f"bytes={kept}-"])
                        self.assertEqual(summary(done)["ok"], 1)

    def test_after_a_failure(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = self.url(truncate=HALF, times=1)
                done = self.run_list(url, *arguments, "--retry", "0")
                self.assertEqual(done.code, 1, done)
                self.assertFalse((self.fetch.folder / "out/a.bin").exists())
                self.check(self.run_list(url, *arguments))
                self.assertEqual(self.ranges(), [None, f"bytes={HALF}-"])

    def test_another_mode_goes_on(self):
        url = self.url(truncate=HALF, times=1)
        self.run_list(url, "--mode", "processes", "--retry", "0")
        self.check(self.run_single(url, "--mode", "sync"))
        self.assertEqual(self.ranges(), [None, f"bytes={HALF}-"])

    def test_under_another_name(self):
        url = self.url(truncate=HALF, times=1)
        self.run_single(url, "--retry", "0")
        done = self.fetch.run(url, "-o", "out/b.bin")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("b.bin", self.origin.body("a.bin", SIZE))
        self.assertEqual(self.statuses(), [200, 206])

    def test_credentials_are_not_kept(self):
        """And the URL without them is the same."""
        url = self.url(truncate=HALF, times=1).replace("//", "//me:hunter2@")
        self.run_list(url, "--retry", "0")
        for path in (self.fetch.folder / "out/.fetch").iterdir():
            if path.suffix == ".meta":
                self.assertNotIn("hunter2", path.read_text())
                self.assertEqual(path.stem, key_of(url))
        self.check(self.run_list(url.replace("me:hunter2@", "")))
        self.assertEqual(self.statuses(), [200, 206])

    def test_what_is_there_says_what_is_to_be_done(self):
        for what in ("overwrite", "rename", "skip", "fail"):
            with self.subTest(what), Program() as self.fetch:
                self.origin.reset_stats()
                url = self.url()
                self.plant(url, self.origin.body("a.bin", HALF))
                (self.fetch.folder / "out/a.bin").write_bytes(b"older")
                done = self.run_list(url, "--if-exists", what)
                self.assertEqual(done.code, 1 if what == "fail" else 0, done)
                names = {"rename": ["a.1.bin", "a.bin"]}.get(what, ["a.bin"])
                found = [name for name in self.fetch.files() if not name.startswith(".")]
                self.assertEqual(found, names)
                self.assertEqual(self.statuses(), [206] if what in ("overwrite", "rename") else [])

    def test_two_runs_for_one_url(self):
        url = self.url(drip="100000/30ms")
        runs = [self.fetch.start(url, "-o", f"out/{name}") for name in "ab"]
        for run, name in zip(runs, "ab"):
            done = run.finish()
            self.assertEqual(done.code, 0, done)
            self.fetch.assert_contents(name, self.origin.body("a.bin", SIZE))
        self.fetch.assert_files(["a", "b"])

    def test_parts_that_nobody_comes_back_for(self):
        old, young, used = (self.url(name) for name in ("old.bin", "young.bin", "a.bin"))
        for url in (old, young):
            self.plant(url, b"some")
        parts = self.fetch.folder / "out/.fetch"
        when = time.time() - WEEKS - 100
        os.utime(parts / f"{key_of(old)}.part", (when, when))
        (parts / "0123456789abcdef.meta").write_text("its part was published")
        self.assertEqual(self.run_list(used).code, 0)
        self.assertEqual(self.fetch.files(), [f".fetch/{key_of(young)}.meta",
                                              f".fetch/{key_of(young)}.part", "a.bin"])


class Answers(ResumeCase):
    """Everything that may come when the rest is asked for."""

    def half(self, **meta):
        return self.origin.body("a.bin", HALF), meta

    def whole(self, **meta):
        return self.origin.body("a.bin", SIZE), meta

    def in_all_modes(self, url, planted, statuses, arguments=()):
        content, meta = planted
        for mode in MODES:
            with self.mode(mode) as mode_arguments:
                self.plant(url, content, **meta)
                done = self.run_list(url, *mode_arguments, *arguments)
                self.check(done)
                self.assertEqual(self.statuses(), statuses, done)
                line = log(self.made())[0]
                self.assertEqual((line["outcome"], line["attempts"]), ("ok", len(statuses)))

    def test_the_rest(self):
        self.in_all_modes(self.url(), self.half(), [206])

    def test_the_rest_by_date(self):
        self.in_all_modes(self.url(etag=None, modified=f"@{WHEN}"),
                          self.half(etag="", modified=DATE, strong_date=1), [206])

    def test_by_a_date_that_is_too_young(self):
        self.in_all_modes(self.url(etag=None, modified=f"@{WHEN}"),
                          self.half(etag="", modified=DATE), [200])

    def test_by_a_weak_tag(self):
        self.in_all_modes(self.url(etag="W/v1"), self.half(etag='W/"v1"'), [200])

    def test_a_server_without_ranges(self):
        self.in_all_modes(self.url(ranges="none"), self.half(), [200])

    def test_another_part_than_asked_for(self):
        self.in_all_modes(self.url(ranges="wrong"), self.half(), [206, 200])

    def test_a_wrong_total(self):
        self.in_all_modes(self.url(ranges="total"), self.half(), [206, 200])

    def test_less_than_asked_for(self):
        self.in_all_modes(self.url(ranges="short"),
                          (self.origin.body("a.bin", SIZE - 4), {}), [206, 206, 206])

    def test_a_part_that_is_compressed_on_the_way(self):
        self.in_all_modes(self.url(ranges="encoded"), self.half(), [206, 200], ("--compressed",))

    def test_all_of_it_compressed_on_the_way(self):
        self.in_all_modes(self.url(gzip=1), self.half(), [200], ("--compressed",))

    def test_a_range_that_is_refused(self):
        self.in_all_modes(self.url(ranges="refused"), self.half(), [416, 200])

    def test_a_changed_file(self):
        self.in_all_modes(self.url(etag="v2"), (b"x" * HALF, {}), [200])

    def test_a_changed_file_of_a_server_that_does_not_look(self):
        self.in_all_modes(self.url(etag="v2", ranges="blind"), (b"x" * HALF, {}), [206, 200])

    def test_a_file_that_has_become_small(self):
        url = self.url(size=10)
        self.plant(url, b"x" * HALF, etag='"v0"')
        self.check(self.run_list(url), 10)
        self.assertEqual(self.statuses(), [200])

    def test_a_file_that_has_become_shorter_than_the_part(self):
        url = self.url(size=HALF - 1, ranges="blind")
        self.plant(url, b"x" * HALF, etag='"v0"')
        self.check(self.run_list(url), HALF - 1)
        self.assertEqual(self.statuses(), [416, 200])

    def test_a_part_that_is_all(self):
        """Killed between the last byte and the name. Nothing is transferred, and the time is kept."""
        url = self.url(modified=f"@{WHEN}")
        self.in_all_modes(url, self.whole(modified=DATE), [304])
        self.plant(url, self.whole()[0], modified=DATE)
        self.check(self.run_list(url))
        self.assertEqual((self.fetch.folder / "out/a.bin").stat().st_mtime, WHEN)

    def test_a_part_that_is_all_without_anybody_knowing(self):
        self.in_all_modes(self.url(), self.whole(total=-1), [416, 304])

    def test_a_part_that_is_all_of_another_file(self):
        self.in_all_modes(self.url(etag="v2"), (b"x" * SIZE, {}), [200])
        self.in_all_modes(self.url(etag="v2", ranges="blind"), (b"x" * SIZE, {"total": -1}),
                          [416, 200])

    def test_parts_that_are_not_to_be_believed(self):
        for number, (content, meta) in enumerate((
                (b"x" * (SIZE + 1), {}), (b"", {}), (b"x" * HALF, {"meta": ""}),
                (b"x" * HALF, {"meta": "fetch part 1\n"}),
                (b"x" * HALF, {"meta": "fetch part 1\nurl=http://127.0.0.1/\netag=\"v1\"\n"
                                       f"last-modified=\nstrong-date=0\ntotal={SIZE}\nend\n"}))):
            with self.subTest(number), Program() as self.fetch:
                self.origin.reset_stats()
                url = self.url()
                self.plant(url, content, **meta)
                self.check(self.run_list(url))
                self.assertEqual(self.statuses(), [200])

    def test_time_and_validators_of_a_file_in_two_parts(self):
        url = self.url(modified=f"@{WHEN}", truncate=HALF, times=1)
        self.check(self.run_list(url))
        self.assertEqual((self.fetch.folder / "out/a.bin").stat().st_mtime, WHEN)

    def test_bounds_are_those_of_the_whole(self):
        url = self.url()
        self.plant(url, self.origin.body("a.bin", HALF))
        done = self.run_list(url, "--max-filesize", str(SIZE - 1))
        self.assertEqual(done.code, 1, done)
        self.assertIn("only 2,999,999 are allowed", failures(done)[url])

    def test_what_was_not_asked_for(self):
        for behaviour in ({"status": 304}, {"status": 206}):
            url = self.url(**behaviour)
            done = self.run_list(url)
            self.assertEqual(done.code, 1, done)
            self.assertRegex(failures(done)[url], "though (nothing|no range) was asked")

    def test_to_standard_output(self):
        """What is out cannot be taken back, and no part is left."""
        url = self.url(truncate=HALF, times=1)
        done = self.fetch.run(*FAST, "-o", "-", url)
        self.assertEqual(done.code, 1, done)
        self.assertEqual(self.statuses(), [200])
        self.assertFalse(pathlib.Path(self.fetch.folder / ".fetch").exists())


class Checksums(ResumeCase):
    """The digest is that of the whole file, whenever its pieces came."""

    def list_of(self, url, kind="sha256", content=None):
        content = self.origin.body("a.bin", SIZE) if content is None else content
        (self.fetch.folder / "urls.txt").write_text(
            f"{hashlib.new(kind, content).hexdigest()}  {url}\n")

    def run_listed(self, *arguments):
        return self.fetch.run(*FAST, *arguments, "--log", "log", "urls.txt", "-o", "out")

    def test_over_tries_and_runs(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = self.url(truncate=500_000, times=1)
                self.plant(url, self.origin.body("a.bin", HALF))
                self.list_of(url)
                self.check(self.run_listed(*arguments))
                self.assertEqual(self.statuses(), [206, 206])

    def test_a_beginning_that_was_something_else(self):
        """Found out at the end, and begun anew, once."""
        for planted, statuses in ((HALF, [206, 200]), (SIZE, [304, 200])):
            with self.subTest(planted), Program() as self.fetch:
                self.origin.reset_stats()
                url = self.url()
                self.plant(url, b"x" * planted)
                self.list_of(url)
                self.check(self.run_listed())
                self.assertEqual(self.statuses(), statuses)
        with Program() as self.fetch:
            self.origin.reset_stats()
            self.plant(url, b"x" * HALF)
            self.list_of(url, content=b"never that")
            done = self.run_listed()
            self.assertEqual(done.code, 1, done)
            self.assertIn("its checksum is", done.err)
            self.assertEqual(self.statuses(), [206, 200])
            self.assertEqual(list((self.fetch.folder / "out/.fetch").glob("*.part")), [])

    def test_a_file_that_was_compared(self):
        """Need not be fetched once more to know it; another checksum makes it necessary."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = self.url()
                self.list_of(url)
                self.check(self.run_listed(*arguments))
                done = self.run_listed(*arguments)
                self.assertEqual(summary(done)["unchanged"], 1, done)
                checksums = [line["checksum"] for line in log(self.made())]
                done = self.run_listed(*arguments)
                self.assertEqual(summary(done)["unchanged"], 1, done)
                self.list_of(url, "md5")
                self.check(self.run_listed(*arguments))
                self.assertEqual(self.statuses(), [200, 304, 304, 200])
                self.assertEqual(checksums, [
                    "sha-256=" + hashlib.sha256(self.origin.body("a.bin", SIZE)).hexdigest()])


if __name__ == "__main__":
    unittest.main()
