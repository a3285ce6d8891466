"""Rounds in rotating order, and the bars their figures are held against."""
import os
import shutil
from dataclasses import dataclass, field
from typing import Callable

from .measure import CheckFailed, median


@dataclass
class Attempt:
    """One run that is about to begin: where it writes, and how many ran before it."""

    directory: str
    serial: int


@dataclass
class Entry:
    """A program in a contest. `command` makes the argument list, `check` raises CheckFailed."""

    label: str
    command: Callable[[Attempt], list]
    check: Callable
    stats: bool = False
    watch_memory: bool = False
    rounds: int | None = None  # only in the first so many; None: in all
    timeout: float = 180
    prepare: Callable[[Attempt], None] | None = None  # fills the directory, unmeasured
    statuses: tuple = (0,)  # exit statuses of a run that went as it should


@dataclass
class Bar:
    """A figure and what it must and should be at most; None: only reported."""

    what: str
    value: float
    must: float | None = None
    goal: float | None = None
    unit: str = "x"

    def verdict(self):
        if self.must is None and self.goal is None:
            return "reported"
        if self.must is not None and self.value > self.must:
            return "MISSED"
        if self.goal is not None and self.value <= self.goal:
            return "goal reached"
        return "met" if self.must is not None else "not yet"


@dataclass
class Row:
    """What one contest brought: label -> {round: Sample}."""

    name: str
    title: str
    files: int
    samples: dict = field(default_factory=dict)
    table: list = field(default_factory=list)  # lines of cells, the head first, for what is told so
    bars: list = field(default_factory=list)
    remarks: list = field(default_factory=list)

    def has(self, *labels):
        return all(self.samples.get(label) for label in labels)

    def median(self, label, figure):
        return median([figure(sample) for sample in self.samples[label].values()])

    def paired(self, label, other, combine):
        """The median of what `combine` makes of two samples of the same round."""
        mine, theirs = self.samples[label], self.samples[other]
        return median([combine(mine[n], theirs[n]) for n in mine if n in theirs])

    def ratio(self, label, other, figure):
        return self.paired(label, other, lambda a, b: figure(a) / figure(b))

    def hold(self, what, label, other, figure, must=None, goal=None):
        """A bar on the ratio of two programs, where both were measured."""
        if self.has(label, other):
            self.bars.append(Bar(what, self.ratio(label, other, figure), must, goal))


def wall(sample):
    return sample.wall_s


def cpu(sample):
    return sample.cpu_s


def peak(sample):
    return sample.peak_kib


class Contest:
    """Runs entries against each other; output goes to a fresh directory each time."""

    def __init__(self, stopwatch, scratch, say):
        self.stopwatch = stopwatch
        self.output = os.path.join(scratch, "out")
        self.say = say
        self.serial = 0

    def run(self, row, entries, rounds, count_connections=lambda: 0):
        """`count_connections` tells how many connections there have been so far."""
        for number in range(rounds):
            shift = number % len(entries)
            for entry in entries[shift:] + entries[:shift]:
                if entry.rounds is None or number < entry.rounds:
                    before = count_connections()
                    sample = self.run_once(entry, thorough=number == 0)
                    sample.connections = count_connections() - before
                    row.samples.setdefault(entry.label, {})[number] = sample
            self.say(f"{row.name}: round {number + 1} of {rounds}")
        return row

    def run_once(self, entry, thorough, keep=None):
        """`keep`: where the directory goes afterwards, instead of away."""
        os.makedirs(self.output)
        try:
            attempt = Attempt(self.output, self.serial)
            self.serial += 1
            if entry.prepare:
                entry.prepare(attempt)
            sample = self.stopwatch.run(entry.command(attempt), entry.timeout,
                                        entry.watch_memory, entry.stats, entry.statuses)
            entry.check(sample, self.output, thorough)
            if keep:
                shutil.copytree(self.output, keep, copy_function=shutil.copy2)
            return sample
        except CheckFailed as failure:
            raise CheckFailed(f"{entry.label}: {failure}") from None
        finally:
            shutil.rmtree(self.output)
