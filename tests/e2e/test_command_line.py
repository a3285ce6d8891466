"""The command line: what is accepted, refused, hinted at."""

import os
import re
import unittest

from harness.case import Case
from harness.program import Program
from harness.server import built
from harness.told import MODES

# Named in the contract, not built yet: unknown, so that nobody believes they had an effect.
UNBUILT = """
    --level=1 --no-parent --page-requisites --span-hosts
    --domains=x --accept=x --reject=x --accept-regex=x --reject-regex=x --delay=1 --no-robots
    --max-urls=1 --quota=1 --job-time=1 --no-convert --delete --why=x --check --fail-on-broken
    -l=1 -r -R=x""".split()

WRONG_VALUES = """-j0 -j-1 -jx -j100001 --jobs=1.5 --per-host=0 --threads=0 --threads=x --mode=fast
    --layout=deep --if-exists=maybe --retry=-1 --retry=x --retry-delay=x --retry-max-time=1d -m-1
    -m1x --connect-timeout=x --stall-timeout= --max-filesize=1T --max-filesize=-1 --max-redirs=x
    --proto=foo --progress=x --resolver=x --resolve=x --dns-servers=name --dns-servers=1.2.3.4:x
    -xfoo://x -unobody -Hnocolon -Ha;b -H:c -H@- --log= --exec= --compressed=1 --json --runs=2""".split()


class CommandLine(Case):
    def refused(self, *arguments):
        """Exits 2, saying why, before anything was asked for or made. What it said."""
        done = self.fetch.run(*arguments)
        self.assertEqual(done.code, 2, f"{arguments}: {done}")
        self.assertEqual(done.out, b"", arguments)
        self.assertTrue(done.err.startswith("fetch: "), done)
        self.assertEqual(os.listdir(self.fetch.folder), [], arguments)
        return done.err

    def test_options_that_are_not_built(self):
        url = self.origin.url("a")
        for option in UNBUILT:
            with self.subTest(option):
                letter = re.fullmatch(r"(-\w)=(.*)", option)
                words = letter.groups() if letter else (option,)
                name = option.split("=")[0] if option.startswith("--") else option[:2]
                said = self.refused(*words, url, "-o", "out/")
                self.assertTrue(said.startswith(f"fetch: unknown option {name}"), said)
        self.assertEqual(self.origin.requests(), [])

    def test_hints_for_what_other_programs_have(self):
        url = self.origin.url("a")
        self.assertIn("-o DIR says where they go", self.refused("-O", url))
        self.assertIn("run the same command again", self.refused("-C", "-", url))
        self.assertIn("fetch urls.txt -o out/", self.refused("-i", "urls.txt"))
        self.assertIn("fetch urls.txt -o out/", self.refused("--input-file=urls.txt"))
        self.assertIn("did you mean --max-time?", self.refused("--max-tine", "1", url))
        self.assertIn("did you mean --output?", self.refused("--outptu", "x", url))
        self.assertIn("did you mean --output?", self.refused("-P", "x", url))
        self.assertIn("did you mean --retry?", self.refused("-t", "3", url))
        self.assertIn("--if-exists skip", self.refused("-nc", url))
        for command in "mirror", "crawl":
            self.assertEqual(self.refused(command, "-nc", url).splitlines()[0],
                             f"fetch: option -nc: {command} has none; or write -n -c FILE")
            self.assertEqual(self.refused(command, url, "-o", "-").splitlines()[0],
                             f"fetch: option -o: {command} needs a directory, not standard output "
                             "(-)")
            for most in "-1", "15":
                self.assertEqual(self.refused(command, "--max-redirs", most, url).splitlines()[0],
                                 "fetch: option --max-redirs: mirror and crawl follow 14 at most")
            self.assertEqual(self.refused(command, "--why", "nonsense", url).splitlines()[0],
                             "fetch: option --why: 'nonsense' is no URL; it has no scheme")

    def test_wrong_values(self):
        for option in WRONG_VALUES:
            with self.subTest(option):
                self.refused(option, self.origin.url("a"))
        self.assertEqual(self.origin.requests(), [])

    def test_what_is_there_stays(self):
        """Also what only libcurl and c-ares find wrong is found before anything is written."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url("a")])
                self.fetch.write("log", "precious\n")
                done = self.fetch.run("--dns-servers", "name", "--log", "log", *arguments,
                                      "urls.txt", "-o", "out")
                self.assertEqual(done.code, 2, done)
                self.assertEqual(self.made(), "precious\n")
                self.assertFalse((self.fetch.folder / "out").exists())

    def test_http3(self):
        """Only where libcurl speaks it."""
        if b" HTTP3" in self.fetch.run("--version").out:
            self.skipTest("this libcurl has HTTP/3")
        self.assertIn("--http3: this libcurl has no HTTP/3",
                      self.refused("--http3", self.origin.url("a")))

    def test_values_that_are_missing(self):
        for option in ("-j", "-o", "--retry", "-H", "--log"):
            with self.subTest(option):
                self.assertIn("a value is missing", self.refused("http://127.0.0.1/", option))

    def test_abbreviations_are_not_guessed(self):
        """What is typed today must not change its meaning with the next option."""
        self.assertIn("unknown option --dns", self.refused("--dns", "127.0.0.1", "http://x/"))

    def test_nothing_to_do(self):
        self.assertIn("nothing to fetch", self.refused())
        self.assertIn("nothing to fetch", self.refused("-j", "5"))

    def test_what_is_always_on(self):
        for words in (["-L"], ["-f"], ["-S"], ["-Z"], ["-LfSZ"], ["-fsSL"],
                      ["--location", "--fail", "--show-error", "--parallel"]):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words, self.origin.url("a", redirect=2), "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["a"])

    def test_forms(self):
        """Options before, between and behind arguments; glued, with "=" and apart; "--"."""
        url = self.origin.url("a")
        for words in (["-o", "out/", url], [url, "-o", "out/"], [url, "-oout/"],
                      ["--output=out/", url], ["--output", "out/", "--", url],
                      ["get", url, "-o", "out/"], ["--output-dir", "out/", url],
                      ["-j", "3", url, "--retry=0", "-oout/", "-m", "10s"]):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["a"])

    def test_output_dir(self):
        """Always a directory, also for a single URL; -o lies in it."""
        url = self.origin.url("a")
        for words, path in ((["--output-dir", "new"], "new/a"),
                            (["--output-dir", "new/deep", "-o", "b"], "new/deep/b"),
                            (["-o", "c/d", "--output-dir", "new"], "new/c/d"),
                            (["-o", "e/", "--output-dir=new/"], "new/e/a")):
            with self.subTest(words), Program() as self.fetch:
                done = self.fetch.run(*words, url)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files([path], ".")

    def test_options_that_could_only_be_ignored(self):
        """Each beside one that leaves it without effect; in the configuration it may stand."""
        url = self.origin.url("a")
        for words in (["--out-null", "-o", "out"], ["--out-null", "--fsync"],
                      ["-o", "-", "--if-exists", "skip"], ["-o", "b", "--layout", "path"],
                      ["--mode", "sync", "--threads", "2"], ["--mode", "threads", "--split", "2"],
                      ["--min-split-size", "1M"], ["--list-format", "csv"],
                      ["--resolver", "system", "--dns-servers", "127.0.0.1"]):
            with self.subTest(words):
                said = self.refused(*words, url)
                self.assertRegex(said, r"\Afetch: option --[a-z-]+: ")
        self.assertEqual(self.origin.requests(), [])
        (self.fetch.output / "fetch").mkdir()
        (self.fetch.output / "fetch" / "config").write_text("fsync\nthreads = 2\nsplit = 2\n")
        for words in (["--out-null"], ["--mode", "sync", "-o", "-"]):
            done = self.fetch.run(*words, url)
            self.assertEqual(done.code, 0, done)

    def test_behind_two_dashes_everything_is_a_source(self):
        with Program() as self.fetch:
            self.fetch.write("-j", [self.origin.url("a")])
            done = self.fetch.run("-o", "out", "--", "-j")
            self.assertEqual(done.code, 0, done)
            self.fetch.assert_files(["a"])

    def test_help_and_version(self):
        for words in (["--help"], ["-h"], ["help"], ["help", "get"], ["-j", "3", "--help"]):
            with self.subTest(words):
                done = self.fetch.run(*words)
                self.assertEqual((done.code, done.err), (0, ""), done)
                for text in (b"Usage: fetch [get] [OPTIONS] SOURCE...", b"-j, --jobs N",
                             b"--stall-timeout TIME", b"Exit status:"):
                    self.assertIn(text, done.out)
                self.assertNotIn(b"--stats-fd", done.out)
                self.assertLessEqual(max(map(len, done.out.splitlines())), 80)
        done = self.fetch.run("help", "compare")
        self.assertEqual(done.code, 0, done)
        self.assertIn(b"--modes LIST", done.out)
        self.assertIn("no help on 'nonsense'", self.refused("help", "nonsense"))
        done = self.fetch.run("--version")
        self.assertEqual((done.code, done.err), (0, ""), done)
        self.assertRegex(done.out, rb"\Afetch \d+\.\d+\.\d+\nlibcurl/\d[^\n]* c-ares/\d")

    def test_help_on_a_full_disk(self):
        with Program("/bin/sh", ["-c", 'exec "$0" "$@" >/dev/full',
                                 built("FETCH_BINARY", "fetch")]) as fetch:
            done = fetch.run("--help")
            self.assertEqual(done.code, 3, done)
            self.assertIn("fetch: cannot write to standard output", done.err)


if __name__ == "__main__":
    unittest.main()
