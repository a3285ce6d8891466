"""Metalink/HTTP (RFC 6249): other places of a file that its server names, with the file's digest."""

import base64
import hashlib
import signal
import time
import unittest

from harness.case import Case
from harness.origin import Origin
from harness.program import Program
from harness.told import MODES, log

MIB = 1 << 20
SIZE = 2 * MIB
SPLIT = ("--split", "4", "--min-split-size", "64K")


def digest(body):
    """The Digest header line of a body."""
    return "Digest: SHA-256=" + base64.b64encode(hashlib.sha256(body).digest()).decode()


def link(url, *parameters, rel="duplicate"):
    return "Link: " + "; ".join([f"<{url}>", f"rel={rel}", *parameters])


class Duplicates(Case):
    """The class's origin names places of self.other, which has another host and port."""

    def setUp(self):
        super().setUp()
        self.other = self.enter(Origin())

    def run_one(self, url, *arguments):
        return self.fetch.run("--retry", "0", url, "-o", "out/", *arguments)

    def truncated(self, lines, **behaviour):
        """A file of which this server has only the beginning."""
        return self.origin.url("a", size=5000, truncate=1000, header=lines, **behaviour)

    def asked(self, origin=None):
        return [request["target"].split("?")[0] for request in (origin or self.other).requests()]

    def test_the_next_place_is_asked(self):
        body = self.other.body("a", 5000)
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = self.truncated([digest(body), link(self.other.url("a", size=5000))])
                done = self.run_one(url, "--log", "log", *arguments)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_contents("a", body)
                line, = log(self.made())
                self.assertEqual(line["final_url"], self.other.url("a", size=5000))
                self.assertEqual(line["checksum"], "sha-256=" + hashlib.sha256(body).hexdigest())

    def test_places_are_asked_by_priority(self):
        """The one without comes last, and so does one that is further behind."""
        lines = [digest(self.other.body("right")),
                 link(self.other.url("last", status=404)) + ", " +
                 link(self.other.url("second", status=404), "pri=20")[6:],
                 link(self.other.url("first", status=404), 'pri="3"', "geo=de"),
                 link(self.other.url("no", status=404), rel="describedby"),
                 link(self.other.url("next", status=404), "pri=4", rel='"x duplicate"')]
        done = self.run_one(self.truncated(lines))
        self.assertEqual(done.code, 1, done)
        self.assertEqual(self.asked(), ["/first", "/next", "/second", "/last"])

    def test_references_are_relative_to_the_file(self):
        lines = [digest(self.origin.body("sub/b")), "Link: <sub/b>; rel=duplicate"]
        self.assertEqual(self.run_one(self.truncated(lines)).code, 0)
        self.fetch.assert_contents("a", self.origin.body("sub/b"))

    def test_the_digest_is_looked_at(self):
        """A place that has another file is left for the next, the first one too."""
        right = self.other.body("right", 300)
        url = self.origin.url("a", size=300, header=[
            digest(right), link(self.other.url("wrong", size=300), "pri=1"),
            link(self.other.url("right", size=300), "pri=2")])
        done = self.run_one(url)
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a", right)
        self.assertIn(hashlib.sha256(self.origin.body("a", 300)).hexdigest(), done.err)
        self.assertEqual(self.asked(), ["/wrong", "/right"])

    def test_repr_digest(self):
        """RFC 9530, its successor."""
        right = self.other.body("right")
        line = digest(right).replace("Digest: SHA-256=", "Repr-Digest: sha-256=:") + ":"
        done = self.run_one(self.origin.url("a", header=[line, link(self.other.url("right"))]))
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a", right)

    def test_without_a_digest_nobody_is_asked(self):
        """"... MUST be ignored", unless the user has a checksum."""
        lines = [link(self.other.url("a", size=5000))]
        self.assertEqual(self.run_one(self.truncated(lines)).code, 1)
        self.assertEqual(self.asked(), [])
        known = hashlib.sha256(self.other.body("a", 5000)).hexdigest()
        done = self.run_one(self.truncated(lines), "--checksum", f"sha-256={known}")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a", self.other.body("a", 5000))

    def test_the_users_checksum_goes_first(self):
        body = self.origin.body("a")
        url = self.origin.url("a", header=[digest(b"another"), link(self.other.url("a"))])
        known = hashlib.sha256(body).hexdigest()
        self.assertEqual(self.run_one(url, "--checksum", f"sha-256={known}").code, 0)
        self.assertEqual(self.asked(), [])

    def test_only_the_first_answer_counts(self):
        """Not what a place that is asked later, or the target of a redirect, names."""
        later = link(self.other.url("later"))
        body = self.other.body("x")
        place = self.other.url("x", status=404, header=[digest(body), later])
        self.assertEqual(self.run_one(self.truncated([digest(body), link(place)])).code, 1)
        target = self.other.url("x", size=100, truncate=10, header=[digest(body), later])
        self.assertEqual(self.run_one(self.origin.url("b", location=target)).code, 1)
        self.assertNotIn("/later", self.asked())

    def test_a_redirector(self):
        """What chooses among mirrors (MirrorBrain) names the others with its redirect."""
        body = self.other.body("a", 5000)
        lines = [digest(body), link(self.other.url("a", size=5000))]
        lost = self.origin.url("lost", reset="request")
        done = self.run_one(self.origin.url("a", location=lost, header=lines))
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a", body)

    def test_errors_speak_of_themselves(self):
        for status in (404, 503):
            url = self.origin.url("a", status=status, header=[digest(b"x"),
                                                              link(self.other.url("a"))])
            self.assertEqual(self.run_one(url).code, 1)
        self.assertEqual(self.asked(), [])

    def test_protocols_and_nonsense(self):
        lines = [digest(self.other.body("a", 5000)),
                 "Link: <ftp://127.0.0.1:1/a>; rel=duplicate; pri=1, <file:///etc/passwd>; "
                 "rel=duplicate; pri=1, <gopher://x/>; rel=duplicate, <>; rel=duplicate, "
                 "<http://[/>; rel=duplicate; pri=2, <http://>; rel=duplicate",
                 "Link: junk, <" + "x" * 3000 + ">; rel=prev, <" + self.other.url("a", size=5000) +
                 ">; rel=duplicate; pri=99999999999999999999",
                 "Link: <a>; rel=duplicate; anchor=\"#x\", <open; rel=duplicate"]
        done = self.run_one(self.truncated(lines), "--proto", "http,https")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("a", self.other.body("a", 5000))

    def test_so_many_places_and_no_more(self):
        """Of forty the best 32."""
        lines = ["Link: " + ", ".join(f"<f{n}?status=404>; rel=duplicate; pri={n}"
                                      for n in range(first, first - 20, -1)) for first in (20, 40)]
        self.assertEqual(self.run_one(self.truncated([digest(b"x"), *lines])).code, 1)
        self.assertEqual(self.asked(self.origin)[1:], [f"/f{n}" for n in range(1, 33)])

    def test_credentials_stay(self):
        """Elsewhere not even what the place's own URL names is sent; at the same origin all is."""
        own = self.other.url("own", auth="eve:x").replace("http://", "http://eve:x@")
        lines = [digest(b"x"), link(own), link(self.other.url("there", auth="user:secret")),
                 link(self.origin.url("here", auth="user:secret"))]
        self.run_one(self.truncated(lines, auth="user:secret"), "-u", "user:secret")
        self.assertEqual([r["status"] for r in self.other.requests()], [401, 401])
        self.assertEqual([r["status"] for r in self.origin.requests()], [200, 200])

    def test_an_unchanged_file(self):
        """304: nothing is looked at, nothing claimed."""
        body = self.origin.body("a")
        url = self.origin.url("a", etag='"x"', header=[digest(body), link(self.other.url("a"))])
        self.fetch.write("urls.txt", [url])
        self.assertEqual(self.fetch.run("urls.txt", "-o", "out").code, 0)
        done = self.fetch.run("urls.txt", "-o", "out", "--log", "log")
        self.assertIn("1 unchanged", done.err)
        line, = log(self.made())
        self.assertIsNone(line["checksum"])

    def test_what_is_decoded_has_another_digest(self):
        body = self.origin.body("a", 5000)
        for arguments in ((), ("--compressed",)):
            url = self.origin.url("a", size=5000, gzip=1, header=[digest(b"packed"),
                                                                  link(self.other.url("a"))])
            done = self.run_one(url, *arguments)
            self.assertEqual(done.code, 0 if arguments else 1, done)
        self.fetch.assert_contents("a", body)


class Large(Case):
    """Files that come in pieces, or in two runs."""

    def setUp(self):
        super().setUp()
        self.other = self.enter(Origin())
        self.body = self.origin.body("big", SIZE)

    def url(self, origin, **behaviour):
        return origin.url("big", size=SIZE, ranges=1, modified="@1600000000", drip="16K/10ms",
                          **behaviour)

    def named(self, *places, digest_of=None, **behaviour):
        return self.url(self.origin, header=[digest(digest_of or self.body), *map(link, places)],
                        **behaviour)

    def test_pieces_from_all_places(self):
        """Also from one that gives the file another time: the digest tells."""
        url = self.named(self.other.url("big", size=SIZE, ranges=1, drip="16K/10ms", etag='"b"'))
        done = self.fetch.run(*SPLIT, url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("big", self.body)
        self.assertGreater(len(self.other.requests()), 0)
        self.assertGreater(len(self.origin.requests()), 1)

    def test_a_place_that_lies(self):
        """The same length, other bytes: the first place alone has it right."""
        url = self.named(self.url(self.other, seed="lie"))
        done = self.fetch.run(*SPLIT, "--retry", "0", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("big", self.body)

    def test_a_redirect_and_pieces(self):
        """Where it leads is one of the places: it is not asked twice as often."""
        target = self.url(self.other)
        url = self.origin.url("big", location=target, header=[digest(self.body), link(target)])
        done = self.fetch.run(*SPLIT, url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_contents("big", self.body)

    def test_what_an_earlier_run_began_is_looked_at_too(self):
        for mode in MODES:
            for right in (True, False):
                with self.mode(mode) as arguments:
                    url = self.named(self.other.url("lost", status=404),
                                     digest_of=None if right else b"another")
                    running = self.fetch.start(url, "-o", "out/", *arguments)
                    parts = self.fetch.folder / "out" / ".fetch"
                    limit = time.monotonic() + 20
                    while not any(part.stat().st_size > MIB // 2 for part in parts.glob("*.part")):
                        self.assertLess(time.monotonic(), limit)
                        time.sleep(0.02)
                    running.signal(signal.SIGKILL)
                    running.finish()
                    self.origin.reset_stats()
                    done = self.fetch.run("--retry", "0", url, "-o", "out/", *arguments)
                    self.assertEqual(self.origin.requests()[0]["status"], 206)
                    self.assertEqual(done.code, 0 if right else 1, done)
                    if right:
                        self.fetch.assert_contents("big", self.body)


if __name__ == "__main__":
    unittest.main()
