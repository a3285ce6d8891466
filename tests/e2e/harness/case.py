"""What most tests begin with: an origin for the class, a program with a folder for each test."""

import contextlib
import unittest

from .origin import Origin
from .program import Program
from .told import MODES


class Case(unittest.TestCase):
    """self.origin is the class's, its statistics begin anew with each test; self.fetch is the
    test's, or the mode's within self.mode()."""

    @classmethod
    def setUpClass(cls):
        cls.origin = Origin()
        cls.origin.__enter__()
        cls.addClassCleanup(cls.origin.__exit__)

    def setUp(self):
        self.origin.reset_stats()
        self.fetch = self.enter(Program())

    def enter(self, context):
        """A context that ends with the test."""
        entered = context.__enter__()
        self.addCleanup(context.__exit__, None, None, None)
        return entered

    @contextlib.contextmanager
    def mode(self, name):
        """A subTest with a new self.fetch; gives the arguments that choose the mode:
        `for mode in MODES: with self.mode(mode) as arguments:`."""
        own = self.fetch
        with self.subTest(mode=name), Program() as self.fetch:
            self.origin.reset_stats()
            yield MODES[name]
        self.fetch = own

    def made(self, name="log"):
        """The text of a file that the program wrote beside its downloads."""
        return (self.fetch.folder / name).read_text()
