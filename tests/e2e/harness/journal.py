"""Test cases about what a run leaves in its journal."""

import json
import time

from .case import Case
from .told import log


class Journal(Case):
    def fetched(self, *arguments, code=0, **options):
        """Path of each URL that was fetched, by URL."""
        done = self.fetch.run(*arguments, "--log", "log", **options)
        self.assertEqual(done.code, code, done)
        return {line["url"]: line["path"] for line in log(self.made()) if line["path"]}

    @property
    def journal(self):
        return self.fetch.folder / "out" / ".fetch" / "journal.db"

    def status(self, *arguments, code=0):
        done = self.fetch.run("status", *arguments, "out")
        self.assertEqual(done.code, code, done)
        return done

    def await_row(self):
        """Waits until a run that is on has committed one."""
        deadline = time.monotonic() + 10
        while self.fetch.run("status", "--url", self.urls[0], "out").code != 0:
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.02)

    def status_json(self, *arguments):
        return json.loads(self.status("--json", *arguments).out)
