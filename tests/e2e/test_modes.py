"""The same list in every mode: the same files under the same names, the same told of each URL."""

import hashlib
import re
import unittest

from harness.case import Case
from harness.told import MODES, failures, log, summary

KI, MI = 1 << 10, 1 << 20


def mixture(origin):
    """URLs of all kinds with the size of what must arrive (None: the URL fails), in list order."""
    sizes = [0, 1, 63, 64, 65, 4095, 4096, 16 * KI, 64 * KI - 1, 64 * KI + 1, 300 * KI, MI, 5 * MI]
    urls = [(origin.url(f"plain-{size}.bin", size=size), size) for size in sizes]
    urls += [(origin.url(f"framed-{size}.bin", size=size, chunked=1), size) for size in sizes]
    urls += [(origin.url(f"open-{size}.bin", size=size, nolength=1), size) for size in sizes[:9]]
    urls += [(origin.url(f"packed-{size}.bin", size=size, gzip=1), size) for size in sizes[:11]]
    urls += [(origin.url(f"late-{number}.bin", size=5000, delay=f"{number * 10}ms"), 5000)
             for number in range(8)]
    urls += [(origin.url(f"hops-{number}.bin", size=9000, redirect=number), 9000)
             for number in (1, 5, 10)]
    urls += [(origin.url("many/same.bin", n=number), KI) for number in range(12)]
    urls += [(origin.url(f"missing-{status}.bin", status=status), None)
             for status in (403, 404, 410)]
    urls += [(origin.url("cut.bin", size=100 * KI, truncate=70 * KI), None),
             (origin.url("broken.bin", size="1M", reset="body"), None),
             (origin.url("loop.bin", redirect="loop"), None)]
    return urls


def path_of(url):
    return url.split("?")[0].split("/", 3)[3]


class Modes(Case):
    def fetch_mixture(self, urls, duplicates, arguments):
        """What the mode made of it, without what differs from run to run: files and log."""
        self.fetch.write("urls.txt", [url for url, _ in urls] + duplicates)
        done = self.fetch.run("-j", "20", "--retry", "0", "--compressed", *arguments, "--log",
                              "log", "urls.txt", "-o", "out", timeout=60)
        self.assertEqual(done.code, 1, done)
        good = sum(size is not None for _, size in urls)
        self.assertEqual(summary(done), {"ok": good, "unchanged": 0, "skipped": len(duplicates),
                                         "failed": len(urls) - good})
        self.assertEqual(sorted(failures(done)), sorted(url for url, size in urls if size is None))

        lines = {line["url"]: line for line in log(self.made())}
        self.assertEqual(len(lines), len(urls))
        paths = {}
        for url, size in urls:
            line = lines[url]
            if size is None:
                self.assertEqual((line["outcome"], line["path"]), ("failed", None), line)
                continue
            self.assertEqual((line["outcome"], line["bytes"]), ("ok", size), line)
            self.assertNotIn(line["path"], paths, "two URLs have the same file")
            paths[line["path"]] = url
            self.fetch.assert_contents(line["path"], self.origin.body(path_of(url), size))
        self.fetch.assert_files(paths)
        # How much had been read when a reset threw the rest away is chance.
        told = {url: (line["final_url"], line["status"], line["outcome"],
                      re.sub(r"after [\d,]+ bytes", "later", line["error"] or ""),
                      line["bytes"] if line["outcome"] == "ok" else None, line["attempts"],
                      line["http_version"], line["remote_ip"])
                for url, line in lines.items()}
        return paths, told

    def test_the_same_in_all_modes(self):
        urls = mixture(self.origin)
        duplicates = [urls[3][0], urls[3][0], urls[20][0]]
        paths, told = {}, {}
        for mode in MODES:
            with self.mode(mode) as arguments:
                paths[mode], told[mode] = self.fetch_mixture(urls, duplicates, arguments)
                self.assertEqual(paths[mode], paths["async"])
                self.assertEqual(told[mode], told["async"])
        # Names that were given to keep files apart do not depend on who came first, either.
        apart = sorted(path for path in paths["async"] if path.startswith("same"))
        self.assertEqual(len(apart), 12)
        first = next(url for url, _ in urls if "same.bin" in url)
        self.assertEqual(paths["async"]["same.bin"], first)

    def test_how_many_are_under_way(self):
        """As many as --jobs allows and no more, whoever runs them."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                jobs, count = (1, 5) if mode == "sync" else (6, 18)
                self.fetch.write("urls.txt", [self.origin.url(f"{number}.bin", delay="200ms")
                                              for number in range(count)])
                done = self.fetch.run("-j", "6", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                most = self.origin.stats()["requests_max"]
                self.assertTrue(jobs / 2 < most <= jobs, most)
                self.assertEqual(self.origin.stats()["requests"], count)

    def test_more_jobs_than_urls(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                url = self.origin.url("one.bin")
                done = self.fetch.run("-j", "40", *arguments, url, "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["one.bin"])
                self.fetch.assert_contents("one.bin", self.origin.body("one.bin"))
                self.assertEqual(summary(done)["ok"], 1)

    def test_connections_are_used_again(self):
        """Not one for each URL: each runner keeps its own, and may now and then open one more."""
        urls = [self.origin.url(f"{number}.bin") for number in range(60)]
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run("-j", "2", *arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.assertLessEqual(self.origin.stats()["connections"], 15)

    def test_a_large_file(self):
        """Many buffers long; checked by its digest."""
        size = 32 * MI
        expected = hashlib.sha256(self.origin.body("large.bin", size)).hexdigest()
        for mode in MODES:
            with self.mode(mode) as arguments:
                urls = [self.origin.url("large.bin", size=size), self.origin.url("small.bin")]
                self.fetch.write("urls.txt", urls)
                done = self.fetch.run(*arguments, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["large.bin", "small.bin"])
                content = (self.fetch.folder / "out/large.bin").read_bytes()
                self.assertEqual((len(content), hashlib.sha256(content).hexdigest()),
                                 (size, expected))

    def test_bodies_thrown_away(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url("a.bin", size="1M"),
                                              self.origin.url("b.bin", status=404)])
                done = self.fetch.run("--out-null", *arguments, "--log", "log", "urls.txt")
                self.assertEqual(done.code, 1, done)
                self.assertEqual(summary(done)["ok"], 1)
                self.assertEqual(sorted(path.name for path in self.fetch.folder.iterdir()),
                                 ["log", "urls.txt"])
                self.assertEqual([(line["outcome"], line["bytes"]) for line in log(self.made())
                                  if line["path"] is None and "a.bin" in line["url"]],
                                 [("ok", MI)])


if __name__ == "__main__":
    unittest.main()
