"""`fetch mirror` and `fetch crawl` among sites that mean no good, and on disks that have been
tampered with."""

import shutil
import signal
import time
import unittest

from harness.program import Program
from harness.site import Site
from harness.told import summary

TAG = {"ETag": '"1"'}


class Hostile(unittest.TestCase):
    def setUp(self):
        self.fetch = self.enter(Program())
        self.site = self.enter(Site())
        self.other = self.enter(Site())

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def run_it(self, command, *arguments, code=0, timeout=60):
        done = self.fetch.run(command, "--no-config", "--retry", "0", "--delay", "0",
                              *arguments, timeout=timeout)
        if code is not None:
            self.assertEqual(done.code, code, done)
        return done

    def mirror(self, *arguments, url=None, **more):
        return self.run_it("mirror", "-o", "out", *arguments, url or self.site.url(), **more)

    def copy(self, name, site=None):
        return self.fetch.path("out") / (site or self.site).host / name

    def set_links(self, path, *targets, tag=TAG):
        links = "".join(f"<a href='{target}'>x</a>" for target in targets)
        self.site.pages[path] = (200, tag, f"<!DOCTYPE html>{links}")

    # Credentials

    def test_logins_stay_with_the_seeds_origin(self):
        """Whoever writes a page chooses where its links lead; not what is sent there."""
        self.site.pages["/"] = (f"<img src='{self.other.url('/p.png')}'>"
                                f"<a href='{self.other.url('/a.html')}'>x</a><a href='/b.html'>x</a>")
        self.other.pages["/a.html"] = "other"
        self.site.pages["/b.html"] = "same"
        for command in ("mirror", "crawl"):
            self.run_it(command, "--span-hosts", "--page-requisites", "--user", "me:secret",
                        "-H", "Authorization: Bearer hidden", "-H", "Cookie: a=secret", "-o", command,
                        self.site.url())
            self.assertEqual(set(self.other.paths()), {"/robots.txt", "/p.png", "/a.html"})
            for path, headers in self.other.asked:
                self.assertNotIn("Authorization", headers, path)
                self.assertNotIn("Cookie", headers, path)
            for path, headers in self.site.asked:
                self.assertIn("Authorization", headers, path)

    def test_a_redirected_seed_takes_no_login_along(self):
        self.site.pages["/"] = (302, {"Location": self.other.url("/")}, "")
        self.other.pages["/"] = "other"
        self.mirror("--user", "me:secret")
        self.assertIn("/", self.other.paths())
        self.assertTrue(all("Authorization" not in headers for _, headers in self.other.asked))

    def test_a_seeds_own_login_is_written_nowhere(self):
        self.site.pages["/"] = "<a href='/b.html'>x</a>"
        self.site.pages["/b.html"] = f"<a href='http://you:secret@{self.site.host}/c.html'>x</a>"
        self.site.pages["/c.html"] = "c"
        done = self.mirror("--log", "log", "-v", url=self.site.url(login="me:secret@"))
        self.assertIn("/c.html", self.site.paths())
        for path, headers in self.site.asked:
            self.assertEqual(headers.get("Authorization"), "Basic bWU6c2VjcmV0", path)
        self.assertNotIn("secret", done.err)
        for path in self.fetch.folder.rglob("*"):
            if path.is_file() and path.name != "b.html" and "pristine" not in str(path):
                self.assertNotIn(b"me:secret", path.read_bytes(), path)

    # What is removed, and what is not

    def test_what_an_interrupted_pass_has_fetched_is_not_deleted(self):
        self.set_links("/", *[f"/{i}.html" for i in range(6)])
        for i in range(6):
            self.set_links(f"/{i}.html")
        self.mirror("--max-urls", "4", "-j", "1")
        done = self.mirror("--delete")
        self.assertEqual(len(list(self.copy("").glob("*.html"))), 7, done)

    def test_other_sites_of_the_folder_are_not_deleted(self):
        self.site.pages["/"] = "site"
        self.other.pages["/"] = "other"
        self.mirror(url=self.other.url())
        self.mirror("--delete")
        self.assertTrue(self.copy("index.html", self.other).is_file())

    def test_a_name_that_another_url_has_now_is_not_deleted(self):
        self.set_links("/", "/x")
        self.site.pages["/x"] = (200, TAG, "<p>old")
        self.mirror()
        self.assertTrue(self.copy("x.html").is_file())
        self.site.pages["/x"] = (301, {"Location": "/x.html"}, "")
        self.site.pages["/x.html"] = "<p>new"
        self.mirror("--delete")
        self.assertTrue(any(b"new" in path.read_bytes() for path in self.copy("").glob("*.html")))

    def test_symbolic_links_lead_nowhere(self):
        """Nothing is removed, read or written behind one that lies in the folder."""
        outside = self.fetch.folder / "outside"
        outside.mkdir()
        self.set_links("/", "/a/one.html", "/a/two.html")
        self.set_links("/a/one.html")
        self.set_links("/a/two.html")
        self.mirror()
        kept = {path.name: path.read_bytes() for path in self.copy("a").iterdir()}
        shutil.move(self.copy("a"), outside / "a")
        self.copy("a").symlink_to(outside / "a")
        self.set_links("/", "/b.html", tag={"ETag": '"2"'})
        self.set_links("/b.html")
        self.mirror("--delete", code=None)
        self.assertEqual({path.name: path.read_bytes() for path in (outside / "a").iterdir()}, kept)

    def test_planted_stores_are_refused(self):
        self.set_links("/")
        for name in ("pages.db", "frontier.db", "pristine", "unconverted"):
            with self.subTest(name=name):
                shutil.rmtree(self.fetch.path("out"), ignore_errors=True)
                self.mirror()
                victim = self.fetch.folder / f"victim-{name}"
                place = self.fetch.path("out/.fetch") / name
                if place.is_dir():
                    shutil.rmtree(place)
                    victim.mkdir()
                else:
                    place.unlink(missing_ok=True)
                    victim.write_bytes(b"")
                place.symlink_to(victim)
                self.set_links("/", tag={"ETag": f'"{name}"'})
                self.mirror(code=None)
                if victim.is_dir():
                    self.assertEqual(list(victim.iterdir()), [])
                else:
                    self.assertEqual(victim.read_bytes(), b"")

    # What is known of pages

    def test_an_unchanged_page_whose_links_are_lost_is_asked_for_anew(self):
        self.set_links("/", "/a.html")
        self.set_links("/a.html", "/b.html")
        self.set_links("/b.html")
        self.site.pages["/robots.txt"] = (404, {}, "")
        self.mirror()
        for name in self.fetch.path("out/.fetch").glob("pages.db*"):
            name.unlink()
        self.site.asked.clear()
        done = self.mirror("--delete")
        self.assertEqual(set(self.site.paths()) - {"/robots.txt"}, {"/", "/a.html", "/b.html"}, done)
        self.assertTrue(self.copy("b.html").is_file())
        self.site.asked.clear()
        done = self.mirror()
        self.assertEqual(summary(done)["unchanged"], 3, done)

    def test_a_damaged_store_of_pages_is_told(self):
        self.set_links("/", "/a.html")
        self.set_links("/a.html")
        self.mirror()
        path = self.fetch.path("out/.fetch/pages.db")
        path.write_bytes(b"no data base" * 1000)
        done = self.mirror(code=None)
        self.assertIn("pages.db", done.err)
        self.assertTrue(self.copy("a.html").is_file())

    # Bounds

    def test_a_second_run_keeps_its_bounds(self):
        self.set_links("/", *[f"/{i}.html" for i in range(30)])
        for i in range(30):
            self.set_links(f"/{i}.html")
        self.mirror()
        for _ in range(3):
            self.site.asked.clear()
            self.mirror("--max-urls", "5")
            asked = [path for path in self.site.paths() if path != "/robots.txt"]
            self.assertLessEqual(len(asked), 5)

    def test_redirects_without_end_end(self):
        def onward(handler):
            number = int(handler.path.rpartition("=")[2] or 0) if "=" in handler.path else 0
            handler.send_response(302)
            handler.send_header("Location", f"/r/x{number}/?n={number + 1}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()

        class Endless(dict):
            def get(self, path, default=None):
                return default if path == "/robots.txt" else onward

        self.site.pages = Endless()
        self.mirror("--level", "2", code=None, timeout=30)
        self.assertLess(len(self.site.asked), 100)

    # robots.txt

    def test_a_robots_txt_that_breaks_off_forbids_all(self):
        def broken(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"User-agent: *\nAllow: /\n")

        self.site.pages.update({"/": "x", "/robots.txt": broken})
        done = self.mirror(code=1)
        self.assertEqual(set(self.site.paths()), {"/robots.txt"}, done)
        self.assertIn("robots.txt cannot be had", done.err)

    def test_a_robots_txt_without_end_is_read_to_its_bound(self):
        def endless(handler):
            handler.send_response(200)
            handler.end_headers()
            handler.wfile.write(b"User-agent: *\nDisallow: /no\n")
            until = time.monotonic() + 20
            while time.monotonic() < until:
                handler.wfile.write(b"# and on it goes\n" * 4096)

        self.site.pages.update({"/": "<a href=/no.html>x</a><a href=/yes.html>x</a>",
                                "/robots.txt": endless, "/yes.html": "yes"})
        begun = time.monotonic()
        self.mirror()
        self.assertLess(time.monotonic() - begun, 15)
        self.assertEqual(set(self.site.paths()), {"/robots.txt", "/", "/yes.html"})

    def test_an_interrupt_while_robots_are_awaited(self):
        self.site.pages["/robots.txt"] = lambda handler: time.sleep(5)
        run = self.fetch.start("mirror", "--no-config", "-o", "out", self.site.url())
        deadline = time.monotonic() + 10
        while not self.site.asked and time.monotonic() < deadline:
            time.sleep(0.01)
        run.signal(signal.SIGINT)
        self.assertEqual(run.finish(10).code, 130)
        self.site.pages.update({"/robots.txt": (404, {}, ""), "/": "x"})
        self.mirror()
        self.assertTrue(self.copy("index.html").is_file())

    def test_an_interrupt_while_threads_start(self):
        self.site.pages["/"] = "x"
        for tries in range(25):
            shutil.rmtree(self.fetch.path("out"), ignore_errors=True)
            run = self.fetch.start("mirror", "--no-config", "--threads", "16", "-o", "out",
                                   self.site.url())
            deadline = time.monotonic() + 10
            while not self.fetch.path("out/.fetch/pages.db").exists() and \
                    time.monotonic() < deadline:
                time.sleep(0.0005)
            time.sleep(tries * 0.0004)
            run.signal(signal.SIGINT)
            self.assertIn(run.finish(10).code, (0, 130))

    # Pages

    def test_pages_of_many_links(self):
        links = "".join(f"<a href=/n/{i}>" for i in range(210000))
        self.site.pages["/"] = f"<!DOCTYPE html>{links}"
        done = self.mirror("--max-urls", "1")
        self.assertIn("1 page was not read to the end", done.err)

    def test_bases_and_types_that_lie(self):
        self.site.pages.update({
            "/": "<base href='javascript:x'><base href='//['><a href='/a'>x</a><a href='/b'>x</a>",
            "/a": (200, {"Content-Type": "text/css"}, "<a href='/never'>" + "url(" * 5000),
            "/b": (200, {"Content-Type": "text/html"}, bytes(range(256)) * 400),
        })
        self.mirror()
        self.assertNotIn("/never", self.site.paths())

    def test_a_redirect_to_what_robots_forbid(self):
        self.site.pages.update({"/robots.txt": "User-agent: *\nDisallow: /no\n", "/": "<a href=/go>",
                                "/go": (302, {"Location": "/no/page.html"}, "")})
        done = self.mirror()
        self.assertNotIn("/no/page.html", self.site.paths())
        self.assertIn("1 robots.txt", done.err)


if __name__ == "__main__":
    unittest.main()
