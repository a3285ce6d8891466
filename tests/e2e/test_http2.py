"""HTTP/2: streams of one connection keep to the pace that the user sets as connections do."""

import os
import unittest

from harness.nginx import Nginx
from harness.program import Program
from harness.told import log, summary

MIB = 1 << 20
PACED = "location /slow { limit_rate 40k; } location /quick { return 200 quick; }"


class Http2(unittest.TestCase):
    def run_there(self, nginx, urls, *arguments):
        with Program() as fetch:
            fetch.write("urls.txt", [f"{nginx.tls_base}/{url}" for url in urls])
            done = fetch.run("--http2", "--cacert", nginx.ca, *arguments, "--log", "log",
                             "urls.txt", "-o", "out")
            self.assertEqual(summary(done)["ok"], len(urls), done)
            lines = log((fetch.folder / "log").read_text())
            self.assertEqual({line["http_version"] for line in lines}, {"2"})
            return done, lines

    def test_limit_rate(self):
        """Exact, and fair: those that begin together end together. For that they have connections
        of their own."""
        for sizes in ([20 * MIB] * 4, [20 * MIB] * 4 + [1000] * 200):
            files = {f"f{number}": os.urandom(size) for number, size in enumerate(sizes)}
            with self.subTest(len(sizes)), Nginx(files) as nginx:
                names = sorted(files, key=lambda name: len(files[name]))
                done, lines = self.run_there(nginx, names, "-j", "4", "--limit-rate", "8M")
                begin = min(line["time"]["start"] for line in lines)
                ends = [line["time"]["start"] + line["time"]["total"] - begin for line in lines
                        if line["bytes"] > MIB]
                self.assertGreater(max(ends), 9.5, done)
                # A busy machine is slower.
                self.assertLess(max(ends), 12, done)
                self.assertGreater(min(ends), 0.8 * max(ends), ends)
                large = {connection for *_, connection, path in nginx.times(len(sizes))
                         if len(files[path[1:]]) > MIB}
                self.assertEqual(len(large), 4)

    def test_rate(self):
        """So many requests a second, evenly spaced, over one connection."""
        with Nginx(lines=PACED) as nginx:
            self.run_there(nginx, [f"quick?{number}" for number in range(21)], "-j", "20", "--rate",
                           "20/s")
            times = sorted(nginx.times(21))
            self.assertEqual(len({connection for _, _, connection, _ in times}), 1)
            between = [later[0] - earlier[0] for earlier, later in zip(times, times[1:])]
            self.assertGreater(sum(between), 0.9)
            self.assertLess(sum(between), 1.5)
            self.assertGreater(sorted(between)[3], 0.03, between)

    def test_per_host(self):
        """A stream counts as a connection does: four at a time, though all share one."""
        with Nginx({"slow": os.urandom(60000)}, PACED) as nginx:
            self.run_there(nginx, [f"slow?{number}" for number in range(16)], "-j", "16",
                           "--per-host", "4")
            times = nginx.times(16)
            self.assertEqual(len({connection for _, _, connection, _ in times}), 1)
            changes = sorted([(begin, 1) for begin, *_ in times] + [(end, -1) for _, end, *_ in times])
            flying = most = 0
            for _, change in changes:
                flying += change
                most = max(most, flying)
            self.assertLessEqual(most, 4)
            self.assertGreaterEqual(most, 3)

    def test_many_at_once(self):
        """Two hundred slow answers take no longer than one, over one connection."""
        with Nginx({"slow": os.urandom(60000)},
                   PACED + " http2_max_concurrent_streams 256;") as nginx:
            done, _ = self.run_there(nginx, [f"slow?{number}" for number in range(200)], "-j",
                                     "200")
            self.assertEqual(len({connection for _, _, connection, _ in nginx.times(200)}), 1)
            self.assertLess(done.wall, 4)


if __name__ == "__main__":
    unittest.main()
