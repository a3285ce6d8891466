"""Rows about mirrors: documentation that is installed here, copied link by link."""
import os
import shutil

from . import check, copies
from .contest import Entry, Row, cpu, wall
from .keeping import copy_into
from .measure import CheckFailed

DOCUMENTATION = "/usr/share/doc/python3-doc/html"
PLACE = "doc"  # in what nginx serves
CONNECTIONS = 8
NOT_FOUND = (8,)  # wget's and wget2's status: the documentation has a few links that lead nowhere

CONVERTED, KEPT, THREADED = "fetch", "fetch --no-convert", "fetch --no-convert --threads auto"
CONVERTED_THREADED = "fetch --threads auto"
PEER, CONVERTING_PEER, OLD_PEER = "wget2 -m", "wget2 -m -k", "wget -m -k"
NAMING_PEER = "HTTrack"
SLOW = 900  # seconds that a slow peer may take


class Site:
    """The documentation in so many folders, and a page that leads to them."""

    def __init__(self, rows):
        self.rows = rows
        self.root = os.path.join(rows.origin.www, PLACE)
        self.url = rows.origin.url(f"/{PLACE}/")
        self.names = None  # of the first copy; all others have to be like it
        self.named = None  # what HTTrack's copies are copies of
        self.bytes = 0
        self.folders = [str(n) for n in range(rows.sizes.mirror_folders)]
        if not os.path.exists(self.root):
            self.make()

    def make(self):
        first = os.path.join(self.root, self.folders[0])
        shutil.copytree(DOCUMENTATION, first, ignore_dangling_symlinks=True)
        for folder in self.folders[1:]:
            shutil.copytree(first, os.path.join(self.root, folder), copy_function=os.link)
        with open(os.path.join(self.root, "index.html"), "w", encoding="ascii") as file:
            file.write("<!DOCTYPE html><title>Documentation</title>\n")
            file.writelines(f'<a href="{folder}/index.html">{folder}</a>\n'
                            for folder in self.folders)

    def check(self, verbatim):
        """The same URLs as everybody else; `verbatim`: and, in a thorough check, the same bytes."""

        def checked(_sample, directory, thorough):
            found = copies.by_name(directory, PLACE)
            names = set(found.values())
            if self.names is None:
                self.names = names
                self.bytes = sum(os.path.getsize(os.path.join(self.root, name)) for name in names)
            if len(found) != len(names) or names != self.names:
                raise CheckFailed(f"{len(found)} files instead of {len(self.names)}; not the same: "
                                  f"{sorted(names ^ self.names)[:3]}")
            if not verbatim or not thorough:
                return
            base = copies.folder_of(directory, PLACE)
            for copy, source in found.items():
                if check.file_digest(os.path.join(base, copy)) != \
                        check.file_digest(os.path.join(self.root, source)):
                    raise CheckFailed(f"{copy} has the wrong content")

        return checked

    def note(self, _sample, directory, _thorough):
        """HTTrack's set is not judged but told: it has names of its own."""
        self.named = copies.by_list(directory, PLACE)

    def describe_named(self):
        held = set(self.named.values())
        lacking, more = sorted(self.names - held), sorted(held - self.names)
        renamed = sorted(copy for copy, source in self.named.items() if copy != source)
        parts = [f"{len(held & self.names):,} of them", f"{len(more)} others"]
        if lacking:
            parts.append(f"not {', '.join(lacking[:3])}")
        if renamed:
            parts.append(f"and calls {len(renamed)} otherwise ({renamed[0]})")
        return f"{NAMING_PEER} has " + ", ".join(parts)

    def fetch(self, *options):
        make = self.rows.programs
        return lambda a: make.mirror(self.url, CONNECTIONS, a.directory, *options)

    def wget2(self, *options):
        make = self.rows.programs
        return lambda a: make.wget2_mirror(self.url, CONNECTIONS, a.directory, *options)

    def wget(self, *options):
        return lambda a: self.rows.programs.wget_mirror(self.url, a.directory, *options)

    def httrack(self):
        return lambda a: self.rows.programs.httrack(self.url, CONNECTIONS, a.directory)

    def kept(self):
        """fetch, fetch with threads, and wget2, which leave pages as they are."""
        verbatim = self.check(verbatim=True)
        return [("fetch", Entry(KEPT, self.fetch("--no-convert"), verbatim)),
                ("fetch", Entry(THREADED, self.fetch("--no-convert", "--threads", "auto"),
                                verbatim)),
                ("wget2", Entry(PEER, self.wget2(), verbatim, statuses=NOT_FOUND))]

    def run(self, row, entries):
        self.rows.contest.run(row, entries, self.rows.runs)
        row.files = len(self.names)
        row.remarks.append(f"{row.files:,} files, {self.bytes / 1e6:.0f} MB, the same set each")
        if self.named:
            row.remarks.append(self.describe_named())


def row_of(rows, name, what):
    times = f"{rows.sizes.mirror_folders} times over" if rows.sizes.mirror_folders > 1 else "once"
    row = Row(name, f"python3-doc's pages {times}, {CONNECTIONS} connections: {what}", 1)
    if not os.path.isdir(DOCUMENTATION):
        row.remarks.append("not measured: python3-doc is missing")
    return row


def mirror(rows):
    row = row_of(rows, "mirror", "copied as they are")
    if row.remarks:
        return row
    site = Site(rows)
    site.run(row, rows.present(row, site.kept()))
    row.hold("CPU / wget2 -m", KEPT, PEER, cpu, 0.70, 0.50)
    row.hold("wall / wget2 -m", KEPT, PEER, wall, 1.00, 0.50)
    row.hold("--threads auto: wall / wget2 -m", THREADED, PEER, wall, 0.70, 0.50)
    row.hold("--threads auto: CPU / wget2 -m", THREADED, PEER, cpu)
    return row


def convert(rows):
    row = row_of(rows, "convert", "links lead to copies")
    if row.remarks:
        return row
    site = Site(rows)
    good = site.check(verbatim=False)
    entries = [
        ("fetch", Entry(CONVERTED, site.fetch(), good)),
        ("fetch", Entry(CONVERTED_THREADED, site.fetch("--threads", "auto"), good)),
        ("wget2", Entry(CONVERTING_PEER, site.wget2("-k"), good, statuses=NOT_FOUND)),
    ]
    if len(site.folders) > 1:  # it takes its time
        entries += [("wget", Entry(OLD_PEER, site.wget("-k"), good, statuses=NOT_FOUND, rounds=1,
                                   timeout=SLOW)),
                    ("httrack", Entry(NAMING_PEER, site.httrack(), site.note, rounds=1,
                                      timeout=SLOW))]
    site.run(row, rows.present(row, entries))
    row.hold("CPU / wget2 -m -k", CONVERTED, CONVERTING_PEER, cpu, 1.00, 0.70)
    row.hold("wall / wget2 -m -k", CONVERTED, CONVERTING_PEER, wall)
    row.hold("wall / wget -m -k", CONVERTED, OLD_PEER, wall, 0.10)
    row.hold("wall / HTTrack", CONVERTED, NAMING_PEER, wall, 0.10)
    row.hold("CPU / HTTrack", CONVERTED, NAMING_PEER, cpu)
    for label in (CONVERTING_PEER, OLD_PEER, NAMING_PEER):
        row.hold(f"--threads auto: wall / {label}", CONVERTED_THREADED, label, wall)
    return row


def remirror(rows):
    """Each program's own first copy, run again; nothing has changed on the server."""
    row = row_of(rows, "remirror", "once more, nothing has changed")
    if row.remarks:
        return row
    site = Site(rows)
    good = site.check(verbatim=False)
    entries = [
        ("fetch", Entry(KEPT, site.fetch("--no-convert"), good)),
        ("fetch", Entry(CONVERTED, site.fetch(), good)),
        ("wget2", Entry(PEER, site.wget2(), good, statuses=NOT_FOUND)),
    ]
    if len(site.folders) > 1:
        entries.append(("httrack", Entry(NAMING_PEER, site.httrack(), site.note, rounds=1,
                                         timeout=SLOW)))
    entries = rows.present(row, entries)
    for number, entry in enumerate(entries):
        kept = os.path.join(rows.scratch, f"first-mirror-{number}")
        rows.contest.run_once(entry, thorough=True, keep=kept)
        entry.prepare = copy_into(kept)
    site.run(row, entries)
    row.hold("wall / wget2 -m", KEPT, PEER, wall, 0.40, 0.25)
    row.hold("CPU / wget2 -m", KEPT, PEER, cpu)
    row.hold("with conversion: wall / wget2 -m", CONVERTED, PEER, wall)
    row.hold("with conversion: wall / HTTrack", CONVERTED, NAMING_PEER, wall)
    return row
