"""--level: what is fetched is what lies so near, in whatever order the answers come."""

import http.server
import json
import random
import threading
import time
import unittest

from harness.program import Program

# Behind "slow" are the short ways, behind "1" the long ones.
LINKS = {
    "/": ["/slow", "/1"], "/1": ["/2"], "/2": ["/3", "/moved-3"],
    "/3": ["/far", "/moved", "/framed"],
    "/slow": ["/far", "/moved", "/framed"],
    "/far": ["/far-3"], "/far-3": ["/far-4"], "/far-4": ["/far-5"],
    "/target": ["/target-3"], "/target-3": ["/target-4"], "/target-4": ["/target-5"],
    "/framed": ["/framed-3"], "/framed-3": [],
}
MOVED = {"/moved": "/target", "/moved-3": "/3"}
# With --level 4.
NEAR = {"/", "/slow", "/1", "/2", "/3", "/moved-3", "/far", "/far-3", "/far-4", "/moved", "/target",
        "/target-3", "/target-4", "/framed", "/framed-3"}


class Site(http.server.BaseHTTPRequestHandler):
    """Pages of links. `held` are answered when all of `until` have been."""

    def do_GET(self):
        server = self.server
        path = self.path
        if path in server.held:
            deadline = time.monotonic() + 10
            while not server.until <= server.answered and time.monotonic() < deadline:
                time.sleep(0.01)
            time.sleep(0.3)  # until they have been read
        time.sleep(server.delay())
        known = path in server.links or path in server.moved
        self.send_response(301 if path in server.moved else 200 if known else 404)
        if path in server.moved:
            self.send_header("Location", server.moved[path])
        body = "".join(f"<a href='{to}'>x</a>" for to in server.links.get(path, [])).encode()
        self.send_header("Content-Type", "text/html")
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        server.answered.add(path)
        server.asked.append(path)

    do_HEAD = do_GET
    protocol_version = "HTTP/1.0"

    def log_message(self, *_):
        pass


class Levels(unittest.TestCase):
    def serve(self, links, moved=None):
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
        server.daemon_threads = True
        server.links, server.moved = links, moved or {}
        server.held, server.until, server.answered, server.asked = set(), set(), set(), []
        server.delay = lambda: 0
        server.handle_error = lambda *_: None  # a client that was killed
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.base = f"http://127.0.0.1:{server.server_address[1]}"
        return server

    def setUp(self):
        self.fetch = Program().__enter__()
        self.addCleanup(self.fetch.__exit__, None, None, None)

    def walk(self, command, *options, code=0, level=4):
        """The paths that it has fetched, sorted: each but once."""
        self.fetch.path("log").unlink(missing_ok=True)
        done = self.fetch.run(command, "--no-config", "--retry", "0", "--log", "log", "--level", str(level),
                              *options, self.base + "/", timeout=60)
        self.assertEqual(done.code, code, done)
        lines = self.fetch.path("log").read_text().splitlines()
        return sorted(json.loads(line)["url"][len(self.base):] for line in lines)

    def hold(self, server):
        server.held, server.until = {"/slow"}, {"/far", "/moved", "/framed"}

    def test_a_short_way_that_comes_late_counts(self):
        """The page at the end of the long way is learnt from before the short one is known."""
        for command, options in (("mirror", ("-o", "out")),
                                 ("crawl", ("--delay", "0", "--per-host", "4"))):
            with self.subTest(command):
                self.hold(self.serve({path: links for path, links in LINKS.items()}, MOVED))
                self.assertEqual(self.walk(command, *options), sorted(NEAR))

    def test_a_mirror_that_is_there_is_no_other(self):
        server = self.serve(LINKS, MOVED)
        self.assertEqual(self.walk("mirror", "-o", "out"), sorted(NEAR))
        self.hold(server)
        server.answered.clear()
        self.assertEqual(self.walk("mirror", "-o", "out"), sorted(NEAR))

    def test_a_killed_crawl_knows_what_it_has_learnt(self):
        for command, options in (("mirror", ("-o", "out")),
                                 ("crawl", ("--delay", "0", "--per-host", "4", "-o", "out2"))):
            with self.subTest(command):
                server = self.serve(LINKS, MOVED)
                self.hold(server)
                server.until = {"never"}
                run = self.fetch.start(command, "--no-config", "--retry", "0", "--level", "4",
                                       *options, self.base + "/")
                deadline = time.monotonic() + 20
                while not {"/far", "/target", "/framed"} <= server.answered and \
                        time.monotonic() < deadline:
                    time.sleep(0.01)
                time.sleep(0.5)  # until that is kept
                run.kill()
                server.held = set()
                server.asked.clear()
                again = self.walk(command, *options)
                self.assertLessEqual({"/slow", "/far-3", "/far-4", "/target-3", "/target-4"},
                                     set(again))
                self.assertLessEqual(set(again), NEAR)

    def test_a_check_reads_what_it_has_only_looked_at(self):
        """Met beyond --level it is but looked at; met within, it is read."""
        links = dict(LINKS, **{"/far-3": ["/far-4", "/none"], "/far": ["/far-3"]})
        self.hold(self.serve(links, MOVED))
        done = self.fetch.run("crawl", "--check", "--no-config", "--retry", "0", "--delay", "0",
                              "--per-host", "4", "--level", "3", self.base + "/")
        self.assertIn(b"/none", done.out, done)
        self.assertEqual(done.code, 1, done)

    def test_any_order_gives_what_is_computed(self):
        """A web of links with answers that take their time at random."""
        chance = random.Random(7)
        names = [f"/{number}" for number in range(60)]
        links = {name: chance.sample(names, 2) for name in names}
        links["/"] = ["/0", "/1"]
        near = {"/": 0}
        for level in range(1, 6):
            for path in [path for path, depth in near.items() if depth == level - 1]:
                for to in links[path]:
                    near.setdefault(to, level)
        for turn in range(4):
            server = self.serve(links)
            server.delay = lambda: chance.choice((0, 0, 0.002, 0.03))
            self.assertEqual(self.walk("mirror", "-o", f"out{turn}", level=5), sorted(near))


if __name__ == "__main__":
    unittest.main()
