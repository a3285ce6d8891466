"""The row about file sets: documentation of several packages, each mirrored by everybody and held
against what can be reached on the disk."""
import glob
import os
import shutil

from . import copies
from .contest import Bar, Entry, Row, cpu, peak, wall
from .reachable import reachable

# What one package each has, the smallest first.
SITES = {
    "libglib2.0-doc": "/usr/share/gtk-doc/html/gio",
    "sqlite3-doc": "/usr/share/doc/sqlite3",
    "postgresql-doc": "/usr/share/doc/postgresql-doc-*/html",
    "python3-doc": "/usr/share/doc/python3-doc/html",
}
PLACE = "sites"  # in what nginx serves
CONNECTIONS = 8
FINE = (0, 8)  # wget's and wget2's 8: some links lead nowhere


class Site:
    """One package's pages; `found`: program -> copy -> file, as its last run left them."""

    def __init__(self, rows, name, pages):
        self.rows, self.name = rows, name
        self.found = {}
        self.url = rows.origin.url(f"/{PLACE}/{name}/index.html")
        shutil.copytree(pages, os.path.join(rows.origin.www, PLACE, name),
                        ignore_dangling_symlinks=True)

    def entry(self, label, command, listed=copies.by_name, **how):
        def note(_sample, directory, _thorough):
            self.found[label] = listed(directory, "")

        return Entry(label, lambda a: command(a.directory), note, **how)

    def entries(self):
        make, url = self.rows.programs, self.url
        return [
            ("fetch", self.entry("fetch", lambda to: make.mirror(url, CONNECTIONS, to))),
            ("fetch", self.entry("fetch --no-convert", lambda to: make.mirror(
                url, CONNECTIONS, to, "--no-convert"))),
            ("wget2", self.entry("wget2 -m -p", lambda to: make.wget2_mirror(
                url, CONNECTIONS, to, "-p"), statuses=FINE)),
            ("wget", self.entry("wget -m -p", lambda to: make.wget_mirror(url, to, "-p"),
                                statuses=FINE)),
            ("httrack", self.entry("HTTrack", lambda to: make.httrack(url, CONNECTIONS, to),
                                   copies.by_list, rounds=1)),
        ]

    def compare(self, row):
        """A line a program in the table of `row`, and fetch's bars."""
        mine = Row(row.name, self.name, 1)
        present = self.rows.present(mine, self.entries())
        self.rows.contest.run(mine, present, min(self.rows.runs, 3))
        row.remarks += [remark for remark in mine.remarks if remark not in row.remarks]
        there = reachable(self.rows.origin.www, self.url)
        for label, found in self.found.items():
            files = set(found.values())
            missing, extra = sorted(there - files), sorted(files - there)
            sizes = (len(found), len(files & there), len(missing), len(extra))
            row.table.append([
                f"{self.name}: {label}", *(f"{size:,}" for size in sizes),
                f"{mine.median(label, wall):.3f}", f"{mine.median(label, cpu):.3f}",
                f"{mine.median(label, peak) / 1024:.1f}"])
            row.remarks += [f"{self.name}: {label} {lacks} {names[0]}" for lacks, names in (
                ("lacks", missing), ("has besides", extra)) if names]
            if label == "fetch":
                row.bars += [Bar(f"{self.name}: missing", len(missing), 0, unit=""),
                             Bar(f"{self.name}: extra", len(extra), 0, unit="")]


def sites(rows):
    row = Row("sites", f"documentation of several packages, {CONNECTIONS} connections: the sets of "
              "files", 1)
    # Pages that link to the server's own root get something there.
    with open(os.path.join(rows.origin.www, "index.html"), "w", encoding="ascii") as file:
        file.write("<!DOCTYPE html><title>Documentation</title>\n")
    row.table = [["site and program", "copies", "of the set", "missing", "extra", "wall s", "CPU s",
                  "peak MiB"]]
    for name, pattern in list(SITES.items())[:rows.sizes.sites]:
        folders = sorted(glob.glob(pattern))
        if folders:
            Site(rows, name, folders[-1]).compare(row)
        else:
            row.remarks.append(f"{name}: not measured, it is not installed")
    row.remarks += ["the set: what links from the first page lead to, looked for on the disk",
                    "fetch and HTTrack make links lead to the copies, too"]
    return row
