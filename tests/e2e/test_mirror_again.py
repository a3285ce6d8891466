"""`fetch mirror` again, told otherwise than the run before; and what has no end of its own."""

import json
import time
import unittest

from harness.program import Program
from harness.site import Site


def page(*targets, tag="1"):
    links = "".join(f"<a href='{target}'>x</a>" for target in targets)
    return 200, {"ETag": f'"{tag}"'}, f"<!DOCTYPE html>{links}"


class Again(unittest.TestCase):
    def setUp(self):
        self.fetch = self.enter(Program())
        self.site = self.enter(Site())
        self.site.pages["/"] = page("/x", "/y/?a=1")
        self.site.pages["/x"] = page("/")
        self.site.pages["/y/?a=1"] = page("/x#f")

    def enter(self, context):
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    def run_it(self, command, *arguments, code=0, timeout=60):
        done = self.fetch.run(command, "--no-config", "--retry", "0", "--delay", "0",
                              *arguments, timeout=timeout)
        self.assertEqual(done.code, code, done)
        return done

    def mirror(self, *arguments):
        return self.run_it("mirror", "-o", "out", *arguments, self.site.url())

    def tree(self, out="out"):
        folder = self.fetch.path(out) / self.site.host
        return {str(path.relative_to(folder)): path.read_bytes()
                for path in folder.rglob("*") if path.is_file()}

    # Converted, or not

    def test_what_was_not_converted_is_when_it_is_asked_for(self):
        """Though no page is sent again."""
        self.mirror()
        converted = self.tree()
        for first in (("mirror", "--no-convert"), ("crawl",)):
            with self.subTest(first):
                self.run_it(*first, "-o", first[0] + "2", self.site.url())
                self.assertNotEqual(self.tree(first[0] + "2"), converted)
                done = self.run_it("mirror", "-o", first[0] + "2", self.site.url())
                self.assertIn("0 ok, 3 unchanged", done.err)
                self.assertEqual(self.tree(first[0] + "2"), converted)

    def test_what_was_converted_can_be_had_as_it_was_sent(self):
        self.run_it("mirror", "-o", "plain", "--no-convert", self.site.url())
        served = self.tree("plain")
        self.mirror()
        converted = self.tree()
        done = self.mirror("--no-convert")
        self.assertIn("0 ok, 3 unchanged", done.err)
        self.assertEqual(self.tree(), served)
        self.assertIn("0 ok, 3 unchanged", self.mirror("--no-convert").err)
        self.assertEqual(self.tree(), served)
        self.assertIn("0 ok, 3 unchanged", self.mirror().err)
        self.assertEqual(self.tree(), converted)

    def test_a_page_that_changes_meanwhile(self):
        self.mirror()
        self.site.pages["/x"] = page("/", "/new", tag="2")
        self.site.pages["/new"] = page("/x")
        self.mirror("--no-convert")
        self.assertEqual(self.tree()["x.html"], self.site.pages["/x"][2].encode())
        self.assertEqual(self.tree()["index.html"], self.site.pages["/"][2].encode())
        self.mirror()
        self.assertIn(b"'new.html'", self.tree()["x.html"])
        self.assertIn(b"'x.html'", self.tree()["index.html"])

    def test_an_empty_page_stays_empty(self):
        self.site.pages["/x"] = page()[:2] + ("",)
        self.mirror()
        self.site.pages["/y/?a=1"] = page("/", "/new")
        self.site.pages["/new"] = page()
        self.mirror()
        self.assertEqual(self.tree()["x.html"], b"")

    # Going on with a run that was told otherwise

    def broad(self):
        self.site.pages["/"] = page(*[f"/p{i}" for i in range(4)])
        for i in range(4):
            self.site.pages[f"/p{i}"] = page(f"/q{i}", f"/s{i}.png")
            self.site.pages[f"/q{i}"] = page()

    def test_what_is_left_is_judged_anew(self):
        """Whoever stops a run because it goes astray tells the next one what to leave alone."""
        self.broad()
        for options in (("--reject-regex", "/q"), ("--level", "1"), ("--exclude-directories", "/q*")):
            with self.subTest(options):
                out = "out" + options[0]
                self.run_it("mirror", "-o", out, "--max-urls", "5", "-j", "1", self.site.url())
                self.site.asked.clear()
                done = self.run_it("mirror", "-o", out, *options, self.site.url())
                self.assertEqual([path for path in self.site.paths() if path[1] == "q"], [], done)
                self.assertRegex(done.err, r"links? not followed: .*" + options[0])

    def test_what_another_site_has_left_stays_left(self):
        self.broad()
        other = self.enter(Site())
        other.pages["/"] = page("/o")
        other.pages["/o"] = page()
        self.mirror("--max-urls", "2")
        self.site.asked.clear()
        # Ports are no matter to --span-hosts, names are.
        self.run_it("mirror", "-o", "out", f"http://localhost:{other.port}/")
        self.assertEqual([path for path in self.site.paths() if path != "/robots.txt"], [])
        self.assertIn("/o", other.paths())

    def test_a_seed_that_has_moved_to_another_host(self):
        """Is not asked for again when the run is gone on with; links on that host count all the
        same."""
        self.broad()
        first = self.enter(Site())
        first.pages["/"] = 302, {"Location": f"http://localhost:{first.port}/2"}, ""
        first.pages["/2"] = 302, {"Location": self.site.url()}, ""
        seed = f"http://localhost:{first.port}/"
        for bound in range(1, 7):
            with self.subTest(bound):
                out = f"out{bound}"
                self.run_it("mirror", "-o", out, "--max-urls", str(bound), "-j", "1", seed)
                self.run_it("mirror", "-o", out, seed)
                self.assertEqual({name for name in self.tree(out) if "png" not in name},
                                 {"index.html", *[f"{kind}{i}.html" for kind in "pq"
                                                  for i in range(4)]})

    # --delete, where not all that is linked was met

    def test_a_page_that_is_not_read_to_its_end_deletes_nothing(self):
        """Neither when it is read nor when it is unchanged in a later run."""
        self.mirror()
        count = 200000
        self.site.pages["/"] = page(*["/x"], *[f"#{i}" for i in range(count)],
                                    *[f"mailto:{i}" for i in range(count)], "/y/?a=1", tag="2")
        for _ in range(2):
            done = self.mirror("--delete")
            self.assertIn("1 page was not read to the end", done.err)
            self.assertIn("y/index@a=1.html", self.tree())

    def test_a_start_that_is_gone_deletes_nothing(self):
        """Nor one that never was: a word mistyped."""
        self.mirror()
        tree = self.tree()
        for moved in (False, True):
            with self.subTest(moved=moved):
                if moved:
                    self.site.pages["/nothing"] = 302, {"Location": "/nothing/"}, ""
                done = self.run_it("mirror", "-o", "out", "--delete", self.site.url("/nothing"),
                                   code=1)
                self.assertIn("nothing was removed: something could not be fetched", done.err)
                self.assertEqual(self.tree(), tree)

    # Redirects that lead nowhere: to themselves, to each other, on and on, to no URL, to no page.
    NOWHERE = {"/start": "/start#again", "/one": "/two", "/two": "/one", "/none": "http://",
               "/other": "foo:bar", "/kept": "/private/",
               **{f"/far{number}": f"/far{number + 1}" for number in range(30)}}

    def lead_nowhere(self):
        self.site.pages["/robots.txt"] = "User-agent: *\nDisallow: /private\n"
        for path, target in self.NOWHERE.items():
            self.site.pages[path] = (302, {"Location": target}, "")

    def test_a_start_that_redirects_to_nowhere(self):
        """It has failed, in crawls and checks, too, and nothing is removed."""
        for path in ("/start", "/one", "/none", "/other", "/kept", "/far0"):
            with self.subTest(path):
                self.site.pages[path] = page("/x", "/y/?a=1")
                out = "nowhere" + path.replace("/", "-")
                self.run_it("mirror", "--delete", "-o", out, self.site.url(path))
                before = self.tree(out)
                self.lead_nowhere()
                done = self.run_it("mirror", "--delete", "-o", out, self.site.url(path), code=1)
                self.assertRegex(done.err, r" 1 failed, ")
                self.assertIn("nothing was removed", done.err)
                self.assertEqual(self.tree(out), before)
                if path != "/one":  # who keeps no tree does not see larger circles
                    self.run_it("crawl", self.site.url(path), code=1)
                    self.run_it("crawl", "--check", self.site.url(path), code=1)

    def test_a_page_that_redirects_to_nowhere_deletes_nothing(self):
        for path in ("/start", "/one", "/none", "/other", "/far0"):
            with self.subTest(path):
                self.site.pages["/"] = page(path, tag=path)
                self.site.pages[path] = page("/x", "/y/?a=1", tag=path)
                out = "inside" + path.replace("/", "-")
                self.run_it("mirror", "--delete", "-o", out, self.site.url())
                before = set(self.tree(out))
                self.lead_nowhere()
                done = self.run_it("mirror", "--delete", "-o", out, self.site.url())
                self.assertIn("nothing was removed", done.err)
                self.assertEqual(set(self.tree(out)), before)
                self.run_it("mirror", "--fail-on-broken", "-o", out, self.site.url(), code=1)

    def test_what_is_not_removed_is_told(self):
        self.mirror()
        del self.site.pages["/x"]
        done = self.mirror("--delete", "--max-urls", "1")
        self.assertIn("nothing was removed: the run ended before it had seen all", done.err)
        self.assertIn("nothing was removed: this run has gone on", self.mirror("--delete").err)
        self.assertNotIn("nothing was removed", self.mirror("--delete").err)
        self.assertNotIn("x.html", self.tree())

    def test_a_sitemap_that_is_broken_deletes_nothing(self):
        entry = "<url><loc>" + self.site.url() + "{}</loc></url>"
        xml = {"Content-Type": "application/xml", "ETag": '"1"'}
        whole = "<urlset>" + entry.format("m1") + entry.format("m2") + "</urlset>"
        self.site.pages["/robots.txt"] = f"Sitemap: {self.site.url('/s.xml')}\n"
        self.site.pages["/s.xml"] = (200, xml, whole)
        self.site.pages["/m1"] = self.site.pages["/m2"] = page()
        self.mirror()
        self.assertIn("m2.html", self.tree())
        self.site.pages["/s.xml"] = (200, {**xml, "ETag": '"2"'},
                                     whole.replace("</url>", "</url>&", 1))
        for _ in range(2):
            done = self.mirror("--delete")
            self.assertIn("1 page was not read to the end", done.err)
            self.assertIn("m2.html", self.tree())
        self.site.pages["/s.xml"] = (200, {**xml, "ETag": '"3"'}, whole.replace("/m2", "/m1"))
        self.mirror("--delete")
        self.assertNotIn("m2.html", self.tree())

    def test_traps_delete_nothing(self):
        """Which of a family are met first is a matter of chance."""
        deep = "/".join(f"d{i}" for i in range(40))
        self.site.pages["/"] = page("/x", tag="2")
        self.site.pages["/x"] = 302, {"Location": f"/{deep}"}, ""
        self.site.pages[f"/{deep}"] = page()
        self.run_it("mirror", "-o", "out", self.site.url(f"/{deep}"))
        copy = self.fetch.path("out") / self.site.host / f"{deep}.html"
        self.assertTrue(copy.is_file())
        self.assertIn("a path too deep", self.mirror("--delete").err)
        self.assertTrue(copy.is_file())

    # Links with a login, which is not followed

    def test_a_login_is_no_part_of_a_copy(self):
        self.site.pages["/"] = page(f"http://me:pw@{self.site.host}/x",
                                    f"http://me:pw@{self.site.host}/gone")
        self.mirror()
        text = self.tree()["index.html"].decode()
        self.assertIn("href='x.html'", text)
        self.assertIn(f"href='http://me:pw@{self.site.host}/gone'", text)

    def test_a_broken_link_with_a_login(self):
        self.site.pages["/"] = page(f"http://me:pw@{self.site.host}/gone")
        done = self.run_it("crawl", "--check", self.site.url(), code=1)
        self.assertIn(f"http://{self.site.host}/gone: ", done.out.decode())
        self.assertNotIn(b"pw@", done.out)

    def test_why_a_link_with_a_login(self):
        url = f"http://me:pw@{self.site.host}/x"
        done = self.run_it("crawl", "--out-null", "--why", url, self.site.url())
        self.assertIn("let in: in scope", done.err)
        self.assertNotIn("pw@", done.err)

    # --job-time

    def endless(self, handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 10)
            handler.wfile.flush()
            time.sleep(0.2)

    def test_a_job_ends_though_a_transfer_does_not(self):
        for path in ("/x", "/y/?a=1"):
            self.site.pages[path] = self.endless
        for jobs in ("1", "8"):
            for robots in (None, self.endless):
                with self.subTest(jobs=jobs, robots=bool(robots)):
                    self.site.pages.pop("/robots.txt", None)
                    if robots:
                        self.site.pages["/robots.txt"] = robots
                    done = self.run_it("crawl", "-o", f"out{jobs}{bool(robots)}", "-j", jobs,
                                       "--log", "log", "--job-time", "2", self.site.url())
                    self.assertIn("--job-time has ended it: ", done.err)
                    lines = [json.loads(line) for line in
                             self.fetch.path("log").read_text().splitlines()]
                    self.assertEqual([line["url"] for line in lines if line["outcome"] == "ok"],
                                     [] if robots else [self.site.url()])
                    self.assertIn(f"{0 if robots else 1} ok, 0 unchanged, 0 skipped, 0 failed, "
                                  f"{1 if robots else 2} not tried", done.err)

    def test_what_a_job_has_broken_off_is_gone_on_with(self):
        pages = dict(self.site.pages)
        self.site.pages["/x"] = self.endless
        self.mirror("--job-time", "2")
        self.site.pages = pages
        self.mirror()
        self.assertEqual(set(self.tree()), {"index.html", "x.html", "y/index@a=1.html"})


if __name__ == "__main__":
    unittest.main()
