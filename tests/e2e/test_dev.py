"""./dev before it does anything: who asks installs nothing, who may not install is told how."""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

DEV = pathlib.Path(__file__).resolve().parents[2] / "dev"


class Dev(unittest.TestCase):
    def setUp(self):
        """A Debian on which nothing is installed, seen by an ordinary user without sudo."""
        self.tools = pathlib.Path(tempfile.mkdtemp(prefix="fetch-test-dev-"))
        self.addCleanup(shutil.rmtree, self.tools)
        for name in ("dirname", "cat"):
            (self.tools / name).symlink_to(shutil.which(name))
        self.tool("id", "echo 1000")
        self.tool("dpkg-query", "exit 1")
        for name in ("apt-get", "cmake", "tee", "chmod"):
            self.tool(name, f'echo "{name} $*" >>"{self.tools}/called"')

    def tool(self, name, script):
        (self.tools / name).write_text(f"#!/bin/sh\n{script}\n")
        (self.tools / name).chmod(0o755)

    def dev(self, *arguments):
        done = subprocess.run(["/bin/sh", DEV, *arguments], capture_output=True, text=True,
                              check=False, timeout=20, env={**os.environ, "PATH": self.tools})
        self.assertFalse((self.tools / "called").exists(), done)
        return done

    def test_help(self):
        usage = self.dev("help").stdout
        self.assertRegex(usage, r"\Ausage: ./dev COMMAND\n")
        for command in ("build", "demo", "test", "bench", "lint"):
            for option in ("-h", "--help"):
                with self.subTest(command=command, option=option):
                    done = self.dev(command, option)
                    self.assertEqual((done.returncode, done.stdout, done.stderr), (0, usage, ""))

    def test_help_on_the_bench(self):
        (self.tools / "python3").symlink_to(sys.executable)  # the one in PATH may be a script
        (self.tools / "env").symlink_to(shutil.which("env"))
        done = self.dev("bench", "--help")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertIn("--rows NAME,...", done.stdout)

    def test_wrong_words(self):
        self.assertEqual(self.dev("tset").returncode, 2)
        done = self.dev("test", "release", "relaese")
        self.assertEqual(done.returncode, 2)
        self.assertIn("dev: no such preset: relaese; there are: release debug", done.stderr)

    def test_neither_root_nor_sudo(self):
        for command in ("build", "demo", "test", "bench", "lint"):
            with self.subTest(command):
                done = self.dev(command)
                self.assertEqual(done.returncode, 1, done)
                self.assertRegex(done.stderr, r"\Adev: packages are missing, [^\n]*\n"
                                 r"apt-get update && apt-get install --no-install-recommends "
                                 r"gcc libc6-dev [a-z0-9. +-]*[a-z0-9]\n\Z")


if __name__ == "__main__":
    unittest.main()
