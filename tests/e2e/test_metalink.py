"""--metalink: what a Metalink 4 document names is fetched, and a hostile one harms nobody."""

import gzip
import hashlib
import re
import unittest
import xml.sax.saxutils

from harness.case import Case
from harness.program import Program
from harness.told import MODES, log, summary


def file_element(name, urls, size=None, **hashes):
    """`urls` of text or (text, priority)."""
    quoted = xml.sax.saxutils.quoteattr(name)
    lines = [f"<file name={quoted}>"]
    if size is not None:
        lines.append(f"<size>{size}</size>")
    for kind, digest in hashes.items():
        lines.append(f'<hash type="{kind.replace("_", "-")}">{digest}</hash>')
    for url in urls:
        text, priority = url if isinstance(url, tuple) else (url, None)
        wanted = f' priority="{priority}"' if priority else ""
        lines.append(f"<url{wanted}>{xml.sax.saxutils.escape(text)}</url>")
    return "\n".join([*lines, "</file>"])


def document(*files):
    body = "\n".join(files)
    return ('<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<metalink xmlns="urn:ietf:params:xml:ns:metalink">\n{body}\n</metalink>\n')


class Metalink(Case):
    def run_document(self, text, *arguments, name="files.meta4"):
        content = text if isinstance(text, bytes) else text.encode()
        (self.fetch.folder / name).write_bytes(content)
        return self.fetch.run("--retry", "0", "--metalink", name, "-o", "out", *arguments)

    def test_files_with_names_sizes_and_hashes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                body = self.origin.body("x", 5000)
                text = document(
                    file_element("first.bin", [self.origin.url("x", size=5000)], size=5000,
                                 md5=hashlib.md5(body).hexdigest(),
                                 sha_256=hashlib.sha256(body).hexdigest()),
                    file_element("sub/second.bin", [self.origin.url("y", size=10)]))
                done = self.run_document(text, "--log", "log", *arguments)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["first.bin", "sub/second.bin"])
                self.fetch.assert_contents("first.bin", body)
                told = {line["path"]: line["checksum"] for line in log(self.made())}
                self.assertEqual(told["first.bin"], "sha-256=" + hashlib.sha256(body).hexdigest())

    def test_beside_other_sources(self):
        self.fetch.write("urls.txt", [self.origin.url("b")])
        done = self.run_document(document(file_element("a", [self.origin.url("x")])), "urls.txt",
                                 self.origin.url("c"))
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["a", "b", "c"])

    def test_packed_and_from_standard_input(self):
        text = document(file_element("a", [self.origin.url("a")])).encode()
        self.assertEqual(self.run_document(gzip.compress(text), name="files.gz").code, 0)
        self.fetch.assert_files(["a"])
        done = self.fetch.run("--metalink", "-", "-o", "out2", stdin=text)
        self.assertEqual(done.code, 0, done)

    def test_places_are_asked_by_priority(self):
        text = document(file_element("a", [(self.origin.url("third"), 30),
                                           (self.origin.url("second"), 20),
                                           (self.origin.url("first", status=404), 10),
                                           self.origin.url("last")]))
        self.assertEqual(self.run_document(text).code, 0)
        self.fetch.assert_contents("a", self.origin.body("second"))
        self.assertEqual(len(self.origin.requests()), 2)

    def test_a_mirror_that_lies_is_left_for_the_next(self):
        right = self.origin.body("right", 300)
        text = document(file_element("a", [self.origin.url("wrong", size=300),
                                           self.origin.url("right", size=300)],
                                     sha_512=hashlib.sha512(right).hexdigest()))
        self.assertEqual(self.run_document(text).code, 0)
        self.fetch.assert_contents("a", right)

    def test_a_place_with_another_size_is_left_for_the_next(self):
        text = document(file_element("a", [self.origin.url("wrong", size=301),
                                           self.origin.url("right", size=300)], size=300))
        self.assertEqual(self.run_document(text).code, 0)
        self.fetch.assert_contents("a", self.origin.body("right", 300))
        done = self.run_document(document(file_element("b", [self.origin.url("b")], size=5)))
        self.assertEqual(done.code, 1, done)
        self.assertIn("it has 1024 bytes, not 5", done.err)

    def test_pieces_from_all_places(self):
        size = 4 << 20
        urls = [self.origin.url("a", size=size, ranges=1, modified="@1600000000", n=n,
                                drip="16K/10ms") for n in range(3)]
        body = self.origin.body("a", size)
        digest = hashlib.sha256(body).hexdigest()
        text = document(file_element("a", urls, size=size, sha_256=digest))
        done = self.run_document(text, "--split", "6", "--min-split-size", "64K")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a", body)
        self.assertEqual(len({request["target"] for request in self.origin.requests()}), 3)

    def test_no_place_has_what_was_promised(self):
        digest = hashlib.sha256(b"other").hexdigest()
        text = document(file_element("a", [self.origin.url("x"), self.origin.url("y")],
                                     sha_256=digest))
        done = self.run_document(text)
        self.assertEqual(done.code, 1, done)
        self.assertIn(digest, done.err)
        self.assertIn(hashlib.sha256(self.origin.body("y")).hexdigest(), done.err)
        self.fetch.assert_files([])

    def test_places_that_cannot_be_used_are_passed_over(self):
        text = document(file_element("a", ["gopher://x/", "rsync://127.0.0.1/a", "nonsense",
                                           self.origin.url("a")]))
        self.assertEqual(self.run_document(text).code, 0)
        self.fetch.assert_files(["a"])

    def test_names_stay_inside(self):
        names = ["../../evil", "/etc/evil", "a/../../evil", ".fetch/evil", "...", "-rf"]
        text = document(*(file_element(name, [self.origin.url(f"f{i}")])
                          for i, name in enumerate(names)))
        done = self.run_document(text)
        self.assertEqual(summary(done)["ok"], len(names), done)
        self.assertEqual(sorted(path.name for path in self.fetch.folder.iterdir()),
                         ["files.meta4", "out"])

    def test_files_that_are_wrong_do_not_stop_the_others(self):
        text = document(file_element("a", []), file_element("b", ["nonsense"]),
                        file_element("c", [self.origin.url("c")], sha_256="xyz"),
                        file_element("d/", [self.origin.url("d")]),
                        file_element("e", [self.origin.url("e")]))
        done = self.run_document(text)
        self.assertEqual(done.code, 1, done)
        self.assertEqual(summary(done)["failed"], 4, done)
        self.fetch.assert_files(["e"])
        self.assertEqual(re.findall(r"files.meta4:(\d+): ", done.err), ["3", "5", "8", "12"])

    WRONG = {
        "no XML": ("<?xml", "cannot read on"),
        "another": ("<html></html>", "no Metalink 4 document"),
        "old": ('<metalink version="3.0" xmlns="http://www.metalinker.org/"/>', "Metalink 3"),
        "bomb": ('<!DOCTYPE m [<!ENTITY a "aaaa">]><m>&a;</m>', "document type declaration"),
        "outside": ('<!DOCTYPE m [<!ENTITY a SYSTEM "file:///etc/passwd">]><m>&a;</m>',
                    "document type declaration"),
        "empty": ("", "no element found"),
    }

    def test_wrong_documents(self):
        for name, (text, why) in self.WRONG.items():
            with self.subTest(name), Program() as self.fetch:
                done = self.run_document(text)
                self.assertEqual(done.code, 1, done)
                self.assertIn("files.meta4:1: ", done.err)
                self.assertIn(why, done.err)
                self.fetch.assert_files([])

    def test_a_document_that_ends_early(self):
        """What it held until then is fetched."""
        whole = document(file_element("a", [self.origin.url("a")]),
                         file_element("b", [self.origin.url("b")]))
        done = self.run_document(whole[:-40])
        self.assertEqual(done.code, 1, done)
        self.fetch.assert_files(["a"])
        self.assertIn("no element found", done.err)

    def test_a_file_that_is_not_there(self):
        done = self.fetch.run("--metalink", "none.meta4", "-o", "out")
        self.assertEqual(done.code, 3, done)
        self.assertIn("cannot open none.meta4", done.err)

    def test_many_files(self):
        text = document(*(file_element(f"f{i}", [self.origin.url(f"f{i}", size=10)])
                          for i in range(500)))
        done = self.run_document(text)
        self.assertEqual(summary(done)["ok"], 500, done)


if __name__ == "__main__":
    unittest.main()
