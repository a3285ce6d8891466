"""Options that curl has: what is sent is what curl itself sends, in every mode."""

import json
import shutil
import subprocess
import unittest

from harness.case import Case
from harness.told import MODES

# A line each; HOST and PORT are the origin's.
LINES = """

-A me
-A {}
-e http://from.test/
-e {}
-u me:secret
-u me:
-u :secret
-u me:a:b
-u ü:ß
-b x=1;y=2
-b cookies.txt
-b {}
-b missing
-H A:1 -H B: -H C;
-H @headers.txt
-H Accept:
-H Accept:text/html -H User-Agent:z
-H Host:other.test
-H Content-Length:0
--compressed
--compressed -H Accept-Encoding:x
-n
--netrc
--netrc-file home/.netrc
--netrc-optional
-n -u me:secret
--oauth2-bearer token
--basic -u me:secret
--digest -u me:secret
--digest
-z 20230101
-z +20230101
-z -20230101
-z dated
-z -dated
--http1.1
--http2
-4
-k
-x {}
-x http://127.0.0.1:1 --noproxy *
-x http://127.0.0.1:1 --noproxy HOST
--interface lo
--interface 127.0.0.1
--resolve HOST:PORT:127.0.0.1
--resolve +HOST:PORT:127.0.0.1
--proto =http
--max-redirs 0
--max-redirs -1
-m 10 --connect-timeout 5 -Y 1 -y 30
-LfSs
""".split("\n")[1:-1]

COOKIES = "127.0.0.1\tFALSE\t/\tFALSE\t0\tkept\t1\n"
NETRC = "machine 127.0.0.1 login me password of-the-file\n"


@unittest.skipUnless(shutil.which("curl"), "curl is not installed")
class AsCurl(Case):
    def setUp(self):
        super().setUp()
        (self.fetch.folder / "home").mkdir()
        (self.fetch.folder / "home/.netrc").write_text(NETRC)
        (self.fetch.folder / "home/.netrc").chmod(0o600)
        (self.fetch.folder / "cookies.txt").write_text(COOKIES)
        (self.fetch.folder / "headers.txt").write_text("X-One: 1\n\nX-Two;\n")
        (self.fetch.folder / "dated").touch()
        self.url = self.origin.url("a", echo=1)
        self.environment = {"HOME": str(self.fetch.folder / "home")}

    def headers(self, body):
        """As they were sent, but for the order and who sent them."""
        return sorted([name, "" if value.startswith(("curl/", "fetch/")) else value]
                      for name, value in json.loads(body)["headers"])

    def words(self, line):
        line = line.replace("HOST", "127.0.0.1").replace("PORT", str(self.origin.port))
        return [word.replace("{}", "") for word in line.split(" ") if word]

    def of_curl(self, words):
        done = subprocess.run(["curl", "-q", "-sSf", *words, self.url], capture_output=True,
                              check=True, cwd=self.fetch.folder, timeout=20,
                              env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8",
                                   **self.environment})
        return self.headers(done.stdout)

    def test_what_is_sent(self):
        for line in LINES:
            words = self.words(line)
            expected = self.of_curl(words)
            for mode, arguments in MODES.items():
                with self.subTest(line, mode=mode):
                    done = self.fetch.run(*arguments, "-o", "-", *words, self.url,
                                          environment=self.environment)
                    self.assertEqual(done.code, 0, done)
                    self.assertEqual(self.headers(done.out), expected)

    def test_what_is_refused(self):
        """Where curl gives up, too."""
        for line in ("--interface nonsense", "--resolve nonsense", "--max-time soon",
                     "--retry many"):
            with self.subTest(line):
                words = self.words(line)
                self.assertRaises(subprocess.CalledProcessError, self.of_curl, words)
                done = self.fetch.run(*words, self.url, "-o", "-")
                self.assertEqual(done.code, 2, done)


if __name__ == "__main__":
    unittest.main()
