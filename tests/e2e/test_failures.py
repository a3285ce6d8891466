"""Every way in which a server can fail: what the user is told, and that nothing is left."""

import re
import unittest

from harness.case import Case
from harness.program import Program
from harness.told import MODES, failures, log, summary


def failing(logged, reason, **behaviour):
    """The HTTP status in the log, what is said (a regular expression), what the origin does."""
    return logged, reason, behaviour


# A reset may overtake the bytes before it, so that they are not always seen.
RESET = "connection reset by peer"

CONNECTIONS = {
    "reset-at-once": failing(0, rf"{RESET} while (waiting for the answer|sending the request)",
                             reset="accept"),
    "reset-request": failing(0, rf"{RESET} while waiting for the answer", reset="request"),
    "reset-headers": failing(200, rf"{RESET} inside the headers", reset="headers"),
    "reset-after": failing(200, rf"{RESET} before the body", reset="after-headers"),
    "reset-body": failing(200, rf"{RESET} while receiving the body, after 32,768 bytes",
                          reset="body", size="64K"),
    "reset-large": failing(200, rf"{RESET} while receiving the body, after [\d,]+ bytes",
                           reset="body", size="3M"),
    "close-headers": failing(200, "connection closed inside the headers", close="headers"),
    "close-silent": failing(0, "connection closed before any answer", close="silent"),
    "truncated": failing(200, "server announced 1,024 bytes and closed after 500", truncate=500),
    "truncated-at-0": failing(200, "server announced 1,024 bytes and closed after 0", truncate=0),
    "truncated-large": failing(200, "server announced 2,097,152 bytes and closed after 2,097,151",
                               size="2M", truncate=2097151),
    "length-too-long": failing(200, "server announced 5,000 bytes and closed after 1,024",
                               length=5000),
    "chunks-broken": failing(200, "broken chunks while receiving the body, after 512 bytes",
                             chunks="broken"),
    "chunks-cut": failing(200, r"connection closed while receiving the body, after [\d,]+ bytes",
                          chunks="cut"),
    "chunks-unended": failing(200,
                              "connection closed while receiving the body, after 1,024 bytes",
                              chunks="unended"),
    "headers-huge": failing(200, "more than 300 KiB of headers", headers="400K"),
    "headers-endless": failing(200, "more than 300 KiB of headers", headers="endless"),
    "noise": failing(0, "the answer is not (valid )?HTTP", noise=1),
}

STATUSES = {
    "bad-request": failing(400, "server answered 400 Bad Request", status=400),
    "unauthorized": failing(401, "server answered 401 Unauthorized", auth="me:secret"),
    "forbidden": failing(403, "server answered 403 Forbidden", status=403),
    "not-found": failing(404, "server answered 404 Not Found", status=404),
    "not-found-cut": failing(404, "server answered 404 Not Found", status=404, truncate=100),
    "gone": failing(410, "server answered 410 Gone", status=410),
    "too-many": failing(429, "server answered 429 Too Many Requests", status=429),
    "error": failing(500, "server answered 500 Internal Server Error", status=500),
    "bad-gateway": failing(502, "server answered 502 Bad Gateway", status=502),
    "unavailable": failing(503, "server answered 503 Service Unavailable", status=503),
    "unknown-status": failing(599, "server answered 599", status=599),
    "choices": failing(300, "server answered 300 Multiple Choices without a usable Location",
                       status=300),
    "nowhere": failing(301, "server answered 301 Moved Permanently without a usable Location",
                       status=301),
    "unasked-304": failing(
        304, "server answered 304 Not Modified, though nothing was asked conditionally",
        status=304),
    "unasked-206": failing(
        206, "server answered 206 Partial Content, though no range was asked for", status=206),
}

REFUSED = "cannot follow the redirect: redirect to a protocol that is not allowed"
REDIRECTS = {
    "chain-too-long": failing(302, r"more than 10 redirects, at \S+\?redirect=1", redirect=11),
    "loop": failing(302, r"more than 10 redirects, at \S+\?redirect=loop", redirect="loop"),
    "empty": failing(302, "server answered 302 Found without a usable Location", location=""),
    "bad-host": failing(302, "cannot follow the redirect: .*host.*", location="http://[bad"),
    "to-a-file": failing(302, f"{REFUSED}|cannot follow the redirect: unsupported scheme",
                         location="file:///etc/hostname"),
    "to-gopher": failing(302, f"{REFUSED}|cannot follow the redirect: unsupported scheme",
                         location="gopher://127.0.0.1/1"),
    "to-mail": failing(302, f"{REFUSED}|cannot follow the redirect: unsupported scheme",
                       location="mailto:someone"),
}

# Odd, but no failure. The size of what must arrive.
FINE = {
    "plain": (1024, {}),
    "empty-body": (0, {"size": 0}),
    "no-content": (0, {"status": 204, "size": 0}),
    "chunked": (5000, {"size": 5000, "chunked": 1}),
    "no-length": (5000, {"size": 5000, "nolength": 1}),
    "http-1.0": (5000, {"size": 5000, "http10": 1}),
    "close": (5000, {"size": 5000, "conn": "close"}),
    "drop": (5000, {"size": 5000, "conn": "drop"}),
    "early-hints": (1024, {"interim": 103}),
    "many-headers": (1024, {"headers": "200K"}),
    "ten-hops": (1024, {"redirect": 10}),
    # Whatever follows the announced length belongs to nobody.
    "length-too-short": (100, {"length": 100}),
}


class Failures(Case):
    def start(self, cases, arguments=(), fine=None):
        """Fetches what fails together with what does not, in a folder of its own."""
        fine = {"plain": FINE["plain"]} if fine is None else fine
        fetch = self.enter(Program())
        urls = {name: self.origin.url(f"{name}.bin", **behaviour)
                for name, (*_, behaviour) in [*cases.items(), *fine.items()]}
        fetch.write("urls.txt", urls.values())
        run = fetch.start("--retry", "0", *arguments, "--log", "log", "-o", "out", "urls.txt")
        return fetch, run, urls, cases, fine

    def finish(self, fetch, run, urls, cases, fine):
        """Checks each URL: what the user is told on standard error, word for word, and in the
        log, and which files are there."""
        done = run.finish(60)
        told = failures(done)
        logged = {line["url"]: line for line in log((fetch.folder / "log").read_text())}
        self.assertEqual(done.code, 1 if cases else 0, done)
        self.assertEqual(summary(done), {"ok": len(fine), "unchanged": 0, "skipped": 0,
                                         "failed": len(cases)})
        self.assertEqual(sorted(logged), sorted(urls.values()))
        self.assertEqual(sorted(told), sorted(urls[name] for name in cases), done)
        fetch.assert_files([f"{name}.bin" for name in fine])
        for name, (status, reason, _) in cases.items():
            line = logged[urls[name]]
            self.assertRegex(told[urls[name]], rf"\A(?:{reason})\Z", name)
            self.assertIn(line["error"], told[urls[name]], name)
            self.assertEqual((line["outcome"], line["path"], line["attempts"]),
                             ("failed", None, 1), line)
            self.assertEqual(line["status"], status, line)
        for name, (size, _) in fine.items():
            fetch.assert_contents(f"{name}.bin", self.origin.body(f"{name}.bin", size))
            line = logged[urls[name]]
            self.assertEqual((line["outcome"], line["error"], line["path"], line["bytes"]),
                             ("ok", None, f"{name}.bin", size), line)
        return done

    def in_all_modes(self, cases, arguments=(), fine=None):
        """At the same time, for much of this is waiting."""
        runs = {mode: self.start(cases, (*MODES[mode], *arguments), fine) for mode in MODES}
        for mode, run in runs.items():
            with self.subTest(mode=mode):
                self.finish(*run)

    def test_connections_that_break(self):
        self.in_all_modes(CONNECTIONS)

    def test_answers_that_are_no_success(self):
        self.in_all_modes(STATUSES)

    def test_redirects_that_lead_nowhere(self):
        self.in_all_modes(REDIRECTS)

    def test_what_is_odd_but_no_failure(self):
        self.in_all_modes({}, fine=FINE)

    def test_all_one_after_another_on_few_connections(self):
        """What one failure leaves behind on a connection does no harm to the next transfer."""
        self.finish(*self.start({**STATUSES, **REDIRECTS, **CONNECTIONS}, ("-j", "1"), FINE))

    def test_stalls(self):
        self.in_all_modes({
            "silent": failing(0, "no byte received for 1 s, while waiting for the answer",
                              delay="20s"),
            "before": failing(200, "no byte received for 1 s, before the body", stall=0),
            "within": failing(200, "no byte received for 1 s, while receiving the body, "
                                   "after 100 bytes", stall=100),
        }, ("--stall-timeout", "1s"), fine={})

    def test_a_slow_drip_is_no_stall_but_ends_with_max_time(self):
        self.in_all_modes({
            "drip": failing(200, r"time is up while receiving the body, after [\d,]+ bytes",
                            size="1M", drip="100/50ms"),
            "late": failing(0, "time is up while waiting for the answer", delay="20s"),
        }, ("--stall-timeout", "15s", "-m", "1s"), fine={})

    def test_redirects_share_one_max_time(self):
        """Each of the eight hops would be in time by itself."""
        done = self.finish(*self.start({
            "hops": failing(0, r"time is up while waiting for the answer, at \S+",
                            redirect=8, delay="400ms"),
        }, ("-m", "1500ms"), fine={}))
        self.assertLess(done.wall, 8 * 0.4)

    def test_servers_that_cannot_be_reached(self):
        reset = self.origin.reset_base + "/reset.bin"
        closed = "http://127.0.0.1:1/closed.bin"
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [reset, closed])
                done = self.fetch.run("--retry", "0", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 1, done)
                told = failures(done)
                self.assertEqual(sorted(told), sorted([reset, closed]), done)
                self.assertRegex(told[reset], r"\A(could not connect: )?connection reset by peer"
                                              r"( while .*)?\Z")
                self.assertEqual(told[closed], "could not connect: connection refused")
                self.fetch.assert_files([])

    def test_larger_than_allowed(self):
        allowed = 100_000
        self.in_all_modes({
            "announced": failing(200, "server announced 100,001 bytes, only 100,000 are allowed",
                                 size=allowed + 1),
            "chunked": failing(200, "larger than the 100,000 bytes allowed", size=allowed + 1,
                               chunked=1),
            "no-length": failing(200, "larger than the 100,000 bytes allowed", size="1M",
                                 nolength=1),
            "bomb": failing(200, "larger than the 100,000 bytes allowed", size="4M", gzip="bomb"),
        }, ("--max-filesize", allowed, "--compressed"), fine={
            "exactly": (allowed, {"size": allowed}),
            "exactly-chunked": (allowed, {"size": allowed, "chunked": 1}),
            "exactly-decoded": (allowed, {"size": allowed, "gzip": 1}),
        })

    def test_without_compressed_the_bytes_are_kept_as_they_come(self):
        url = self.origin.url("bomb.bin", size="4M", gzip="bomb")
        done = self.fetch.run("--max-filesize", "100000", "-o", "out/", url)
        self.assertEqual(done.code, 0, done)
        self.fetch.assert_files(["bomb.bin"])
        self.assertEqual((self.fetch.folder / "out/bomb.bin").read_bytes()[:2], b"\x1f\x8b")

    def test_compression_that_is_broken(self):
        done = self.fetch.run("--retry", "0", "--compressed", "-o", "out/",
                              self.origin.url("a.bin", header="Content-Encoding: gzip"))
        self.assertEqual(done.code, 1, done)
        self.assertIn("the body's compression is broken or unknown", done.err)
        self.fetch.assert_files([])

    def test_compressed_bodies_in_right_framing(self):
        """What HTTP calls complete may still be half a file."""
        early = "the gzip body ends too early"
        broken = "the body's compression is broken or unknown"
        self.in_all_modes({
            "cut": failing(200, early, gzip="cut"),
            "cut-empty": failing(200, early, gzip="cut", size=0),
            "cut-large": failing(200, early, gzip="cut", size="3M"),
            "cut-chunked": failing(200, early, gzip="cut", chunked=1),
            "cut-no-length": failing(200, early, gzip="cut", nolength=1),
            "damaged": failing(200, broken, gzip="damaged"),
            "damaged-large": failing(200, broken, gzip="damaged", size="3M"),
            "not-compressed": failing(200, broken, header="Content-Encoding: br"),
            "unknown": failing(200, broken, header="Content-Encoding: compress"),
            "three-codings": failing(200, broken, header="Content-Encoding: br, br", gzip=1),
            "not-found": failing(404, "server answered 404 Not Found", status=404, gzip="cut"),
            # Newer libcurls refuse it before they show it to anybody.
            "transfer": failing(200,
                                "the server used a transfer coding that nobody asked for|" + broken,
                                header="Transfer-Encoding: gzip", chunked=1),
        }, ("--compressed",), fine={
            "whole": (1024, {"gzip": 1}),
            "whole-large": (20 << 20, {"gzip": 1, "size": 20 << 20}),
            "whole-chunked": (1024, {"gzip": 1, "chunked": 1}),
            "whole-empty": (0, {"gzip": 1, "size": 0}),
            "empty": (0, {"header": "Content-Encoding: gzip", "size": 0}),
            "identity": (1024, {"header": "Content-Encoding: identity"}),
        })

    def test_redirects_are_followed_to_the_end(self):
        for status in (301, 302, 303, 307, 308):
            with self.subTest(status=status):
                url = self.origin.url("a.bin", status=status, location=f"/{status}.bin?redirect=3")
                done = self.fetch.run("--log", "log", "-o", "out/", url)
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_contents("a.bin", self.origin.body(f"{status}.bin"))
                line = log(self.made())[0]
                self.assertEqual((line["status"], line["url"]), (200, url))
                self.assertEqual(line["final_url"], self.origin.url(f"{status}.bin", redirect=0))

    def test_how_many_redirects_are_followed(self):
        url = self.origin.url("a.bin", redirect=3)
        for bound, code, told in (("3", 0, ""), ("2", 1, "2 redirects"), ("1", 1, "1 redirect"),
                                  ("0", 1, "0 redirects")):
            with self.subTest(bound=bound):
                done = self.fetch.run("--max-redirs", bound, "-o", "out/", url)
                self.assertEqual(done.code, code, done)
                if code:
                    self.assertRegex(failures(done)[url], rf"\Amore than {told}(, at |\Z)")
        many = self.origin.url("a.bin", redirect=40)
        self.assertEqual(self.fetch.run("--max-redirs", "-1", "-o", "out/", many).code, 0)

    def test_protocols_that_were_not_asked_for(self):
        """--proto also bounds what the command line itself may name, and redirects."""
        redirect = self.origin.url("a.bin", location="ftp://127.0.0.1:1/a")
        done = self.fetch.run("--proto", "http", "--retry", "0", "-o", "out/", redirect)
        self.assertEqual(done.code, 1, done)
        self.assertEqual(failures(done)[redirect], REFUSED)
        done = self.fetch.run("--proto", "https", "--retry", "0", "-o", "out/",
                              self.origin.url("a.bin"))
        self.assertEqual(done.code, 1, done)
        self.assertRegex(done.err, r"protocol|scheme")
        self.fetch.assert_files([])
        self.assertEqual([entry["target"].split("=")[0] for entry in self.origin.requests()],
                         ["/a.bin?location"])

    def test_a_failure_leaves_an_older_file_alone(self):
        """Also when it comes in the middle of the body."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                fetch, origin = self.fetch, self.origin
                (fetch.folder / "out").mkdir()
                (fetch.folder / "out/a.bin").write_bytes(b"older")
                fetch.write("urls.txt", [origin.url("a.bin", size="3M", reset="body")])
                done = fetch.run("--retry", "0", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 1, done)
                fetch.assert_files(["a.bin"])
                fetch.assert_contents("a.bin", b"older")

    def test_a_single_url_is_told_without_a_line_number(self):
        url = self.origin.url("a.bin", status=404)
        done = self.fetch.run("-q", url)
        self.assertEqual((done.code, done.out), (1, b""), done)
        self.assertEqual(done.err, f"fetch: {url}: server answered 404 Not Found\n")

    def test_a_list_is_told_with_line_numbers(self):
        url = self.origin.url("a.bin", status=404)
        self.fetch.write("urls.txt", ["# comment", "", self.origin.url("b.bin"), url])
        done = self.fetch.run("-q", "urls.txt", "-o", "out")
        self.assertEqual(done.err, f"fetch: urls.txt:4: {url}: server answered 404 Not Found\n")

    def test_what_the_server_says_cannot_reach_the_terminal(self):
        url = self.origin.url("a.bin", location="/\x1b[31mred\x07?status=404")
        done = self.fetch.run("-o", "out/", url)
        self.assertEqual(done.code, 1, done)
        self.assertFalse(re.search(r"[\x00-\x09\x0b-\x1f\x7f]", done.err), repr(done.err))


if __name__ == "__main__":
    unittest.main()
