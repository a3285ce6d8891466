"""Lists: what stands on a line, where lists come from, how much of one is in memory."""

import gzip
import hashlib
import json
import os
import signal
import time
import unittest

from harness.case import Case
from harness.program import Program
from harness.told import MODES, failures, log, summary

SECONDS = 20  # for what happens at once on an idle machine


class Lists(Case):
    def run_list(self, text, *arguments, name="urls.txt"):
        content = text if isinstance(text, bytes) else text.encode()
        (self.fetch.folder / name).write_bytes(content)
        return self.fetch.run("--retry", "0", *arguments, name, "-o", "out")

    def urls(self, *names):
        return [self.origin.url(name, size=100) for name in names]

    def check(self, done, files, code=0, **counts):
        """All files, and the counts of the summary that are not as usual."""
        self.assertEqual(done.code, code, done)
        self.assertEqual(summary(done), {"ok": len(files), "unchanged": 0, "skipped": 0,
                                         "failed": 0, **counts}, done)
        self.fetch.assert_files(files)
        for file in files:
            self.fetch.assert_contents(file, self.origin.body(file, 100))

    def test_blank_lines_and_comments(self):
        a, b, c = self.urls("a", "b", "c")
        self.check(self.run_list(f"# a comment\n\n{a}\n   \n\t\n  # indented\n#{b}\n  {c}  \n"),
                   ["a", "c"])

    def test_line_ends_of_other_systems(self):
        a, b, c = self.urls("a", "b", "c")
        self.check(self.run_list(f"{a}\r\n\r\n# comment\r\n{b}\r\n{c}"), ["a", "b", "c"])

    def test_a_byte_order_mark(self):
        a, b = self.urls("a", "b")
        self.check(self.run_list(f"\ufeff{a}\n{b}\n"), ["a", "b"])

    def test_no_newline_at_the_end(self):
        self.check(self.run_list(self.urls("a")[0]), ["a"])

    def test_nothing_on_it(self):
        for text in ("", "\n\n", "# only this\n"):
            with self.subTest(text=text), Program() as self.fetch:
                done = self.run_list(text)
                self.check(done, [])

    def test_packed_lists(self):
        a, b, c = self.urls("a", "b", "c")
        packed = gzip.compress(f"{a}\n{b}".encode()) + gzip.compress(f"\n{c}\n".encode())
        self.check(self.run_list(packed, name="urls.gz"), ["a", "b", "c"])

    def test_packed_lists_are_known_by_their_content(self):
        packed = gzip.compress("".join(f"{url}\n" for url in self.urls("a", "b")).encode())
        self.check(self.run_list(packed, name="urls.txt"), ["a", "b"])

    def test_a_packed_list_that_ends_early(self):
        """What it held until then is fetched, and that it was not all is told."""
        packed = gzip.compress(os.urandom(1))
        whole = gzip.compress("".join(f"{url}\n" for url in self.urls("a", "b")).encode())
        for name, content, why in (("cut.gz", whole[:-4], "the gzip data ends early"),
                                   ("bad.gz", packed[:-6] + b"123456", "damaged gzip data"),
                                   ("more.gz", whole + b"more",
                                    "something else follows the gzip data")):
            with self.subTest(name), Program() as self.fetch:
                done = self.run_list(content, name=name)
                self.assertEqual(done.code, 3, done)
                self.assertIn(f"fetch: cannot read {name}: {why}\n", done.err)
                self.assertEqual(summary(done)["failed"], 0, done)  # and that is the end
                if name != "bad.gz":
                    self.fetch.assert_files(["a", "b"])

    def test_duplicates_are_skipped_and_counted(self):
        a, b = self.urls("a", "b")
        again = a.replace("http://127", "HTTP://127")
        self.check(self.run_list(f"{a}\n{b}\n{a}\n# {a}\n{again}\n{a}#part\n"), ["a", "b"],
                   skipped=3)
        self.assertEqual(len(self.origin.requests()), 2)

    def test_several_sources(self):
        """In the order of the command line; a duplicate is one wherever it comes from."""
        a, b, c, d = self.urls("a", "b", "c", "d")
        self.fetch.write("one.txt", [a, b])
        self.fetch.write("two.txt", [b, c])
        done = self.fetch.run("one.txt", d, "-", "two.txt", a, "-o", "out", stdin=f"{c}\n".encode())
        self.check(done, ["a", "b", "c", "d"], skipped=3)

    def test_the_first_of_a_name_keeps_it_over_several_sources(self):
        first, second, third = (self.origin.url(f"{folder}/same", seed=folder)
                                for folder in ("x", "y", "z"))
        self.fetch.write("one.txt", [second])
        done = self.fetch.run(first, "one.txt", third, "-j", "1", "-o", "out", "--log", "log")
        self.assertEqual(done.code, 0, done)
        paths = {line["url"]: line["path"] for line in log(self.made())}
        self.assertEqual(paths[first], "same")
        self.fetch.assert_contents("same", self.origin.body("x/same", seed="x"))
        self.assertEqual(len(set(paths.values())), 3)

    WRONG = [
        ("nonsense", "no scheme"),
        ("www.example.org/file", "no scheme"),
        ("mailto:someone", "unsupported scheme"),
        ("file:///etc/hostname", "unsupported scheme"),
        ("javascript:alert(1)", "unsupported scheme"),
        ("gopher://127.0.0.1/1", r"unsupported scheme|protocol not allowed \(--proto\)"),
        ("http://", "no host in URL"),
        ("http://[::1/", "bad host name"),
        ("http://" + "a" * 64 + ".test/", "host name too long"),
        ("http://127.0.0.1:99999/", "bad port number"),
        ("http://127.0.0.1/a b", "blank in URL"),
        ("http://127.0.0.1/a\x01b", "control character in URL"),
        ("http://127.0.0.1/a\x1b[31mb", "control character in URL"),
        ("http://127.0.0.1/a\tnonsense", "no scheme"),
        ("0cc175b9c0f1b6a831c399e269772661  nonsense", "no scheme"),
        ("http://127.0.0.1/" + "a" * 70000, "line longer than 64 KiB"),
    ]

    def test_wrong_lines(self):
        """Each is told with its line number and counts as failed, and the rest goes on."""
        lines = ["# first line"]
        for number, (line, _) in enumerate(self.WRONG):
            lines += [line, *self.urls(f"{number}.bin")]
        done = self.run_list("\n".join(lines) + "\n")
        self.check(done, [f"{number}.bin" for number in range(len(self.WRONG))], code=1,
                   failed=len(self.WRONG))
        told = done.err.splitlines()
        self.assertFalse([line for line in told if any(ord(char) < 32 for char in line)])
        for number, (_, reason) in enumerate(self.WRONG):
            mine = [line for line in told if line.startswith(f"fetch: urls.txt:{2 * number + 2}: ")]
            self.assertEqual(len(mine), 1, done)
            self.assertRegex(mine[0], rf": ({reason})\Z")
            self.assertLess(len(mine[0]), 400)

    def test_wrong_lines_in_all_modes(self):
        (a,) = self.urls("a")
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", ["nonsense", a, "http://"])
                done = self.fetch.run(*arguments, "--log", "log", "urls.txt", "-o", "out")
                self.check(done, ["a"], code=1, failed=2)
                self.assertIn("fetch: urls.txt:1: nonsense: no scheme\n", done.err)
                self.assertIn("fetch: urls.txt:3: http://: no host in URL\n", done.err)
                self.assertEqual(sorted(line["outcome"] for line in log(self.made())),
                                 ["failed", "failed", "ok"])

    def test_a_wrong_url_as_an_argument(self):
        done = self.fetch.run("http://[bad", *self.urls("a"), "-o", "out")
        self.check(done, ["a"], code=1, failed=1)
        self.assertIn("fetch: http://[bad: bad host name\n", done.err)

    def test_passwords_in_wrong_lines_are_not_shown(self):
        done = self.run_list("\n".join((
            "http://me:hunter2@127.0.0.1:port/", "http://me:hunter2@ x/", "me:hunter2@127.0.0.1/",
            "http:/me:hunter2@127.0.0.1/", "http://me:hu/nter2@127.0.0.1/",
            "http://127.0.0.1/ http://me:hunter2@127.0.0.1/",
            "http://me:hunter2" + "x" * 300 + "@[/")) + "\n", "--log", "log")
        self.check(done, [], code=1, failed=7)
        self.assertNotIn("nter2", done.err + self.made())
        self.assertNotIn("hunter2", done.err + self.made())

    def test_lists_that_cannot_be_opened(self):
        """Found out before anything is fetched or made."""
        (a,) = self.urls("a")
        (self.fetch.folder / "folder").mkdir()
        for name, why in (("missing.txt", "No such file or directory"),
                          ("folder", "Is a directory")):
            with self.subTest(name):
                done = self.fetch.run(a, name, "-o", "out")
                self.assertEqual(done.code, 3, done)
                self.assertEqual(done.err, f"fetch: cannot open {name}: {why}\n")
                self.assertFalse((self.fetch.folder / "out").exists())
        self.assertEqual(self.origin.requests(), [])

    def test_urls_without_a_scheme(self):
        """Who forgets it is told so; a list that is not there is just that."""
        missing = "No such file or directory"
        for source, shown in (("example.org", "example.org"), ("localhost:8080", "localhost:8080"),
                              ("www.example.org/a/b.txt.html", "www.example.org/a/b.txt.html"),
                              ("me:hunter2@example.org/", "me:***@example.org/")):
            with self.subTest(source):
                done = self.fetch.run(source, "-o", "out")
                self.assertEqual((done.code, done.err), (3, f"fetch: cannot open {shown}: {missing}"
                                                         f" (a URL has a scheme: http://{shown})\n"))
        for source in ("urls", "lists/urls.old", "../urls.old", "urls.csv", "urls.txt.gz"):
            with self.subTest(source):
                done = self.fetch.run(source, "-o", "out")
                self.assertEqual(done.err, f"fetch: cannot open {source}: {missing}\n")

    def in_all_modes(self, text, *arguments, name="urls.txt"):
        """Runs the same list in each mode: `for done in self.in_all_modes(...)`."""
        for mode in MODES:
            with self.mode(mode) as chosen:
                yield self.run_list(text, *chosen, "--log", "log", *arguments, name=name)

    def test_options_of_a_file(self):
        """aria2's: names, headers, checksums."""
        a, b, c = self.urls("a", "b", "c")
        echo = self.origin.url("echo", echo=1)
        text = (f"{a}\n  out=first\n{b}\n\n# between\n\tdir=sub/dir\n{c}\n"
                f"  dir=/sub/./\n  out=deep//third.bin\n{echo}\n  header=X-One: 1\n"
                "  header=X-Two: 2\n  referer=http://here.test/\n  user-agent=me/1.0\n"
                "  header=X-Given: mine\n")
        for done in self.in_all_modes(text, "-H", "X-Given: yours", "-H", "X-Other: 3"):
            self.assertEqual(done.code, 0, done)
            self.fetch.assert_files(["first", "sub/dir/b", "sub/deep/third.bin", "echo"])
            self.fetch.assert_contents("sub/deep/third.bin", self.origin.body("c", 100))
            headers = dict(json.loads((self.fetch.folder / "out/echo").read_text())["headers"])
            seen = {name: headers.get(name) for name in
                    ("X-One", "X-Two", "Referer", "User-Agent", "X-Given", "X-Other")}
            self.assertEqual(seen, {"X-One": "1", "X-Two": "2", "X-Given": "mine", "X-Other": "3",
                                    "Referer": "http://here.test/", "User-Agent": "me/1.0"})

    def test_headers_are_one_files_own(self):
        first, second = (self.origin.url(name, echo=1) for name in ("one", "two"))
        self.run_list(f"{first}\n  header=X-Secret: 1\n  user-agent=me\n{second}\n", "-j", "1")
        sent = json.loads((self.fetch.folder / "out/two").read_text())["headers"]
        self.assertNotIn("X-Secret", dict(sent))
        self.assertRegex(dict(sent)["User-Agent"], "^fetch/")

    def test_names_stay_below_the_directory(self):
        names = ["../../up", "/etc/passwd", ".hidden", "a/../../b", "k/..", "c\x01d", "e/.fetch/f",
                 "g.part", "%2e%2e/h"]
        text = "".join(f"{url}\n  out={name}\n" for url, name in
                       zip(self.urls(*"abcdefghi"), names))
        text += f"{self.urls('j')[0]}\n  dir=../../..\n  out=j\n"
        self.check_names(self.run_list(text), [
            "___/___/up", "etc/passwd", "_.hidden", "a/___/___/b", "k/___", "c_d",
            "e/_.fetch/f", "g.part_", "%2e%2e/h", "___/___/___/j"])

    def check_names(self, done, names):
        self.assertEqual(done.code, 0, done)
        found = sorted(str(path.relative_to(self.fetch.folder / "out"))
                       for path in (self.fetch.folder / "out").rglob("*")
                       if path.is_file() and path.parent.name != ".fetch")
        self.assertEqual(found, sorted(names))

    def test_wrong_options(self):
        """The line is told, and its file is not fetched: it would not be the one that is meant."""
        a, b, c, d, e = self.urls(*"abcde")
        done = self.run_list(f"  out=x\n{a}\n  bogus=1\n  out=\n{b}\n  out=dir/\n{c}\n"
                             f"  checksum=sha-9=00\n{d}\n  header=no colon\n{e}\n"
                             f"{e}\n  bogus=of a duplicate\nnonsense\n  bogus=of none\n")
        self.check(done, ["e"], code=1, failed=6, skipped=1)
        for line in ("1: out: an option, and no URL above it",
                     f"3: {a}: option bogus: aria2 has no such option",
                     f"6: {b}: option out: no file name",
                     f"8: {c}: option checksum: the algorithm is none of md5, sha-1, sha-224, "
                     "sha-256, sha-384, sha-512",
                     f'10: {d}: option header: not "Name: value"', "14: nonsense: no scheme"):
            self.assertIn(f"fetch: urls.txt:{line}\n", done.err)

    def test_options_without_effect(self):
        """Each is told once, and the file is fetched."""
        a, b = self.urls("a", "b")
        done = self.run_list(f"{a}\n  split=5\n  max-tries=2\n{b}\n  split=4\n")
        self.check(done, ["a", "b"])
        self.assertIn("fetch: urls.txt:2: the option split has no effect here\n", done.err)
        self.assertIn("fetch: urls.txt:3: the option max-tries has no effect here\n", done.err)
        self.assertEqual(done.err.count("no effect"), 2)

    def test_options_through_a_pipe(self):
        """They belong to the URL above, also when they come late."""
        (a, b, c) = self.urls("a", "b", "c")
        for mode in MODES:
            with self.mode(mode) as arguments:
                reader, writer = os.pipe()
                with os.fdopen(reader, "rb") as reader, os.fdopen(writer, "wb", 0) as writer:
                    run = self.fetch.start(*arguments, "-", "-o", "out", stdin=reader)
                    writer.write(f"{a}\n  out=first\n{b}\n".encode())
                    self.await_file("first")
                    time.sleep(0.2)
                    writer.write(f"  out=second\n{c}\n".encode())
                    self.await_file("second")
                done = run.finish()
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["first", "second", "c"])

    def test_what_is_held_back_counts(self):
        """A URL whose options may follow, when the job is interrupted."""
        (a, b) = self.urls("a", "b")
        for mode in MODES:
            with self.mode(mode) as arguments:
                reader, writer = os.pipe()
                with os.fdopen(reader, "rb") as reader, os.fdopen(writer, "wb", 0) as writer:
                    run = self.fetch.start(*arguments, "-", "-o", "out", stdin=reader)
                    writer.write(f"{a}\n  out=first\n{b}\n  out=second\n".encode())
                    self.await_file("first")
                    run.signal(signal.SIGINT)
                    done = run.finish()
                self.assertEqual(done.code, 130, done)
                self.assertEqual(summary(done), {"ok": 1, "unchanged": 0, "skipped": 0,
                                                 "failed": 0, "not tried": 1}, done)

    def test_an_option_that_comes_too_late(self):
        """Nobody could know that there would be any: it is told."""
        (a, b) = self.urls("a", "b")
        reader, writer = os.pipe()
        with os.fdopen(reader, "rb") as reader, os.fdopen(writer, "wb", 0) as writer:
            run = self.fetch.start("-", "-o", "out", stdin=reader)
            writer.write(f"{a}\n".encode())
            self.await_file("a")
            writer.write(f"  out=b\n{b}\n".encode())
        done = run.finish()
        self.check(done, ["a", "b"], code=1, failed=1)
        self.assertIn("fetch: standard input:2: out: this option came too late: its URL is under "
                      "way\n", done.err)

    def test_csv(self):
        a, b, c, d = self.urls("a", "b", "c", "d")
        text = f'{a}\n"{b}","say ""hi"", b"\r\n# no\n\n{c},sub/c.txt\n{d},\nx,y,z\n'
        for name, arguments in (("urls.csv", ()), ("urls.txt", ("--list-format", "csv")),
                                ("urls.CSV.GZ", ())):
            with self.subTest(name), Program() as self.fetch:
                content = gzip.compress(text.encode()) if name.endswith("GZ") else text
                done = self.run_list(content, *arguments, name=name)
                self.assertEqual((done.code, summary(done)["failed"]), (1, 1), done)
                self.assertIn(f"fetch: {name}:7: x,y,z: more than two fields\n", done.err)
                self.fetch.assert_files(["a", 'say "hi", b', "sub/c.txt", "d"])
        with Program() as self.fetch:
            done = self.run_list(f"{self.origin.base}/a,b\n", "--list-format", "text",
                                 name="urls.csv")
            self.fetch.assert_files(["a,b"])

    def digest(self, name, kind):
        return hashlib.new(kind, self.origin.body(name, 100)).hexdigest()

    def test_checksums(self):
        a, b, c, d = self.urls("a", "b", "c", "d")
        text = (f"{self.digest('a', 'sha256')}  {a}\n{self.digest('b', 'md5').upper()} *{b}\n{c}\n"
                f"  checksum=sha-512={self.digest('c', 'sha512')}\n{d}\n"
                f"  checksum=sha1={self.digest('d', 'sha1')}\n")
        for done in self.in_all_modes(text):
            self.check(done, ["a", "b", "c", "d"])
            self.assertEqual({line["url"]: line["checksum"] for line in log(self.made())}, {
                a: f"sha-256={self.digest('a', 'sha256')}", b: f"md5={self.digest('b', 'md5')}",
                c: f"sha-512={self.digest('c', 'sha512')}",
                d: f"sha-1={self.digest('d', 'sha1')}"})

    def test_another_checksum(self):
        """No file, no second request, both digests; what was there stays."""
        a, b = self.urls("a", "b")
        wrong = hashlib.sha256(b"").hexdigest()
        for done in self.in_all_modes(f"{a}\n{wrong}  {b}\n", "--retry", "3"):
            self.check(done, ["a"], code=1, failed=1)
            self.assertIn(f"fetch: urls.txt:2: {b}: its checksum is "
                          f"sha-256={self.digest('b', 'sha256')}, not sha-256={wrong}\n", done.err)
            self.assertEqual(len(self.origin.requests("b")), 1)
            self.assertEqual(log(self.made())[-1]["checksum"], None)
        (self.fetch.folder / "out").mkdir()
        (self.fetch.folder / "out/b").write_text("old")
        done = self.run_list(f"{wrong}  {b}\n")
        self.assertEqual(done.code, 1, done)
        self.fetch.assert_contents("b", b"old")

    def test_the_checksum_of_one_url(self):
        (a,) = self.urls("a")
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.fetch.run(*arguments, "--checksum", f"sha-1={self.digest('a', 'sha1')}",
                                      a, "-o", "out/")
                self.check(done, ["a"])
                done = self.fetch.run(*arguments, "--checksum", "md5=" + "0" * 32, a, "-o", "b")
                self.assertEqual(done.code, 1, done)
                self.assertIn(f"not md5={'0' * 32}", done.err)
                self.assertFalse((self.fetch.folder / "b").exists())
        for arguments, why in (((a, a), "for a single URL; in a list it stands before each"),
                               (("urls.txt",), "for a single URL; in a list it stands before each")):
            done = self.fetch.run("--checksum", "md5=" + "0" * 32, *arguments)
            self.assertEqual(done.code, 2, done)
            self.assertIn(f"fetch: option --checksum: {why}\n", done.err)
        done = self.fetch.run("--checksum", "md5=00", a)
        self.assertEqual(done.code, 2, done)
        self.assertIn("fetch: option --checksum: 'md5=00': the digest has not as many digits as "
                      "the algorithm's\n", done.err)

    def test_mirrors(self):
        """The next one is asked when one has failed for good, or has something else."""
        body = dict(seed="same")
        lost = self.origin.url("lost/f", status=404, **body)
        down = self.origin.reset_base + "/f"
        other = self.origin.url("other/f", seed="other", size=100)
        good = self.origin.url("f", size=100)
        digest = self.digest("f", "sha256")
        text = f"{lost}\t{down}\t{other}\t{good}\t{lost}\n  checksum=sha-256={digest}\n"
        for done in self.in_all_modes(text):
            self.check(done, ["f"])
            found = hashlib.sha256(self.origin.body("other/f", 100, seed="other")).hexdigest()
            self.assertIn(f"fetch: urls.txt:1: {lost}: its checksum is sha-256={found}, not "
                          f"sha-256={digest}, at {other}: asking the next mirror\n", done.err)
            (line,) = log(self.made())
            self.assertEqual((line["url"], line["final_url"]), (lost, good))
            self.assertEqual(line["attempts"], 4)
            self.assertEqual([len(self.origin.requests(path)) for path in
                              ("lost/f", "other/f", "f")], [1, 1, 1])

    def test_credentials_and_mirrors(self):
        """They are for the first URL's origin; a mirror elsewhere gets only its own."""
        lost = self.origin.url("lost/f", status=404)
        here = self.origin.url("f", echo=1)
        there = self.origin.url("f", host="localhost", echo=1)
        own = there.replace("//", "//me:mine@")
        credentials = ("-b", "a=b", "-u", "you:yours", "-H", "Authorization: given")
        for mirror, expected in ((here, ["listed", "a=b"]), (there, [None, None]),
                                 (own, ["Basic bWU6bWluZQ==", None])):
            text = f"{lost}\t{mirror}\n  header=Authorization: listed\n"
            for done in self.in_all_modes(text, *credentials):
                self.assertEqual(done.code, 0, done)
                headers = dict(json.loads((self.fetch.folder / "out/f").read_text())["headers"])
                self.assertEqual([headers.get(name) for name in ("Authorization", "Cookie")],
                                 expected)

    def test_mirrors_that_all_fail(self):
        first, second = (self.origin.url(f"{name}/f", status=404) for name in "ab")
        for done in self.in_all_modes(f"{first}\t{second}\n"):
            self.check(done, [], code=1, failed=1)
            self.assertIn(f"fetch: urls.txt:1: {first}: server answered 404 Not Found, at {second} "
                          "(2 attempts)\n", done.err)

    def test_mirrors_are_not_asked_in_vain(self):
        first, second = self.urls("a/f", "b/f")
        self.check_names(self.run_list(f"{first}\t{second}\n"), ["f"])
        self.assertEqual(self.origin.requests("b/f"), [])

    def await_file(self, name):
        path = self.fetch.folder / "out" / name
        deadline = time.monotonic() + SECONDS
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        self.assertTrue(path.exists(), f"no {name} within {SECONDS} s")

    def test_a_pipe_that_stays_open(self):
        """Each URL is fetched as soon as its line is there."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                reader, writer = os.pipe()
                with os.fdopen(reader, "rb") as reader, os.fdopen(writer, "wb", 0) as writer:
                    run = self.fetch.start(*arguments, "-", "-o", "out", stdin=reader)
                    for name in ("a", "b"):
                        writer.write(f"{self.urls(name)[0]}\n".encode())
                        self.await_file(name)
                    half = self.urls("c")[0].encode()
                    writer.write(half[:10])
                    time.sleep(0.1)
                    writer.write(half[10:])
                    self.assertTrue(run.is_running())
                self.check(run.finish(), ["a", "b", "c"])

    def test_no_slot_no_reading(self):
        """While all jobs are taken the list is read ahead by no more than a few buffers."""
        line = self.origin.url("0" * 100, delay="60s").encode() + b"\n"
        few = 1 << 20
        for mode in MODES:
            with self.mode(mode) as arguments:
                reader, writer = os.pipe()
                os.set_blocking(writer, False)
                with os.fdopen(reader, "rb") as reader, os.fdopen(writer, "wb", 0) as writer:
                    run = self.fetch.start(*arguments, "-j", "2", "-", "--out-null", stdin=reader)
                    written, number, quiet_since = 0, 0, time.monotonic()
                    while written < few and time.monotonic() < quiet_since + 1:
                        done = writer.write(line.replace(b"0" * 100, b"%0100d" % number))
                        if done:
                            written, number, quiet_since = written + done, number + 1, \
                                time.monotonic()
                        else:
                            time.sleep(0.01)
                    run.signal(signal.SIGINT)
                    self.assertEqual(run.finish().code, 130)
                    self.assertLess(written, few)

    def test_a_fifo(self):
        os.mkfifo(self.fetch.folder / "urls")
        run = self.fetch.start("urls", "-o", "out")
        with open(self.fetch.folder / "urls", "w") as fifo:
            fifo.write(self.urls("a")[0] + "\n")
        self.check(run.finish(), ["a"])

    def test_standard_input_has_line_numbers(self):
        done = self.fetch.run("-", "-o", "out", stdin=b"\nnonsense\n")
        self.check(done, [], code=1, failed=1)
        self.assertIn("fetch: standard input:2: nonsense: no scheme\n", done.err)

    def test_standard_input_that_is_closed(self):
        with Program("/bin/sh", ["-c", 'exec "$0" "$@" <&-', self.fetch.binary]) as self.fetch:
            done = self.fetch.run("-", "-o", "out")
            self.assertEqual(done.code, 3, done)
            self.assertIn("fetch: cannot read standard input: Bad file descriptor\n", done.err)
            done = self.fetch.run(*self.urls("a"), "-o", "out/")
            self.check(done, ["a"])

    def test_a_paused_host_holds_up_nobody_else(self):
        """Its lines come first, and wait; those of others are read past them."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                paused = [self.origin.url("p0", size=100, status=429, retry_after=1, times=1)]
                paused += self.urls(*(f"p{number}" for number in range(1, 30)))
                others = [self.origin.url(f"o{number}", host="localhost", size=100)
                          for number in range(30)]
                names = [f"{kind}{number}" for kind in "po" for number in range(30)]
                self.fetch.write("urls.txt", paused + others)
                done = self.fetch.run("-j", "3", "--per-host", "1", *arguments, "urls.txt", "-o",
                                      "out", timeout=30)
                self.check(done, names)
                seen = {host: self.origin.requests(host=f"{host}:{self.origin.port}")
                        for host in ("127.0.0.1", "localhost")}
                self.assertEqual((len(seen["127.0.0.1"]), len(seen["localhost"])), (31, 30))
                if mode == "sync":
                    continue  # one after another: the first one waits out its pause
                again = seen["127.0.0.1"][1]["begin_ms"]
                self.assertGreaterEqual(again - seen["127.0.0.1"][0]["end_ms"], 990)
                late = [entry for entry in seen["localhost"] if entry["begin_ms"] > again]
                self.assertEqual(late, [])


@unittest.skipIf(os.environ.get("SANITIZE") == "thread",
                 "ThreadSanitizer needs the more memory the more is done")
class Memory(Case):
    def peak(self, count):
        """KiB that a list of so many small files took."""
        with Program() as fetch:
            fetch.write("urls.txt", (self.origin.url(f"{number}", size=10)
                                     for number in range(count)))
            done = fetch.run("-j", "20", "--out-null", "urls.txt", timeout=100,
                             environment={"ASAN_OPTIONS": "quarantine_size_mb=1"})
            self.assertEqual((done.code, summary(done)["ok"]), (0, count), done)
            return done.max_rss_kib

    def test_longer_lists_need_no_more(self):
        """Memory is flat from the 10,000th URL on; a sanitizer keeps what is freed."""
        more = 16 << 10 if os.environ.get("SANITIZE") else 2 << 10
        short, long = self.peak(10_000), self.peak(40_000)
        self.assertLess(long, short + more, f"KiB: {short} and {long}")

    @unittest.skipIf(os.environ.get("TINY_LIMITS") == "1", "so many may not wait in this build")
    def test_a_host_with_many_lines_that_wait(self):
        """100,000 lines wait for one host; what comes after them on the list does not, and they
        are not all in memory."""
        count = 100_000
        first = self.origin.url("first", stall=0)
        padding = "a" * 200
        with open(self.fetch.folder / "urls.txt", "w") as file:
            file.write(first + "\n")
            for number in range(count):
                file.write(f"{self.origin.base}/{number}?n={padding}\n")
            file.write(self.origin.url("last", host="localhost") + "\n")
        run = self.fetch.start("-j", "4", "--per-host", "1", "urls.txt", "-o", "out",
                               environment={"ASAN_OPTIONS": "quarantine_size_mb=1"})
        deadline = time.monotonic() + 4 * SECONDS
        while not (self.fetch.folder / "out/last").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        run.signal(signal.SIGINT)
        done = run.finish()
        self.assertEqual(done.code, 130, done)
        self.fetch.assert_files(["last"])
        self.assertEqual(summary(done), {"ok": 1, "unchanged": 0, "skipped": 0, "failed": 0,
                                         "not tried": count + 1})
        self.assertLess(done.max_rss_kib, 160 << 10)


if __name__ == "__main__":
    unittest.main()
