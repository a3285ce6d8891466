"""Programs of the distribution that tests need."""

import os
import shutil
import unittest


def need(program):
    """The program's path. Without it the test is skipped, but fails where CI=true."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path:
        return path
    if os.environ.get("CI") == "true":
        raise AssertionError(f"{program} is not installed")
    raise unittest.SkipTest(f"{program} is not installed")
