"""Whatever the option, the modes agree: on files, names, times, words and exit status."""

import re
import time
import unittest

from harness.case import Case
from harness.program import Program
from harness.told import MODES

# What each is run with, once without and once with the files of an earlier run.
FRESH = """

--layout path
-J
--no-remote-time
--compressed
--max-filesize 50K
--max-redirs 1
--proto http
--deny-private
--retry-all-errors --retry 1
--exec false
--min-free 999999G
--no-journal
--out-null
--dry-run
-v
-q
--rate 200/s
--per-host 1
--per-host 1 --group-by ip
--limit-rate 20M
--fsync
-m 5
--stall-timeout 5
--connect-timeout 3
--speed-limit 1
-4
-6
--resolver system
-z 20240101
-z -20240101
--http1.1
--http2
-x http://127.0.0.1:1
--noproxy * -x http://127.0.0.1:1
-b a=b -c jar
--hsts hosts
--alt-svc places
--interface 127.0.0.1
""".split("\n")[1:-1]
AGAIN = """

--if-exists skip
--if-exists fail
--if-exists rename
--if-exists overwrite
--retry-failed
--no-journal
""".split("\n")[1:-1]

LONG_AGO = 1700000000


class Agreement(Case):
    def write_list(self):
        origin = self.origin
        self.fetch.write("urls.txt", [
            origin.url("a", size="100K", modified=f"@{LONG_AGO}", etag="x"),
            origin.url("d/b", size="2K", disposition="name.txt"), origin.url("miss", status=404),
            origin.url("sub/a", size=3), origin.url("r", redirect=3),
            origin.url("big", size="2M", ranges=1, etag="y"), "ftp://127.0.0.1:1/x", "nonsense",
            origin.url("g", gzip="negotiate", size="5K"), origin.url("d/"),
            origin.url("a", size="100K", modified=f"@{LONG_AGO}", etag="x"),
            origin.url("away", location="ftp://127.0.0.1:1/z")])

    def told(self, text):
        """Without what differs from run to run."""
        text = re.sub(r"[\d.]+ [KM]?i?B in .*|[\d.]+ m?s\)", "", text)
        return sorted(line for line in text.splitlines() if "in flight" not in line)

    def files(self):
        found = {}
        for name in self.fetch.files() if (self.fetch.folder / "out").exists() else ():
            path = self.fetch.folder / "out" / name
            when = int(path.stat().st_mtime)
            found[name] = (path.read_bytes(), when if when < time.time() - 3600 else "now")
        return found

    def result(self, mode, words, again):
        with Program() as self.fetch:
            self.write_list()
            output = () if "--out-null" in words else ("-o", "out")
            if again:
                self.fetch.run("--retry", "0", "urls.txt", *output)
            done = self.fetch.run("--retry-delay", "1ms", *words, *MODES[mode], "urls.txt",
                                  *output)
            return done.code, self.told(done.err), sorted(done.out.splitlines()), self.files()

    def agree(self, lines, again):
        for line in lines:
            words = line.split()
            expected = self.result("async", words, again)
            for mode in MODES:
                with self.subTest(line, mode=mode):
                    self.assertEqual(self.result(mode, words, again), expected)

    def test_fresh(self):
        self.agree(FRESH, False)

    def test_again(self):
        self.agree(AGAIN, True)


if __name__ == "__main__":
    unittest.main()
