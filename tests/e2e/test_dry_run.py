"""--dry-run: names as a real run gives them, and nothing done."""

import re
import unittest

from harness.case import Case
from harness.told import failures, summary


class DryRun(Case):
    def told(self, *arguments, code=0):
        done = self.fetch.run("--dry-run", *arguments)
        self.assertEqual(done.code, code, done)
        self.assertEqual(self.origin.stats()["requests"], 0)
        return dict(line.split("\t") for line in done.out.decode().splitlines()), done

    def test_names_are_those_of_a_real_run(self):
        urls = [self.origin.url(f"d{number}/same.bin") for number in range(5)]
        urls += [self.origin.url("a%20b"), self.origin.url("d/")]
        self.fetch.write("urls.txt", urls)
        for layout in ("flat", "path"):
            lines, done = self.told("urls.txt", "-o", "out", "--layout", layout)
            self.assertFalse((self.fetch.folder / "out").exists())
            self.assertEqual(list(lines), urls)
            self.assertEqual(summary(done), {"ok": 0, "unchanged": 0, "skipped": 0, "failed": 0,
                                             "not tried": 7})
            self.fetch.run("urls.txt", "-o", f"out-{layout}", "--layout", layout)
            self.origin.reset_stats()
            self.assertEqual(sorted(name.removeprefix("out/") for name in lines.values()),
                             [name for name in self.fetch.files(f"out-{layout}")
                              if not name.startswith(".fetch/")])

    def test_wrong_options_are_named(self):
        self.fetch.write("urls.txt", [self.origin.url("a"), " bogus=1"])
        _, done = self.told("urls.txt", code=1)
        self.assertEqual(failures(done), {self.origin.url("a"):
                                          "option bogus: aria2 has no such option"})

    def test_options_without_effect_are_named(self):
        self.fetch.write("urls.txt", [self.origin.url("a"), " split=4"])
        _, done = self.told("urls.txt")
        self.assertIn("fetch: urls.txt:2: the option split has no effect here\n", done.err)

    def test_names_of_the_journal(self):
        one, two = self.origin.url("x/same"), self.origin.url("y/same")
        self.fetch.write("urls.txt", [one, two])
        self.fetch.run("urls.txt", "-o", "out")
        self.origin.reset_stats()
        before, _ = self.told("urls.txt", "-o", "out")
        self.fetch.write("urls.txt", [two, one])
        after, _ = self.told("urls.txt", "-o", "out")
        self.assertEqual(before, after)
        self.assertEqual(before[one], "out/same")

    def test_wrong_lines_and_secrets(self):
        good = self.origin.url("a").replace("http://", "http://me:secret@")
        self.fetch.write("urls.txt", [good, "nonsense", good])
        lines, done = self.told("urls.txt", "-o", "out/", code=1)
        self.assertEqual(lines, {self.origin.url("a"): "out/a"})
        self.assertIn("urls.txt:2: nonsense", done.err)
        self.assertEqual(summary(done)["skipped"], 1)
        self.assertNotIn("secret", done.out.decode() + done.err)
        self.assertEqual(failures(done), {})

    def test_single_url_and_nowhere(self):
        url = self.origin.url("a")
        self.assertEqual(self.told(url, "-o", "b")[0], {url: "b"})
        self.assertEqual(self.told(url, "-o", "-")[0], {url: "-"})
        self.assertEqual(self.told(url, "--out-null")[0], {url: ""})

    def test_files_that_are_there(self):
        """As a real run treats them."""
        urls = [self.origin.url(name) for name in ("a", "b.txt", "d")]
        self.fetch.write("urls.txt", urls)
        (self.fetch.folder / "out" / "d").mkdir(parents=True)
        for name in ("a", "b.txt", "b.txt.1"):
            (self.fetch.folder / "out" / name).write_text("mine")
        for choice in ("skip", "fail", "rename"):
            with self.subTest(choice):
                options = ("urls.txt", "-o", "out", "--if-exists", choice)
                lines, dry = self.told(*options, code=0 if choice == "rename" else 1)
                real = self.fetch.run(*options, "-v")
                self.origin.reset_stats()
                if choice == "rename":
                    renamed = dict(re.findall(r"(?m)^ok: (\S+) -> (\S+)", real.err))
                    self.assertEqual(lines, {url: "out/" + renamed[url] for url in urls})
                    continue
                self.assertEqual(lines, {})
                self.assertEqual(failures(dry), failures(real))
                self.assertEqual(summary(dry), {**summary(real), "not tried": 0}
                                 if "not tried" in summary(dry) else summary(real))
                self.assertEqual(summary(dry)["skipped"], 2 if choice == "skip" else 0)

    def test_options_are_checked(self):
        for option in ("--dns-servers=name", "--interface=nonsense", "--resolve=h:0:127.0.0.1",
                       "-xfoo://x"):
            with self.subTest(option):
                _, done = self.told(option, self.origin.url("a"), code=2)
                self.assertIn(option.split("=")[0][:2], done.err)
        for option in ("--log=f", "--har=f", "--report=f", "--exec=true", "-cjar", "-J"):
            with self.subTest(option):
                _, done = self.told(option, self.origin.url("a"), code=2)
                self.assertIn("--dry-run", done.err)
                self.assertEqual(list(self.fetch.folder.iterdir()), [])

    def test_missing_list(self):
        done = self.fetch.run("--dry-run", "missing.txt", "-o", "out")
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot open missing.txt", done.err)


if __name__ == "__main__":
    unittest.main()
