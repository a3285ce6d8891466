"""-J: files are called what servers suggest, and no suggestion leads anywhere else."""

import unittest

from harness.case import Case
from harness.program import Program
from harness.told import MODES, log, summary


class Suggestions(Case):
    def suggest(self, path, name, **behaviour):
        return self.origin.url(path, header=f"Content-Disposition: {name}", **behaviour)

    def test_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.suggest("a.php", 'attachment; filename="report 1.txt"'),
                        self.suggest("b.php", "inline; filename=x; "
                                     "filename*=UTF-8''%e2%82%ac.txt"),
                        self.origin.url("c.php")]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-J", *arguments, "--log", "log", "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["report 1.txt", "\u20ac.txt", "c.php"])
                self.fetch.assert_contents("report 1.txt", self.origin.body("a.php"))
                self.assertEqual({line["path"] for line in log(self.made())},
                                 {"report 1.txt", "\u20ac.txt", "c.php"})

    def test_only_when_asked(self):
        done = self.fetch.run(self.suggest("a", "attachment; filename=b"), "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["a"])

    def test_hostile(self):
        for given, name in (("../../evil", "evil"), ("/etc/passwd", "passwd"), ("..", "___"),
                            (".bashrc", "_.bashrc"), ("-rf", "_-rf"), (".fetch", "_.fetch"),
                            ("x.part", "x.part_"), ("a" * 300 + ".gz", "a" * 252 + ".gz"),
                            ("", "a"), ("..\\\\..\\\\x", "x"), ("dir/", "a")):
            with self.subTest(given), Program() as self.fetch:
                done = self.fetch.run("-J", self.suggest("a", f'attachment; filename="{given}"'),
                                      "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files([name])
        with Program() as self.fetch:
            done = self.fetch.run("-J", self.suggest("a", "attachment; filename*=UTF-8''x%0a%1b"
                                                     "%00%e2%80%aey"), "-o", "out/")
            self.fetch.assert_files(["x____y"])

    def test_names_stay_apart(self):
        """Whatever suggests them, and also from names of URLs."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.suggest(f"a{number}", "attachment; filename=same.txt")
                        for number in range(20)]
                urls += [self.origin.url("x/same.txt"), self.origin.url("y/same.txt")]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-J", "-j", "8", *arguments, "--log", "log", "urls.txt",
                                      "-o", "out")
                self.assertEqual(summary(done)["ok"], 22, done)
                paths = [line["path"] for line in log(self.made())]
                self.assertEqual(len(set(paths)), 22)
                self.assertIn("same.txt", paths)
                for line in log(self.made()):
                    path = line["url"].split("/", 3)[3].split("?")[0]
                    self.fetch.assert_contents(line["path"], self.origin.body(path))

    def test_what_is_said_in_so_many_words_stays(self):
        url = self.suggest("a", "attachment; filename=b")
        done = self.fetch.run("-J", url, "-o", "mine")
        self.assertEqual(done.code, 0, done)
        self.assertTrue((self.fetch.folder / "mine").exists())
        done = self.fetch.run("-J", url, "-o", "-")
        self.assertEqual(done.out, self.origin.body("a"))
        self.fetch.write("urls.txt", [url, "  out=theirs"])
        done = self.fetch.run("-J", "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["theirs"])

    def test_directories_stay(self):
        done = self.fetch.run("-J", "--layout", "path",
                              self.suggest("d/e/a.php", "attachment; filename=b.txt"), "-o", "out/")
        self.assertEqual(done.code, 0, done)
        host = self.origin.host
        self.fetch.assert_files([f"{host}/d/e/b.txt"])

    def test_after_a_redirect(self):
        """The name is the final answer's, not a redirect's."""
        end = self.suggest("end", "attachment; filename=end.txt")
        url = self.suggest("a", "attachment; filename=hop.txt", location=end)
        done = self.fetch.run("-J", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["end.txt"])

    def test_again(self):
        """A second run asks conditionally, and knows the names again."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.suggest(f"a{number}", "attachment; filename=same.txt", etag=number)
                        for number in range(4)]
                self.fetch.write("urls.txt", urls)
                runs = []
                for _ in range(2):
                    done = self.fetch.run("-J", *arguments, "--log", "log", "urls.txt", "-o",
                                          "out")
                    self.assertEqual(done.code, 0, done)
                    runs.append((summary(done), {line["url"]: line["path"]
                                                 for line in log(self.made())}))
                self.assertEqual(runs[1][0]["unchanged"], 4)
                self.assertEqual(runs[0][1], runs[1][1])
                self.assertEqual(len(self.fetch.files()), 4)

    def test_names_that_are_taken(self):
        """--if-exists goes by the name that the file would get."""
        url = self.suggest("a", "attachment; filename=b.txt")
        for what, code, files in (("overwrite", 0, ["b.txt"]), ("skip", 0, ["b.txt"]),
                                  ("rename", 0, ["b.txt", "b.1.txt"]), ("fail", 1, ["b.txt"])):
            with self.subTest(what), Program() as self.fetch:
                (self.fetch.folder / "out").mkdir()
                (self.fetch.folder / "out" / "b.txt").write_text("old")
                done = self.fetch.run("-J", "--if-exists", what, url, "-o", "out/")
                self.assertEqual(done.code, code, done)
                self.fetch.assert_files(files)
                old = (self.fetch.folder / "out" / "b.txt").read_text() == "old"
                self.assertEqual(old, what != "overwrite")
                self.assertEqual(summary(done)["skipped"], what == "skip")


if __name__ == "__main__":
    unittest.main()
