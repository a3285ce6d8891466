"""Each fault of the origin in each mode, met by a fresh transfer and by one that is gone on with:
what the user is told, and that the same command gets everything right in the end."""

import unittest

from harness.case import Case
from harness.program import Program
from harness.told import MODES, failures, summary
from test_failures import CONNECTIONS, STATUSES

# What a server must give for a part to be gone on with.
RESUMABLE = {"ranges": 1, "etag": "v1", "modified": "@1700000000"}
# Long enough that a part is kept; its own size where a fault names one.
SIZE = "300K"
BYTES = 300 * 1024


def resumable(behaviour):
    """The same fault, on a body of which a beginning is worth keeping."""
    lengths = {"truncate": 200_000} if "truncate" in behaviour and behaviour["truncate"] else {}
    lengths.update({"length": BYTES + 5000} if "length" in behaviour else {})
    return {**behaviour, **lengths, **RESUMABLE, "size": SIZE}


class Faults(Case):
    def setUp(self):
        super().setUp()
        faults = {**CONNECTIONS, **{name: case for name, case in STATUSES.items()
                                    if not name.startswith("unasked")}}
        # The reset at once is a listener of its own, which never relents.
        self.faults = {name: case for name, case in faults.items()
                       if case[2].get("reset") != "accept" and "auth" not in case[2]}

    def run_again(self, fetch, arguments):
        done = fetch.run("--retry", "0", *arguments, "urls.txt", "-o", "out", timeout=60)
        return done, failures(done)

    def check_mode(self, arguments, behave, times):
        """`times` runs that meet the fault, then one that does not."""
        with Program() as fetch:
            urls = {name: self.origin.url(f"{name}.bin", times=times, **behave(behaviour))
                    for name, (*_, behaviour) in self.faults.items()}
            fetch.write("urls.txt", urls.values())
            for number in range(times):
                done, told = self.run_again(fetch, arguments)
                self.assertEqual(done.code, 1, done)
                # A rest may be so short that a fault does not show in it any more.
                if number == 0:
                    self.assertEqual(sorted(told), sorted(urls.values()), done)
                if number == 0 and behave is not resumable:
                    for name, (_, reason, _) in self.faults.items():
                        self.assertRegex(told[urls[name]], rf"\A(?:{reason})\Z", name)
                self.check_files(fetch, [name for name in urls if urls[name] not in told], behave)
            done, told = self.run_again(fetch, arguments)
            self.assertEqual((done.code, told), (0, {}), done)
            counts = summary(done)
            self.assertEqual(counts["ok"] + counts["unchanged"], len(urls))
            self.check_files(fetch, urls, behave)
            fetch.assert_files([f"{name}.bin" for name in urls])

    def check_files(self, fetch, names, behave):
        """These and no others have their final name, and all their bytes."""
        found = [name for name in fetch.files() if not name.startswith(".fetch/")]
        self.assertEqual(found, sorted(f"{name}.bin" for name in names))
        for name in names:
            size = str(behave(self.faults[name][-1]).get("size", "1024"))
            length = int(size.rstrip("KM")) * {"K": 1 << 10, "M": 1 << 20}.get(size[-1], 1)
            fetch.assert_contents(f"{name}.bin", self.origin.body(f"{name}.bin", length))

    def test_fresh(self):
        for mode, arguments in MODES.items():
            with self.subTest(mode=mode):
                self.origin.reset_stats()  # and what "times" has counted
                self.check_mode(arguments, dict, 1)

    def test_gone_on_with(self):
        """The first run leaves a part where it can, the second meets the fault while going on."""
        for mode, arguments in MODES.items():
            with self.subTest(mode=mode):
                self.origin.reset_stats()
                self.check_mode(arguments, resumable, 2)
                ranges = [entry for entry in self.origin.requests() if entry["range"]]
                self.assertGreater(len(ranges), 5, "nothing was gone on with")


if __name__ == "__main__":
    unittest.main()
