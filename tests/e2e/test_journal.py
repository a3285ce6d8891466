"""What a run remembers for the next one: names, outcomes, what failed; and fetch status."""

import contextlib
import json
import os
import signal
import sqlite3
import time
import unittest

from harness.journal import Journal
from harness.told import MODES, failures, summary


class Names(Journal):
    def test_names_stay(self):
        """However the list is shuffled and extended later."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                old = [self.origin.url(f"{folder}/same.txt") for folder in "abcd"]
                self.fetch.write("urls.txt", old)
                first = self.fetched(*arguments, "urls.txt", "-o", "out")
                self.assertEqual(first[old[0]], "same.txt")
                self.assertEqual(len(set(first.values())), 4)
                new = [self.origin.url(f"{folder}/same.txt") for folder in "xyz"]
                self.fetch.write("urls.txt", [new[0], old[2], old[1], new[1], old[3], old[0], new[2]])
                second = self.fetched(*arguments, "urls.txt", "-o", "out")
                for url in old:
                    self.assertEqual(second[url], first[url])
                self.assertEqual(len(set(second.values())), 7)
                self.fetch.assert_files(second.values())
                for url, path in second.items():
                    self.fetch.assert_contents(path, self.origin.body(url.split("/", 3)[3]))

    def test_many_names_stay(self):
        """More than are looked up at once; some wrong lines and duplicates among them."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.origin.url(f"{number % 100}/{number // 2}", size=20)
                        for number in range(400)]
                self.fetch.write("urls.txt", urls)
                first = self.fetched(*arguments, "urls.txt", "-o", "out")
                mixed = [line for url in reversed(urls) for line in (url, "nonsense", url)]
                self.fetch.write("urls.txt", [self.origin.url("new/7", size=20), *mixed])
                second = self.fetched(*arguments, "urls.txt", "-o", "out", code=1)
                self.assertEqual({url: second[url] for url in urls}, first)
                self.assertEqual(len(set(second.values())), 401)

    def test_one_url_with_several_logins(self):
        """Each has a file and a row of its own, told apart by their order, and by nothing of the
        login: a new password leaves all as it is."""
        for mode in MODES:
            for behaviour in ({"etag": "e"}, {"modified": "@1600000000"}, {}):
                with self.subTest(behaviour=behaviour), self.mode(mode) as arguments:
                    def urls(password):
                        plain = self.origin.url("same.txt", **behaviour)
                        return [plain.replace("//", f"//{user}@") if user else plain
                                for user in (f"a:{password}", "", f"b:{password}")]

                    self.fetch.write("urls.txt", urls("hunter2"))
                    done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                    self.assertEqual((done.code, summary(done)["ok"]), (0, 3), done)
                    files = self.fetch.files()
                    self.assertEqual(len(files), 3)
                    self.assertIn("same.txt", files)
                    for password in ("hunter2", "secret"):
                        with contextlib.closing(sqlite3.connect(self.journal)) as database:
                            database.execute("UPDATE job SET complete = 0")
                            database.commit()
                        self.fetch.write("urls.txt", urls(password))
                        done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                        self.assertEqual((done.code, summary(done)["unchanged"]), (0, 3), done)
                        self.assertEqual(self.fetch.files(), files)
                        told = self.status_json()
                        self.assertEqual((told["urls"], told["unchanged"]), (3, 3))
                        self.assertNotIn(b"hunter2", self.journal.read_bytes())
                        plain = urls(password)[1]
                        paths = {self.status_json("--url", plain + twin)["path"]
                                 for twin in ("", "#2", "#3")}
                        self.assertEqual(sorted(paths), sorted(files))
                        self.assertEqual(self.status_json("--url", plain + "#4")["url"], plain)

    def test_failures_keep_their_names(self):
        a, b = self.origin.url("a/same", status=404, times=1), self.origin.url("b/same")
        self.fetch.write("urls.txt", [a, b])
        first = self.fetched("urls.txt", "-o", "out", code=1)
        self.assertNotEqual(first[b], "same")
        self.fetch.write("urls.txt", [b, a])
        self.assertEqual(self.fetched("urls.txt", "-o", "out"), {a: "same", b: first[b]})

    def test_another_layout(self):
        """The names of the layout that is asked for, and then those again."""
        urls = [self.origin.url(f"{folder}/same.txt") for folder in "ab"]
        self.fetch.write("urls.txt", urls)
        self.fetched("urls.txt", "-o", "out")
        deep = [f"{self.origin.host}/{folder}/same.txt" for folder in "ab"]
        for _ in range(2):
            paths = self.fetched("--layout", "path", "urls.txt", "-o", "out")
            self.assertEqual([paths[url] for url in urls], deep)
        self.assertEqual(self.status_json()["urls"], 2)
        flat = self.fetched("urls.txt", "-o", "out")
        self.assertEqual(len(set(flat.values())), 2)

    def test_a_list_from_a_pipe(self):
        """Names are given as its lines come."""
        urls = [self.origin.url(f"{folder}/same") for folder in "ab"]
        self.fetch.write("urls.txt", urls)
        first = self.fetched("urls.txt", "-o", "out")
        text = "".join(url + "\n" for url in reversed(urls)).encode()
        self.assertEqual(self.fetched("-", "-o", "out", stdin=text), first)


class Failed(Journal):
    def test_only_what_failed(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                good = [self.origin.url(f"good-{number}") for number in range(20)]
                late = self.origin.url("late", status=404, times=1)
                never = self.origin.url("never", status=404)
                self.fetch.write("urls.txt", [*good[:10], late, never, *good[10:]])
                command = (*arguments, "urls.txt", "-o", "out")
                self.assertEqual(self.fetch.run(*command).code, 1)
                before = self.origin.stats()["requests"]
                done = self.fetch.run("--retry-failed", *command)
                self.assertEqual(done.code, 1, done)
                self.assertEqual(summary(done), {"ok": 1, "unchanged": 0, "skipped": 20,
                                                 "failed": 1})
                self.assertEqual(list(failures(done)), [never])
                self.assertEqual(self.origin.stats()["requests"], before + 2)
                done = self.fetch.run("--retry-failed", *command)
                self.assertEqual(summary(done), {"ok": 0, "unchanged": 0, "skipped": 21,
                                                 "failed": 1})
                self.fetch.assert_files([*(f"good-{number}" for number in range(20)), "late"])

    def test_lines_that_are_new_are_left_out(self):
        self.fetch.write("urls.txt", [self.origin.url("a")])
        self.fetch.run("urls.txt", "-o", "out")
        self.fetch.write("urls.txt", [self.origin.url("b"), "nonsense"])
        done = self.fetch.run("--retry-failed", "urls.txt", "-o", "out")
        self.assertEqual(summary(done), {"ok": 0, "unchanged": 0, "skipped": 1, "failed": 1})

    def test_without_a_journal(self):
        self.fetch.write("urls.txt", [self.origin.url("a")])
        done = self.fetch.run("--retry-failed", "urls.txt", "-o", "out")
        self.assertEqual(done.code, 3, done)
        self.assertEqual(done.err, "fetch: option --retry-failed: there is no journal of an "
                                   "earlier run in out\n")
        for more in (["--no-journal"], ["--out-null"]):
            done = self.fetch.run("--retry-failed", *more, "urls.txt", "-o", "out")
            self.assertEqual(done.code, 2, done)
            self.assertIn("this run has no journal to go by", done.err)
        self.assertEqual(self.origin.requests(), [])


class Status(Journal):
    def run_some(self):
        self.good = self.origin.url("good.bin", size=2000, etag="e", modified="@1700000000")
        self.bad = self.origin.url("bad", status=404)
        self.secret = self.origin.base.replace("//", "//user:hunter2@") + "/secret"
        self.fetch.write("urls.txt", [self.good, self.bad, self.secret, "nonsense"])
        return self.fetch.run("urls.txt", "-o", "out")

    def test_text(self):
        self.run_some()
        done = self.status()
        self.assertEqual(done.out.decode(), "3 URLs: 2 ok, 0 unchanged, 0 skipped, 1 failed\n"
                         "2 files, 3.0 KiB\n"
                         f"{self.bad}: server answered 404 Not Found\n")
        self.assertEqual(done.err, "")
        self.assertEqual(os.listdir(self.journal.parent), ["journal.db"])
        self.assertRegex(self.status("--url", self.good).out.decode(),
                         r"(?s)\AURL: .*good\.bin.*\nfile: +good\.bin\nsize: +2\.0 KiB \(2000\)\n"
                         r"time: +2023-11-14 22:13:20 UTC\nETag: +\"e\"\nLast-Modified: .*\n"
                         r"outcome: +ok, 20.* UTC\nstatus: +200\nattempts: +1\n\Z")

    def test_json(self):
        self.run_some()
        told = self.status_json()
        failure = told.pop("failures")
        self.assertEqual(told, {"journal": "out/.fetch/journal.db", "last_run": "ended", "urls": 3,
                                "ok": 2, "unchanged": 0, "skipped": 0, "failed": 1, "files": 2,
                                "bytes": 3024})
        self.assertEqual([(row["url"], row["outcome"], row["status"], row["error"], row["bytes"])
                          for row in failure],
                         [(self.bad, "failed", 404, "server answered 404 Not Found", None)])
        row = self.status_json("--url", self.good)
        self.assertLess(abs(row.pop("finished") - time.time()), 60)
        self.assertEqual(row.pop("last_modified"), "Tue, 14 Nov 2023 22:13:20 GMT")
        self.assertEqual(row, {"url": self.good, "path": "good.bin", "outcome": "ok", "status": 200,
                               "error": None, "attempts": 1, "bytes": 2000, "mtime": 1700000000,
                               "etag": '"e"', "checksum": None})

    def test_of_a_file(self):
        """As a user, and as the journal, calls it; from wherever it is asked."""
        self.run_some()
        whole = self.journal.parent.parent / "good.bin"
        for path in ("good.bin", "out/good.bin", "out/../out//good.bin", str(whole)):
            self.assertEqual(self.status_json("--url", path)["url"], self.good)
        os.remove(whole)
        for path in ("good.bin", "out/good.bin", "out/../out//good.bin", str(whole)):
            self.assertEqual(self.status_json("--url", path)["url"], self.good)

    def test_no_secrets_are_kept(self):
        self.run_some()
        self.assertNotIn(b"hunter2", self.journal.read_bytes())
        plain = self.secret.replace("user:hunter2@", "")
        for url in (plain, self.secret):
            self.assertEqual(self.status_json("--url", url)["url"], plain)

    def test_what_it_does_not_know(self):
        self.run_some()
        done = self.status("--url", self.origin.url("other"), code=1)
        self.assertEqual((done.out, done.err),
                         (b"", "fetch: out/.fetch/journal.db does not know this URL\n"))
        self.assertIn("unsupported scheme", self.status("--url", "x://nonsense", code=2).err)
        self.assertEqual(self.status("--url", "nonsense", code=1).err,
                         "fetch: out/.fetch/journal.db does not know this file\n")
        done = self.fetch.run("status", "nowhere")
        self.assertEqual(done.code, 3)
        self.assertEqual(done.err, "fetch: cannot open the journal nowhere/.fetch/journal.db: "
                                   "No such file or directory\n")

    def test_long_tags(self):
        """Up to a kilobyte they are kept; longer ones a server would have to take back."""
        tags = {"long": "e" * 1000, "too-long": "e" * 1100}
        self.fetch.write("urls.txt", [self.origin.url(name, etag=tag) for name, tag in tags.items()])
        self.assertEqual(self.fetch.run("urls.txt", "-o", "out").code, 0)
        counts = summary(self.fetch.run("urls.txt", "-o", "out"))
        self.assertEqual((counts["ok"], counts["unchanged"]), (1, 1))

    def test_of_an_unchanged_file(self):
        self.run_some()
        self.fetch.run("urls.txt", "-o", "out")
        row = self.status_json("--url", self.good)
        self.assertEqual((row["outcome"], row["status"], row["bytes"], row["etag"]),
                         ("unchanged", 304, 2000, '"e"'))

    def test_while_a_run_is_on(self):
        """Its rows are there within a moment."""
        self.urls = [self.origin.url("quick"), self.origin.url("slow", delay="60s")]
        self.fetch.write("urls.txt", self.urls)
        run = self.fetch.start("urls.txt", "-o", "out")
        self.await_row()
        self.assertEqual(self.status_json()["last_run"], "running")
        self.assertIn(b"a run is on\n", self.status().out)
        run.signal(signal.SIGINT)
        self.assertEqual(run.finish().code, 130)
        self.assertEqual(self.status_json()["last_run"], "ended")


class Kept(Journal):
    """When there is a journal, and when there is none."""

    def test_no_journal(self):
        self.fetch.write("urls.txt", [self.origin.url("a"), self.origin.url("b")])
        for arguments in (["--no-journal", "-o", "out"], ["--out-null"]):
            self.assertEqual(self.fetch.run("urls.txt", *arguments).code, 0)
            self.assertFalse((self.fetch.folder / "out/.fetch").exists())
        self.fetch.assert_files(["a", "b"])

    def test_no_journal_where_there_is_one(self):
        """It is neither read nor written."""
        self.fetch.write("urls.txt", [self.origin.url("a")])
        self.fetch.run("urls.txt", "-o", "out")
        before = self.journal.read_bytes()
        self.fetch.write("urls.txt", [self.origin.url("b/a")])
        done = self.fetch.run("--no-journal", "urls.txt", "-o", "out")
        self.assertEqual(summary(done)["ok"], 1)
        self.fetch.assert_files(["a"])
        self.assertEqual(self.journal.read_bytes(), before)

    def test_a_single_url(self):
        a, b = self.origin.url("a"), self.origin.url("x/a")
        self.assertEqual(self.fetch.run(a, "-o", "out/").code, 0)
        self.assertFalse((self.fetch.folder / "out/.fetch").exists())
        self.fetch.write("urls.txt", [a])
        self.fetch.run("urls.txt", "-o", "out")
        self.assertEqual(self.fetched(b, "-o", "out/")[b][:2], "a~")
        self.assertEqual(self.status_json()["urls"], 2)
        self.assertEqual(self.fetch.run(b, "-o", "out/file").code, 0)
        self.assertEqual(self.fetch.run(b, "-o", "-").code, 0)
        self.assertEqual(self.status_json()["urls"], 2)

    def test_several_urls(self):
        self.assertEqual(self.fetch.run(self.origin.url("a"), self.origin.url("b"), "-o",
                                        "out").code, 0)
        self.assertEqual(self.status_json()["ok"], 2)

    def test_after_an_interruption(self):
        """The same command goes on from there."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                quick = [self.origin.url(f"q{number}", modified="@1700000000")
                         for number in range(10)]
                slow = [self.origin.url(f"s{number}", delay="60s", times=1) for number in range(5)]
                self.fetch.write("urls.txt", quick + slow)
                command = ("-j", "3", *arguments, "urls.txt", "-o", "out")
                run = self.fetch.start(*command)
                deadline = time.monotonic() + 10
                while len(self.fetch.files()) < 10:
                    self.assertLess(time.monotonic(), deadline)
                    time.sleep(0.01)
                run.signal(signal.SIGINT)
                counts = summary(run.finish())
                self.assertEqual(counts["ok"] + counts["not tried"], 15)
                self.assertEqual(self.status_json()["urls"], counts["ok"])
                self.assertEqual(self.status_json()["last_run"], "ended")
                # "times" counts the requests that came: those not yet sent are slow once more.
                self.fetch.write("urls.txt", quick + [url.split("?")[0] for url in slow])
                done = self.fetch.run(*command)
                self.assertEqual(done.code, 0, done)
                self.assertEqual(summary(done)["unchanged"], counts["ok"])
                self.assertEqual(summary(done)["ok"], 15 - counts["ok"])

    def test_after_a_kill(self):
        self.urls = [self.origin.url("a", modified="@1700000000"),
                     self.origin.url("slow", delay="60s")]
        self.fetch.write("urls.txt", self.urls)
        run = self.fetch.start("urls.txt", "-o", "out")
        self.await_row()
        os.killpg(run.process.pid, signal.SIGKILL)
        run.finish()
        self.assertEqual(self.status_json()["last_run"], "killed")
        self.assertIn(b"the last run was killed", self.status().out)
        self.fetch.write("urls.txt", self.urls[:1])
        self.assertEqual(summary(self.fetch.run("urls.txt", "-o", "out"))["unchanged"], 1)
        self.assertEqual(self.status_json()["last_run"], "ended")

    def mark_killed(self):
        """As a run leaves it that never came to its end."""
        with contextlib.closing(sqlite3.connect(self.journal)) as database:
            database.execute("UPDATE job SET running = 1, complete = 0")
            database.commit()

    def test_rows_do_not_wait_for_a_slow_server(self):
        """Whatever a run waits for, what has finished is written down."""
        slow = {"a try": [self.origin.url("busy", status=503)],
                "a paused host": [self.origin.url(f"busy{number}", status=503, retry_after=30)
                                  for number in range(2)],
                "a command": [self.origin.url("long")]}
        for mode in MODES:
            for what, urls in slow.items():
                with self.subTest(what=what), self.mode(mode) as arguments:
                    quick = [self.origin.url(f"q{number}") for number in range(5)]
                    self.fetch.write("urls.txt", quick + urls)
                    command = 'case $FETCH_URL in *long) sleep 30;; esac'
                    run = self.fetch.start("-j", "1", "--retry-delay", "30", "--exec", command,
                                           *arguments, "urls.txt", "-o", "out")
                    deadline = time.monotonic() + 10
                    while len(self.fetch.files()) < 5 + (what == "a command"):
                        self.assertLess(time.monotonic(), deadline)
                        time.sleep(0.01)
                    time.sleep(0.5)
                    os.killpg(run.process.pid, signal.SIGKILL)
                    run.finish()
                    self.assertEqual(self.status_json()["ok"], 5)

    def test_files_of_others_after_a_kill(self):
        """What lies under the name of a URL without a row need not be its file."""
        for mode in MODES:
            for when, outcome in ((1600000000, "unchanged"), (1700000000, "ok"),
                                  (1700000000.5, "ok")):
                with self.mode(mode) as arguments:
                    self.fetch.write("urls.txt", [self.origin.url("other")])
                    self.fetch.run("urls.txt", "-o", "out")
                    self.mark_killed()
                    file = self.fetch.folder / "out/a"
                    file.write_bytes(b"published, or not")
                    os.utime(file, (when, when))
                    self.fetch.write("urls.txt", [self.origin.url("a", modified="@1600000000")])
                    done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                    self.assertEqual(summary(done)[outcome], 1, done)
                    if outcome == "ok":
                        self.fetch.assert_contents("a", self.origin.body("a"))

    def test_only_what_failed_after_a_kill(self):
        """What the killed run left over is still there to be gone on with."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                bad = self.origin.url("bad", status=404)
                self.fetch.write("urls.txt", [bad])
                self.fetch.run("urls.txt", "-o", "out")
                self.mark_killed()
                file = self.fetch.folder / "out/a"
                file.write_bytes(b"published, but not recorded")
                os.utime(file, (1600000000, 1600000000))
                self.fetch.write("urls.txt", [bad, self.origin.url("a", modified="@1600000000")])
                command = (*arguments, "urls.txt", "-o", "out")
                done = self.fetch.run("--retry-failed", *command)
                self.assertEqual(summary(done), {"ok": 0, "unchanged": 0, "skipped": 1,
                                                 "failed": 1})
                self.assertEqual(self.status_json()["last_run"], "ended")
                self.assertEqual(summary(self.fetch.run(*command))["unchanged"], 1)

    def test_without_validators(self):
        """What a run that was broken off has a row for is done; a run that came to its end is not
        gone on with."""
        quick = [self.origin.url(f"q{number}") for number in range(10)]
        slow = self.origin.url("slow", delay="60s")
        for mode in MODES:
            for how in (signal.SIGINT, signal.SIGKILL):
                with self.mode(mode) as arguments:
                    self.fetch.write("urls.txt", [*quick, slow])
                    run = self.fetch.start(*arguments, "urls.txt", "-o", "out")
                    deadline = time.monotonic() + 10
                    while self.rows() < 10:
                        self.assertLess(time.monotonic(), deadline)
                        time.sleep(0.02)
                    run.signal(how)
                    run.finish()
                    (self.fetch.folder / "out/q3").write_bytes(b"edited")
                    (self.fetch.folder / "out/q4").unlink()
                    (self.fetch.folder / "out/q5").unlink()
                    (self.fetch.folder / "out/q5").symlink_to("q6")
                    self.origin.reset_stats()
                    self.fetch.write("urls.txt", [*quick, slow.split("?")[0]])
                    command = (*arguments, "urls.txt", "-o", "out")
                    done = self.fetch.run("--retry-failed", *command)
                    self.assertEqual((done.code, self.origin.requests()), (0, []), done)
                    done = self.fetch.run(*command)
                    self.assertEqual(done.code, 0, done)
                    counts = summary(done)
                    self.assertEqual((counts["ok"], counts["unchanged"]), (4, 7), done)
                    self.assertEqual(self.origin.stats()["requests"], 4)
                    for number in range(10):
                        self.fetch.assert_contents(f"q{number}", self.origin.body(f"q{number}"))
                    counts = summary(self.fetch.run(*command))
                    self.assertEqual((counts["ok"], counts["unchanged"]), (11, 0))

    def rows(self):
        """Files that the journal knows of, 0 before there is one."""
        done = self.fetch.run("status", "--json", "out")
        return json.loads(done.out)["files"] if done.code == 0 else 0


if __name__ == "__main__":
    unittest.main()
