"""Programs of the distribution that tests need."""

import os
import shutil
import unittest


def need(program):
    """The program's path. Without it the test is skipped, but fails where CI=true."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        lack(program)
    return path


def lack(what):
    """It is not there: likewise."""
    if os.environ.get("CI") == "true":
        raise AssertionError(f"{what} is not installed")
    raise unittest.SkipTest(f"{what} is not installed")
