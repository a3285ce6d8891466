"""--exec: a command for each finished file, in all modes, and what its end means."""

import signal
import time
import unittest

from harness.case import Case
from harness.told import MODES, failures, log, summary

NOTE = 'echo "$FETCH_STATUS $FETCH_BYTES $FETCH_URL $FETCH_PATH" >> "notes/$(basename "$FETCH_PATH")"'


class Exec(Case):
    def test_each_finished_file_in_all_modes(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                (self.fetch.folder / "notes").mkdir()
                urls = {f"file-{number}": self.origin.url(f"file-{number}", size=100 + number)
                        for number in range(8)}
                gone = self.origin.url("gone", status=404)
                self.fetch.write("urls.txt", [*urls.values(), gone])
                done = self.fetch.run(*arguments, "-j", "3", "--exec", NOTE, "urls.txt", "-o", "out")
                self.assertEqual(done.code, 1, done)
                self.assertEqual(summary(done)["ok"], 8)
                self.assertEqual(self.fetch.files("notes"), sorted(urls))
                for number, (name, url) in enumerate(urls.items()):
                    self.assertEqual((self.fetch.folder / "notes" / name).read_text(),
                                     f"200 {100 + number} {url} out/{name}\n")

    def test_a_command_that_fails_fails_its_url(self):
        url = self.origin.url("a")
        for command, told in (("exit 3", "the command of --exec exited with status 3"),
                              ("kill -9 $$", "the command of --exec was ended by signal 9")):
            done = self.fetch.run("--exec", command, url, "-o", "out/", "--log", "log")
            self.assertEqual(done.code, 1, done)
            self.assertEqual(failures(done), {url: told})
            self.assertEqual([(line["outcome"], line["path"]) for line in log(self.made())],
                             [("failed", "a")])
            self.fetch.assert_contents("a", self.origin.body("a"))

    def test_hostile_names_stay_values(self):
        name = "$(touch%20hit);`touch%20hit`%22'&touch%20hit"
        done = self.fetch.run("--exec", 'cat "$FETCH_PATH" > copy', self.origin.url(name),
                              "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.assertFalse((self.fetch.folder / "hit").exists())
        self.assertEqual(len((self.fetch.folder / "copy").read_bytes()), 1024)

    def test_no_credentials(self):
        url = self.origin.url("a").replace("http://", "http://user:secret@")
        done = self.fetch.run("--exec", "env > variables", url, "-o", "out/")
        self.assertEqual(done.code, 0, done)
        self.assertNotIn("secret", (self.fetch.folder / "variables").read_text())

    def test_in_the_command_of_another(self):
        """What that one was told is not what this one is."""
        told = {"FETCH_PATH": "outer", "FETCH_URL": "outer", "FETCH_PATH_OTHER": "kept"}
        (self.fetch.folder / "out").mkdir()
        done = self.fetch.run("--exec", "env > variables", self.origin.url("a"), "-o", "out",
                              environment=told)
        self.assertEqual(done.code, 0, done)
        lines = self.made("variables").splitlines()
        self.assertEqual(sorted(line for line in lines if line.startswith("FETCH_PATH")),
                         ["FETCH_PATH=out/a", "FETCH_PATH_OTHER=kept"])
        self.assertIn(f"FETCH_URL={self.origin.url('a')}", lines)

    def test_bounded_by_jobs_and_does_not_hold_up_transfers(self):
        command = 'echo + >> marks; sleep 0.3; echo - >> marks'
        self.fetch.write("urls.txt", [self.origin.url(f"f{number}") for number in range(12)])
        done = self.fetch.run("-j", "4", "--exec", command, "urls.txt", "-o", "out")
        self.assertEqual(done.code, 0, done)
        running = most = 0
        for mark in (self.fetch.folder / "marks").read_text().split():
            running += 1 if mark == "+" else -1
            most = max(most, running)
        self.assertEqual((running, most <= 4, most > 1), (0, True, True))
        self.assertLess(done.wall, 12 * 0.3)  # one after another

    def test_interrupted_with_us(self):
        """Also a command that does not care for SIGTERM."""
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.fetch.write("urls.txt", [self.origin.url("a"), self.origin.url("b")])
                run = self.fetch.start(*arguments, "-j", "2", "--exec",
                                       "trap '' TERM INT; echo > began; sleep 60 & wait; sleep 60",
                                       "urls.txt", "-o", "out")
                deadline = time.monotonic() + 20
                while not (self.fetch.folder / "began").exists() and time.monotonic() < deadline:
                    time.sleep(0.01)
                begun = time.monotonic()
                run.signal(signal.SIGTERM)
                done = run.finish(10)
                self.assertEqual(done.code, 130, done)
                self.assertLess(time.monotonic() - begun, 2.5, done)

    def test_not_without_files(self):
        for arguments in (("--out-null",), ("-o", "-")):
            done = self.fetch.run("--exec", "true", *arguments, self.origin.url())
            self.assertEqual(done.code, 2, done)
            self.assertIn("--exec", done.err)


if __name__ == "__main__":
    unittest.main()
