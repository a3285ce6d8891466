"""A disk that takes its time: transfers do not wait for it, nor for one another's files."""

import os
import unittest

from harness.case import Case
from harness.server import built
from harness.told import log, summary

SLOW_MS = 50
# A body in drops, and what it takes when nothing holds it up.
DRIPS, DRIP_S = 20, 0.05
# Shares the machine with whatever else runs.
PATIENCE = 2


@unittest.skipIf(os.environ.get("SANITIZE"), "a sanitizer wants to be the first that is preloaded")
class SlowDisk(Case):
    def start_environment(self):
        self.slowed = self.fetch.output / "slowed"
        return {"LD_PRELOAD": str(built("SLOW_DISK_LIBRARY", "tests/e2e/libslow_disk.so")),
                "SLOW_DISK_MS": str(SLOW_MS), "SLOW_DISK_COUNT": str(self.slowed)}

    def run_mixed(self, *arguments, small=48, large=4):
        """Small files and large ones that keep the disk busy, and bodies that drip meanwhile."""
        urls = [self.origin.url(f"drip-{number}", size=100 * DRIPS, drip=f"100/{int(DRIP_S * 1000)}ms")
                for number in range(4)]
        urls += [self.origin.url(f"small-{number}", size=1000) for number in range(small)]
        urls += [self.origin.url(f"large-{number}", size="1M") for number in range(large)]
        self.fetch.write("urls.txt", urls)
        done = self.fetch.run("-v", "-j", "16", *arguments, "--log", "log", "urls.txt", "-o", "out",
                              timeout=60, environment=self.start_environment())
        self.assertEqual(done.code, 0, done)
        self.assertEqual(summary(done)["ok"], len(urls), done)
        self.assertGreater(self.slowed.stat().st_size, 2 * (small + large), "nothing was slowed")
        self.assertNotIn("blocked", done.err)
        return [line for line in log(self.made()) if "/drip-" in line["url"]]

    def check_pace(self, lines):
        for line in lines:
            self.assertLess(line["time"]["total"], PATIENCE * DRIPS * DRIP_S, line)

    def test_transfers_keep_their_pace(self):
        self.check_pace(self.run_mixed())

    def test_on_two_threads(self):
        self.check_pace(self.run_mixed("--threads", "2"))

    def test_with_fsync(self):
        self.check_pace(self.run_mixed("--fsync", small=12, large=2))


if __name__ == "__main__":
    unittest.main()
