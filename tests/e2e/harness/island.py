"""A network of the tests' own, where any address may be this machine."""

import os
import shutil
import subprocess
import sys
import unittest

MARK = "FETCH_TEST_ISLAND"


def main():
    """In the place of unittest.main(): runs the tests of the calling file in a network of their
    own, and skips them where none may be made."""
    if os.environ.get(MARK):
        unittest.main()
    command = ["unshare", "-rn"]
    possible = shutil.which("unshare") and shutil.which("ip") and subprocess.run(
        [*command, "ip", "link", "set", "lo", "up"], capture_output=True, check=False,
        timeout=10).returncode == 0
    if not possible:
        if os.environ.get("CI") == "true":
            sys.exit("no network of one's own may be made here")
        print("skipped: unshare or ip is not installed, or no network of one's own may be made")
        sys.exit(0)
    os.execvpe("unshare", [*command, sys.executable, *sys.argv], {**os.environ, MARK: "1"})


def settle(*addresses):
    """Brings the network up, with these addresses."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=10)
    for address in addresses:
        nodad = ["nodad"] if ":" in address else []
        subprocess.run(["ip", "addr", "add", address, "dev", "lo", *nodad], check=True, timeout=10)
