"""Rows about mirrors: documentation that is installed here, copied link by link."""
import glob
import os
import shutil

from . import check
from .contest import Entry, Row, cpu, wall
from .keeping import copy_into
from .measure import CheckFailed

DOCUMENTATION = "/usr/share/doc/python3-doc/html"
PLACE = "doc"  # in what nginx serves
CONNECTIONS = 8
NOT_FOUND = 8  # wget's and wget2's status: the documentation has a few links that lead nowhere

CONVERTED, KEPT, THREADED = "fetch", "fetch --no-convert", "fetch --no-convert --threads auto"
PEER, CONVERTING_PEER, OLD_PEER = "wget2 -m", "wget2 -m -k", "wget -m -k"


class Site:
    """The documentation in so many folders, and a page that leads to them."""

    def __init__(self, rows):
        self.rows = rows
        self.root = os.path.join(rows.origin.www, PLACE)
        self.url = rows.origin.url(f"/{PLACE}/")
        self.names = None  # of the first copy; all others have to be like it
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

    def source_of(self, name):
        """The file behind a copy; a query is behind '?', or '@' and before the suffix."""
        cut = min((at for at in (name.find("?"), name.find("@")) if at >= 0), default=len(name))
        return name[:cut]

    def check(self, verbatim):
        """The same URLs as everybody else; `verbatim`: and, in a thorough check, the same bytes."""

        def checked(_sample, directory, thorough):
            base = glob.glob(os.path.join(directory, "127.*", PLACE))[0]
            paths = [path for path in glob.glob(base + "/**", recursive=True)
                     if os.path.isfile(path)]
            names = {self.source_of(os.path.relpath(path, base)) for path in paths}
            if self.names is None:
                self.names = names
                self.bytes = sum(os.path.getsize(os.path.join(self.root, name)) for name in names)
            if len(paths) != len(names) or names != self.names:
                raise CheckFailed(f"{len(paths)} files instead of {len(self.names)}; not the same: "
                                  f"{sorted(names ^ self.names)[:3]}")
            if not verbatim or not thorough:
                return
            for path in paths:
                source = os.path.join(self.root, self.source_of(os.path.relpath(path, base)))
                if check.file_digest(path) != check.file_digest(source):
                    raise CheckFailed(f"{path} has the wrong content")

        return checked

    def fetch(self, *options):
        make = self.rows.programs
        return lambda a: make.mirror(self.url, CONNECTIONS, a.directory, *options)

    def wget2(self, *options):
        make = self.rows.programs
        return lambda a: make.wget2_mirror(self.url, CONNECTIONS, a.directory, *options)

    def wget(self, *options):
        return lambda a: self.rows.programs.wget_mirror(self.url, a.directory, *options)

    def kept(self):
        """fetch, fetch with threads, and wget2, which leave pages as they are."""
        verbatim = self.check(verbatim=True)
        return [("fetch", Entry(KEPT, self.fetch("--no-convert"), verbatim)),
                ("fetch", Entry(THREADED, self.fetch("--no-convert", "--threads", "auto"),
                                verbatim)),
                ("wget2", Entry(PEER, self.wget2(), verbatim, status=NOT_FOUND))]

    def run(self, row, entries):
        self.rows.contest.run(row, entries, self.rows.runs)
        row.files = len(self.names)
        row.remarks.append(f"{row.files:,} files, {self.bytes / 1e6:.0f} MB, the same set each")


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
        ("wget2", Entry(CONVERTING_PEER, site.wget2("-k"), good, status=NOT_FOUND)),
    ]
    if len(site.folders) > 1:  # it takes its time
        entries.append(("wget", Entry(OLD_PEER, site.wget("-k"), good, status=NOT_FOUND, rounds=1,
                                      timeout=900)))
    site.run(row, rows.present(row, entries))
    row.hold("CPU / wget2 -m -k", CONVERTED, CONVERTING_PEER, cpu, 1.00, 0.70)
    row.hold("wall / wget2 -m -k", CONVERTED, CONVERTING_PEER, wall)
    row.hold("wall / wget -m -k", CONVERTED, OLD_PEER, wall, 0.10)
    return row


def remirror(rows):
    """Each program's own first copy, run again; nothing has changed on the server."""
    row = row_of(rows, "remirror", "once more, nothing has changed")
    if row.remarks:
        return row
    site = Site(rows)
    good = site.check(verbatim=False)
    entries = rows.present(row, [
        ("fetch", Entry(KEPT, site.fetch("--no-convert"), good)),
        ("fetch", Entry(CONVERTED, site.fetch(), good)),
        ("wget2", Entry(PEER, site.wget2(), good, status=NOT_FOUND)),
    ])
    for number, entry in enumerate(entries):
        kept = os.path.join(rows.scratch, f"first-mirror-{number}")
        rows.contest.run_once(entry, thorough=True, keep=kept)
        entry.prepare = copy_into(kept)
    site.run(row, entries)
    row.hold("wall / wget2 -m", KEPT, PEER, wall, 0.40, 0.25)
    row.hold("CPU / wget2 -m", KEPT, PEER, cpu)
    row.hold("with conversion: wall / wget2 -m", CONVERTED, PEER, wall)
    return row
