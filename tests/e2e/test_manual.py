"""What is made of the option table: the manual page, and what shells complete."""

import os
import pathlib
import re
import shutil
import subprocess
import unittest

from harness.program import Program

FOLDER = pathlib.Path(os.environ.get("GENERATED_FOLDER", "build/cmd"))


def output(*command, **options):
    return subprocess.run(command, capture_output=True, check=True, text=True, timeout=20,
                          **options)


class Manual(unittest.TestCase):
    def options(self, *command):
        """Long names that --help tells of."""
        with Program() as fetch:
            told = fetch.run(*command, "--help").out.decode()
        return set(re.findall(r"^ +(?:-\w, )?--([a-z0-9.-]+)", told, re.MULTILINE))

    @unittest.skipUnless(shutil.which("groff"), "groff is not installed")
    def test_manual_page_is_clean_and_complete(self):
        done = output("groff", "-man", "-Tascii", "-ww", "-P-c", str(FOLDER / "fetch.1"))
        self.assertEqual(done.stderr, "")
        plain = re.sub(".\b", "", done.stdout)
        for name in self.options("get") | self.options("compare") | self.options("status"):
            self.assertRegex(plain, rf"(?m)^ +(-\w, )?--{re.escape(name)}( |$)")

    def complete(self, *words):
        """What bash offers for the last of these words."""
        script = ('source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _fetch; '
                  'printf "%s\\n" "${COMPREPLY[@]}"')
        done = output("bash", "-uc", script, "bash",
                      str(FOLDER / "fetch.bash"), *words)
        self.assertEqual(done.stderr, "")
        return done.stdout.split("\n")[:-1]

    def test_bash_offers_names_words_and_files(self):
        offered = set(self.complete("fetch", "--"))
        self.assertEqual(offered, {f"--{name}" for name in self.options("get")})
        offered = set(self.complete("fetch", "compare", "--"))
        self.assertEqual(offered, {f"--{name}" for name in self.options("compare")})
        self.assertEqual(self.complete("fetch", "--mode", "s"), ["sync"])
        self.assertEqual(self.complete("fetch", "--mode", "=", "s"), ["sync"])
        self.assertEqual(self.complete("fetch", "comp"), ["compare"])
        self.assertEqual(self.complete("fetch", "-j", ""), [""])

    def test_bash_offers_file_names_with_blanks(self):
        with Program() as fetch:
            fetch.write("a list.txt", [])
            (fetch.folder / "a folder").mkdir()
            self.assertEqual(sorted(self.complete("fetch", "get", str(fetch.folder / "a"))),
                             sorted(str(fetch.folder / name) for name in ("a list.txt", "a folder")))
            self.assertEqual(self.complete("fetch", "-o", str(fetch.folder / "a")),
                             [str(fetch.folder / "a folder")])

    @unittest.skipUnless(shutil.which("zsh"), "zsh is not installed")
    def test_zsh_takes_its_file(self):
        done = output("zsh", "-f", "-n", str(FOLDER / "_fetch"))
        self.assertEqual(done.stderr, "")
        for name in self.options("get") | self.options("compare") | self.options("status"):
            self.assertIn(f"--{name}", (FOLDER / "_fetch").read_text())

    @unittest.skipUnless(shutil.which("fish"), "fish is not installed")
    def test_fish_offers_names_and_words(self):
        def offered(line):
            done = output("fish", "--no-config", "-c", 'source $argv[1]; complete -C $argv[2]',
                          str(FOLDER / "fetch.fish"), line)
            self.assertEqual(done.stderr, "")
            return {row.split("\t")[0] for row in done.stdout.splitlines()}

        self.assertLessEqual({f"--{name}" for name in self.options("get")},
                             {name.rstrip("=") for name in offered("fetch --")})
        self.assertEqual(offered("fetch --mode s"), {"sync"})
        self.assertNotIn("--runs", offered("fetch --"))
        self.assertIn("--runs", offered("fetch compare --"))


if __name__ == "__main__":
    unittest.main()
