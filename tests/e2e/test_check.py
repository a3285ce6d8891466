"""`fetch crawl --check`: which links are broken, on which lines, fragments and other hosts included."""

import http.server
import json
import subprocess
import threading
import unittest

from harness.nginx import Nginx
from harness.program import Program
from harness.server import free_port

OUTSIDE = {"/there": 200, "/gone": 410, "/no-head": 200, "/no-head-gone": 404, "/closed": 403}


class Outside(http.server.BaseHTTPRequestHandler):
    """Another host; some of its resources do not like HEAD."""

    def do_HEAD(self):
        self.answer(405 if "no-head" in self.path else None)

    def do_GET(self):
        self.answer(None)

    def answer(self, status):
        self.server.asked.append((self.command, self.path))
        if self.path.startswith("/endless/"):
            self.send_response(302)
            self.send_header("Location", f"/endless/{int(self.path.split('/')[2]) + 1}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(status or OUTSIDE.get(self.path, 404))
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "24")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"<a href='/not-read'></a>")

    def log_message(self, *_):
        pass


def site(outside, dead):
    return {
        "index.html": f"""<!DOCTYPE html><body id=start>
<a href="a.html">fine</a> <a href="a.html#part">fine</a> <a href="#start">fine</a>
<a href="a.html#none">no such fragment</a>
<a href="gone.html">gone</a> <a href="/gone.html#x">gone again</a>
<a href="moved">fine</a> <a href="moved#nowhere">no such fragment there</a>
<a href="lost">moved to what is gone</a> <a href="round">without end</a>
<img src="one.png"> <img src="none.png"> <form action="/send"></form>
<a href="http://[bad/">no URL</a> <a href="mailto:a@b.test">mail</a>
<a href="{outside}/there#any">fine</a> <a href="{outside}/gone">gone</a>
<a href="{outside}/no-head">fine</a> <a href="{outside}/no-head-gone">gone</a>
<a href="{outside}/closed">closed</a>
<a href="{dead}/">nobody answers</a>
<a href="a.html#">fine</a> <a href="a.html#Top:~:text=x">fine</a> <a href="a.html#r%C3%BCck">fine</a>
<a href="named#x">fine</a> <a href="misnamed">no such fragment</a>
<a href="one.png#any">fine</a> <a href="failing">fails</a>""",
        "a.html": "<h1 id=part>part</h1><a name='r\u00fcck'></a>\n\n<a href='gone.html'>gone</a>",
        "one.png": "one",
    }


LINES = """
location = /moved { return 301 /a.html; }
location = /named { return 301 /a.html#part; }
location = /misnamed { return 301 /a.html#none; }
location = /lost { return 302 /gone.html; }
location = /round { return 302 /round; }
location = /failing { return 500; }
location = /no-url { return 302 "http://[bad/"; }
location = /mail { return 302 "mailto:a@b.test"; }
location /on/ { return 302 ${request_uri}1; }
types { text/html html; image/png png; }
"""


class Checks(unittest.TestCase):
    def setUp(self):
        self.outside = http.server.ThreadingHTTPServer(("127.0.0.2", 0), Outside)
        self.outside.asked = []
        threading.Thread(target=self.outside.serve_forever, daemon=True).start()
        self.addCleanup(self.outside.server_close)
        self.addCleanup(self.outside.shutdown)
        self.fetch = self.enter(Program())
        self.elsewhere = f"http://127.0.0.2:{self.outside.server_address[1]}"

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def serve(self, files):
        nginx = self.enter(Nginx({name: text.encode() for name, text in files.items()}, LINES))
        self.home = nginx.base + "/"

    def check(self, *arguments, code=1):
        """(Result, the lines on standard output without the site's name)."""
        done = self.fetch.run("crawl", "--check", "--no-config", "--delay", "0", "--retry", "0",
                              *arguments, self.home)
        self.assertEqual(done.code, code, done)
        return done, done.out.decode().replace(self.home, "/").splitlines()

    def test_broken_links_and_where_they_are(self):
        dead = f"http://127.0.0.3:{free_port('127.0.0.3')}"
        self.serve(site(self.elsewhere, dead))
        _, lines = self.check("--no-robots")
        gone = "server answered 404 Not Found"
        self.assertEqual(lines[:12], [
            "/:3: /a.html#none: the page has no such fragment",
            f"/:4: /gone.html: {gone}",
            f"/:4: /gone.html#x: {gone}",
            "/:5: /moved#nowhere: the page has no such fragment",
            f"/:6: /lost: {gone}",
            "/:6: /round: it redirects in a circle",
            f"/:7: /none.png: {gone}",
            f"/:8: http://[bad/: {self.reason(lines, 7)}",
            f"/:9: {self.elsewhere}/gone: server answered 410 Gone",
            f"/:10: {self.elsewhere}/no-head-gone: {gone}",
            f"/:11: {self.elsewhere}/closed: server answered 403 Forbidden",
            f"/:12: {dead}/: {self.reason(lines, 11)}",
        ])
        self.assertIn("refused", self.reason(lines, 11))
        self.assertEqual(lines[12:], ["/:14: /misnamed: the page has no such fragment",
                                      "/:15: /failing: server answered 500 Internal Server Error",
                                      f"/a.html:3: /gone.html: {gone}"])

    def reason(self, lines, index):
        return lines[index].split(": ", 2)[2]

    def test_other_hosts_are_asked_by_head(self):
        self.serve(site(self.elsewhere, self.elsewhere))
        self.check("--no-robots")
        asked = self.outside.asked
        for path in ("/there", "/gone"):
            self.assertEqual([method for method, where in asked if where == path], ["HEAD"])
        self.assertEqual([method for method, where in asked if where == "/no-head"],
                         ["HEAD", "GET"])
        self.assertNotIn("/not-read", [where for _, where in asked])

    def test_redirects_without_end(self):
        """Each leads to another URL: on the site, on another, for a page and for a picture."""
        self.serve({"index.html": f"<a href='{self.elsewhere}/endless/1'>x</a>\n"
                                  "<a href=/on/1>x</a>\n<img src=/on/a1>\n"
                                  f"<img src='{self.elsewhere}/endless/1000'>"})
        for options, most in ((), 10), (("--page-requisites",), 8):
            self.outside.asked.clear()
            _, lines = self.check("--no-robots", *options)
            self.assertEqual(lines, [
                f"/:1: {self.elsewhere}/endless/1: more than 10 redirects",
                "/:2: /on/1: more than 10 redirects",
                f"/:3: /on/a1: more than {most} redirects",
                f"/:4: {self.elsewhere}/endless/1000: more than {most} redirects"])
            self.assertLess(len(self.outside.asked), 30)

    def test_redirects_to_no_url(self):
        """Where it leads to another program, nothing is said about it."""
        self.serve({"index.html": "<a href=/no-url>x</a>\n<a href=/mail>x</a>"})
        _, lines = self.check("--no-robots")
        self.assertEqual(len(lines), 1)
        self.assertRegex(lines[0], "^/:1: /no-url: it redirects to no URL: .")

    def test_findings_are_told_once(self):
        """On standard output; but a failure that no page leads to stands on the other."""
        self.serve({"index.html": "<a href=gone.html>x</a>",
                    "robots.txt": f"Sitemap: {self.elsewhere}/none.xml\n"})
        done, lines = self.check()
        self.assertEqual(lines, ["/:1: /gone.html: server answered 404 Not Found"])
        self.assertNotIn("gone.html", done.err)
        self.assertIn("none.xml", done.err)
        self.assertIn("gone.html", self.check("-v")[0].err)

    def test_robots_count(self):
        self.serve({"index.html": f"<a href='{self.elsewhere}/there'>there</a>"})
        self.check(code=0)
        self.assertEqual(self.outside.asked, [("GET", "/robots.txt"), ("HEAD", "/there")])

    def test_nothing_is_broken(self):
        self.serve({"index.html": "<a href=a.html#b>a</a>", "a.html": "<p id=b><a href=/>up</a>"})
        done, lines = self.check("--log", "log", code=0)
        self.assertEqual(lines, [])
        told = [json.loads(line) for line in self.fetch.path("log").read_text().splitlines()]
        self.assertEqual([line["status"] for line in told], [200, 200])

    def test_a_fragment_alone_fails(self):
        self.serve({"index.html": "\n<a href='#none'>none</a>"})
        self.assertEqual(self.check()[1], ["/:2: /#none: the page has no such fragment"])

    def test_levels_bound_what_is_read(self):
        self.serve({"index.html": "<a href=a.html>a</a>", "a.html": "<a href=b.html>b</a>",
                    "b.html": "<a href=gone.html>gone</a>"})
        self.check("--level", "1", code=0)
        _, lines = self.check("--level", "2")
        self.assertEqual(lines, ["/b.html:1: /gone.html: server answered 404 Not Found"])

    def test_standard_output_is_full(self):
        self.serve({"index.html": "<a href='#none'>none</a>"})
        with open("/dev/full", "wb") as full:
            done = subprocess.run([self.fetch.binary, "crawl", "--check", "--no-config", self.home],
                                  stdout=full, stderr=subprocess.PIPE, text=True, timeout=20,
                                  check=False)
        self.assertEqual(done.returncode, 3, done)
        self.assertIn("cannot write to standard output", done.stderr)

    def test_what_has_no_effect_is_refused(self):
        for option in ("-o", "--output-dir"):
            done = self.fetch.run("crawl", "--check", option, "out/", "http://h.test/")
            self.assertEqual(done.code, 2, done)
            self.assertIn("--check keeps no files", done.err)


if __name__ == "__main__":
    unittest.main()
