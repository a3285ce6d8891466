"""fetch compare: the table, JSON, what is kept and what is removed."""

import json
import unittest

from harness.case import Case

KEYS = {"mode", "jobs", "ok", "failed", "bytes", "wall_s", "user_s", "sys_s", "max_rss_kib",
        "context_switches", "speedup"}


class Compare(Case):
    def write_list(self, count=20, **behaviour):
        urls = [self.origin.url(f"{number}.bin", size=5000, **behaviour) for number in range(count)]
        return self.fetch.write("urls.txt", urls)

    def compare(self, *arguments, **options):
        return self.fetch.run("compare", *arguments, timeout=60,
                              environment={"TMPDIR": str(self.fetch.folder)}, **options)

    def test_table(self):
        self.write_list(delay="30ms")
        done = self.compare("-j", "10", "urls.txt")
        self.assertEqual(done.code, 0, done)
        lines = done.out.decode().splitlines()
        self.assertEqual([line.split()[0] for line in lines],
                         ["mode", "sync", "threads", "processes", "async"])
        self.assertTrue(lines[1].endswith("1.00x"), lines[1])
        # Nothing is left but the list.
        self.assertEqual([path.name for path in self.fetch.folder.iterdir()], ["urls.txt"])

    def test_json(self):
        self.write_list(delay="50ms")
        done = self.compare("-j", "10", "--json", "--modes", "sync,async", "--runs", "3",
                            "urls.txt")
        self.assertEqual(done.code, 0, done)
        sync, asynchronous = json.loads(done.out)
        for row, mode, jobs in ((sync, "sync", 1), (asynchronous, "async", 10)):
            self.assertEqual(set(row), KEYS)
            self.assertEqual((row["mode"], row["jobs"], row["ok"], row["failed"], row["bytes"]),
                             (mode, jobs, 20, 0, 100000))
            self.assertGreater(row["max_rss_kib"], 1000)
            self.assertGreater(row["context_switches"], 0)
        self.assertEqual(sync["speedup"], 1.0)
        # Twenty delays one after another against two at ten a time.
        self.assertGreater(asynchronous["speedup"], 2)
        self.assertEqual(self.origin.stats()["requests"], 20 * 2 * 3)

    def test_kept(self):
        self.write_list()
        done = self.compare("-o", "all/kept", "urls.txt")
        self.assertEqual(done.code, 0, done)
        for mode in ("sync", "threads", "processes", "async"):
            self.fetch.assert_files([f"{number}.bin" for number in range(20)], f"all/kept/{mode}")

    def test_files_of_others_stay(self):
        """A directory that has a mode's name by chance is not emptied."""
        self.write_list()
        mine = self.fetch.folder / "kept" / "async" / "mine.txt"
        mine.parent.mkdir(parents=True)
        mine.write_text("precious")
        done = self.compare("-o", "kept", "urls.txt")
        self.assertEqual(done.code, 3, done)
        self.assertIn("kept/async: Directory not empty", done.err)
        self.assertEqual(mine.read_text(), "precious")
        self.assertEqual(self.origin.stats()["requests"], 0)

    def test_single_url(self):
        done = self.compare("--modes", "async,sync", self.origin.url("one.bin"), "-o", "kept")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["one.bin"], "kept/async")

    def test_standard_input(self):
        urls = "".join(self.origin.url(f"{number}.bin") + "\n" for number in range(5))
        done = self.compare("--json", "-", stdin=urls.encode())
        self.assertEqual(done.code, 0, done)
        self.assertEqual([row["ok"] for row in json.loads(done.out)], [5, 5, 5, 5])

    def test_failures_count(self):
        self.fetch.write("urls.txt", [self.origin.url("a.bin"),
                                      self.origin.url("b.bin", status=404)])
        done = self.compare("--json", "urls.txt")
        self.assertEqual(done.code, 1, done)
        self.assertEqual([(row["ok"], row["failed"]) for row in json.loads(done.out)],
                         [(1, 1)] * 4)
        self.assertIn("404", done.err)

    def test_files_that_differ(self):
        """The second request of this URL gets another body than the first."""
        self.fetch.write("urls.txt", [self.origin.url("a.bin", status=203, truncate=10, times=1,
                                                      nolength=1)])
        done = self.compare("--modes", "sync,async", "urls.txt")
        self.assertEqual(done.code, 1, done)
        self.assertIn("a.bin differs", done.err)

    def test_nonsense(self):
        self.write_list()
        for arguments, word in ((["--modes", "fast"], "--modes"), (["--runs", "0"], "--runs"),
                                (["--report", "-"], "--report"), (["--mode", "sync"], "")):
            with self.subTest(arguments=arguments):
                done = self.compare(*arguments, "urls.txt")
                if word:
                    self.assertEqual(done.code, 2, done)
                    self.assertIn(word, done.err)

        self.assertIn("try 'fetch compare --help'\n", self.compare("--runs", "0", "urls.txt").err)

    def test_what_get_says_is_enough(self):
        done = self.compare("missing.txt")
        self.assertEqual((done.code, done.out), (3, b""))
        self.assertEqual(done.err, "fetch: cannot open missing.txt: No such file or directory\n")

    def test_interrupted(self):
        self.write_list(delay="20s")
        run = self.fetch.start("compare", "urls.txt",
                               environment={"TMPDIR": str(self.fetch.folder)})
        deadline = 200
        while self.origin.stats()["requests"] == 0 and deadline:
            deadline -= 1
        run.signal()
        done = run.finish(5)
        self.assertEqual(done.code, 130, done)
        self.assertEqual([path.name for path in self.fetch.folder.iterdir()], ["urls.txt"])


if __name__ == "__main__":
    unittest.main()
