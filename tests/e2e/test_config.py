"""The user's configuration file: what it sets, what overrides it, and what is wrong in it."""

import json
import unittest

from harness.case import Case
from harness.told import MODES


class Config(Case):
    def setUp(self):
        super().setUp()
        self.file = self.fetch.output / "fetch" / "config"  # $XDG_CONFIG_HOME is fetch.output
        self.file.parent.mkdir()

    def agent(self, *arguments, **options):
        """The User-Agent that a run with this configuration sends."""
        done = self.fetch.run(*arguments, self.origin.url("echo", echo=1), "-o", "-", **options)
        self.assertEqual(done.code, 0, done)
        return dict(json.loads(done.out)["headers"])["User-Agent"]

    def refused(self, text, *told):
        self.file.write_text(text)
        done = self.fetch.run(self.origin.url())
        self.assertEqual(done.code, 2, done)
        for words in told:
            self.assertIn(words, done.err)
        self.assertEqual(self.origin.stats()["requests"], 0)

    def test_all_ways_to_write_a_line(self):
        for line in ("user-agent = me", "user-agent me", "--user-agent=me", "user-agent=me",
                     '  user-agent = "me"  ', "user-agent\tme\r", "# no\n\n  # no\nuser-agent me"):
            self.file.write_text(line + "\n")
            self.assertEqual(self.agent(), "me", line)
        self.file.write_text(r'user-agent = "it is  \"me\" \\"')
        self.assertEqual(self.agent(), 'it is  "me" \\')

    def test_command_line_has_the_last_word(self):
        self.file.write_text("user-agent = me\n")
        self.assertEqual(self.agent("-A", "you"), "you")
        self.assertNotEqual(self.agent("--no-config"), "me")

    def test_home_when_there_is_no_other_place(self):
        (self.fetch.folder / ".config" / "fetch").mkdir(parents=True)
        (self.fetch.folder / ".config" / "fetch" / "config").write_text("user-agent = home\n")
        home = {"HOME": str(self.fetch.folder)}
        self.assertEqual(self.agent(environment={**home, "XDG_CONFIG_HOME": ""}), "home")
        self.assertEqual(self.agent(environment={**home, "XDG_CONFIG_HOME": "not/absolute"}), "home")
        self.assertNotEqual(self.agent(environment=home), "home")
        self.assertNotEqual(self.agent(environment={"HOME": "", "XDG_CONFIG_HOME": ""}), "home")

    def test_what_is_wrong_is_named(self):
        where = str(self.file)
        self.refused("\njbos = 5\n", f"{where}:2: unknown option jbos")
        self.refused("jobs\n", f"{where}:1: option jobs: a value is missing (N)")
        self.refused("compressed = yes\n", f"{where}:1: option compressed: takes no value")
        self.refused("# all\njobs = many\n", "option --jobs: 'many'", f"{where}:2")
        self.refused('user-agent = "me\n', f"{where}:1: a quote")
        self.refused('user-agent = "me" too\n', f"{where}:1: a quote")
        self.refused("help\n", f"{where}:1: option help is for the command line only")
        self.refused("continue-at = 5\n", f"{where}:1: unknown option continue-at")
        self.refused("x" * (1 << 20), f"cannot read {where}: File too large")

    def test_all_modes_and_compare(self):
        self.file.write_text("header = \"X-Mine: 1\"\nruns = 1\nmode = sync\n")
        for arguments in MODES.values():
            done = self.fetch.run(*arguments, self.origin.url("echo", echo=1), "-o", "-")
            self.assertEqual(json.loads(done.out)["headers"].count(["X-Mine", "1"]), 1, done)
        done = self.fetch.run("compare", "--json", self.origin.url("echo", echo=1), "-o", "out")
        self.assertEqual(done.code, 0, done)
        for mode in ("sync", "threads", "processes", "async"):
            content = json.loads((self.fetch.folder / "out" / mode / "echo").read_text())
            self.assertEqual(content["headers"].count(["X-Mine", "1"]), 1, mode)

    def test_directory_in_its_place(self):
        self.file.mkdir()
        done = self.fetch.run(self.origin.url(), "-o", "out/")
        self.assertEqual(done.code, 2, done)
        self.assertIn(f"cannot read {self.file}: Is a directory", done.err)


if __name__ == "__main__":
    unittest.main()
