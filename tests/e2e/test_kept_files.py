"""Files that are read at the beginning and written at the end - cookies, HSTS, alt-svc - when they
are no files, too long, or somebody else's at the same time."""

import os
import stat
import threading
import unittest

from harness.case import Case
from harness.nginx import Nginx
from harness.told import MODES

YEARS = "20361231 23:59:59"


def cookie(domain, name, value):
    return f"{domain}\tFALSE\t/\tFALSE\t0\t{name}\t{value}\n"


class Kept(Case):
    OPTIONS = ("-c", "--hsts", "--alt-svc")

    def cookies_sent(self):
        """By name, in the bodies of the origin's echo."""
        found = set()
        for name in self.fetch.files():
            text = (self.fetch.folder / "out" / name).read_text()
            found |= {line.strip() for line in text.splitlines() if "=from" in line}
        return found

    def test_what_cannot_be_written_is_told_first(self):
        (self.fetch.folder / "folder").mkdir()
        os.mkfifo(self.fetch.folder / "pipe")
        for option in self.OPTIONS:
            for name in ("folder", "no/such", "folder/no/such"):
                done = self.fetch.run(option, name, self.origin.url("a"), "-o", "out/")
                self.assertEqual(done.code, 3, done)
                self.assertIn(f"cannot write {name}: ", done.err)
        for option in self.OPTIONS[1:]:
            done = self.fetch.run(option, "pipe", self.origin.url("a"), "-o", "out/")
            self.assertEqual(done.code, 3, done)
            self.assertIn("cannot read pipe: it is a pipe", done.err)
        self.assertEqual(self.origin.requests(), [])

    def test_a_pipe_that_nobody_reads(self):
        os.mkfifo(self.fetch.folder / "pipe")
        done = self.fetch.run("-c", "pipe", self.origin.url("a", cookie="a=1"), "-o", "out/")
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot write pipe: ", done.err)

    def test_devices(self):
        for option in self.OPTIONS:
            done = self.fetch.run(option, "/dev/null", self.origin.url("a"), "-o", "out/")
            self.assertEqual(done.code, 0, done)
        self.assertTrue(stat.S_ISCHR(os.stat("/dev/null").st_mode))

    def test_cookies_from_a_pipe(self):
        """It is read once, and all workers have what is in it."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                pipe = self.fetch.folder / "pipe"
                os.mkfifo(pipe)
                writer = threading.Thread(target=pipe.write_text,
                                          args=[cookie("127.0.0.1", "a", "from-pipe")])
                writer.start()
                self.fetch.write("urls.txt", [self.origin.url(f"e{n}", echo=1, delay="50ms")
                                              for n in range(8)])
                done = self.fetch.run("-b", "pipe", "-c", "jar", "-j", "4", *arguments,
                                      "urls.txt", "-o", "out")
                writer.join()
                self.assertEqual(done.code, 0, done)
                for name in self.fetch.files():
                    self.assertIn("a=from-pipe", (self.fetch.folder / "out" / name).read_text())
                self.assertIn("from-pipe", self.made("jar"))

    def test_cookie_files_that_are_none(self):
        (self.fetch.folder / "folder").mkdir()
        done = self.fetch.run("-b", "folder", self.origin.url("a"))
        self.assertEqual(done.code, 2, done)
        self.assertIn("cannot read 'folder': Is a directory", done.err)
        self.fetch.write("long", [cookie(f"h{n}.test", "a", "1") for n in range(25001)])
        done = self.fetch.run("-b", "long", self.origin.url("a"))
        self.assertEqual(done.code, 2, done)
        self.assertIn("'long' has more than 50000 lines", done.err)

    def test_thousands_of_entries(self):
        """Nothing takes longer than a moment; a hostile file has all of one host."""
        many = range(20000)
        self.fetch.write("places", [f'h2 localhost {self.origin.port} h2 b.test {n + 1} "{YEARS}" '
                                    "0 0" for n in many])
        self.fetch.write("hosts", [f'.h{n}.test "unlimited"' for n in range(200000)])
        done = self.fetch.run("--alt-svc", "places", "--hsts", "hosts", self.origin.url("a"), "-o",
                              "out/", timeout=60)
        self.assertEqual(done.code, 0, done)
        self.assertLess(done.user, 2 if not os.environ.get("SANITIZE") else 20)
        self.assertEqual(self.made("hosts").count("unlimited"), 100000)
        self.assertEqual(self.made("places").count("b.test"), 16)

    def test_too_long(self):
        with open(self.fetch.folder / "endless", "wb") as file:
            file.truncate(65 << 20)
        for option in self.OPTIONS[1:]:
            done = self.fetch.run(option, "endless", self.origin.url("a"), "-o", "out/")
            self.assertEqual(done.code, 3, done)
            self.assertIn("cannot read endless: File too large", done.err)
        self.assertEqual((self.fetch.folder / "endless").stat().st_size, 65 << 20)

    def test_several_runs_at_once(self):
        """Each adds what it has learnt; none undoes what another has written meanwhile."""
        lines = ("location /a { add_header Strict-Transport-Security max-age=1000; "
                 "add_header Alt-Svc 'h2=\":1\"; ma=1000'; add_header Set-Cookie 'c=1; Max-Age=1000';"
                 "return 200 a; }")
        for mode in MODES:
            with self.mode(mode) as arguments, Nginx(lines=lines) as nginx:
                self.fetch.write("hosts", 'old.test "unlimited"\n')
                self.fetch.write("places", f'h2 old.test 443 h2 b.test 1 "{YEARS}" 0 0\n')
                self.fetch.write("jar", cookie("old.test", "c", "1"))
                names = ["localhost", "www.site.test", "sub.www.site.test"] * 2
                runs = [self.fetch.start(
                    "--cacert", nginx.ca, "--hsts", "hosts", "--alt-svc", "places", "-b", "jar",
                    "-c", "jar", *arguments, "--resolve", f"*:{nginx.tls_port}:127.0.0.1",
                    f"https://{name}:{nginx.tls_port}/a", "-o", f"{number}/")
                    for number, name in enumerate(names)]
                for run in runs:
                    self.assertEqual(run.finish().code, 0)
                for name in ("old.test", *names):
                    for file in ("jar", "hosts", "places"):
                        self.assertIn(f"\n{name}".encode(), b"\n" + self.made(file).replace(
                            "h2 ", "").encode(), file)


if __name__ == "__main__":
    unittest.main()
