"""Rows about one file over several connections."""
import os

from . import check
from .contest import Bar, Entry, Row, cpu, wall

CONNECTIONS = 8
PLAIN, PIECES, PEER = "fetch", "fetch --split 8", "aria2 -x8 -s8"


def split(rows):
    """A server that gives each connection 20 MB/s: eight of them are to bring eight times that."""
    make, size = rows.programs, rows.sizes.split_bytes
    row = Row("split", f"one file of {size >> 20} MiB, 20 MB/s a connection, {CONNECTIONS} of them",
              1)
    name = "split.bin"
    path = rows.origin.make_large_file(size, name)
    url = rows.origin.url("/20m/" + name)
    urls = rows.write_list("split.txt", [url])
    good = check.copy_of(path, name)
    least = str(size // CONNECTIONS // 2)
    entries = rows.present(row, [
        ("fetch", Entry(PLAIN, lambda a: make.fetch_one(url, a.directory), good, True)),
        ("fetch", Entry(PIECES, lambda a: make.fetch_one(
            url, a.directory, "--split", str(CONNECTIONS), "--min-split-size", least), good, True)),
        ("aria2", Entry(PEER, lambda a: make.aria2_pieces(
            urls, CONNECTIONS, a.directory), good)),
    ])
    try:
        rows.contest.run(row, entries, rows.runs, rows.origin.accepted)
    finally:
        os.unlink(path)
    row.hold("wall / one connection", PIECES, PLAIN, wall, 1 / 7)
    row.hold("wall / aria2 -x8 -s8", PIECES, PEER, wall)
    row.hold("CPU / aria2 -x8 -s8", PIECES, PEER, cpu)
    used = [sample.connections for sample in row.samples[PIECES].values()]
    row.bars.append(Bar("connections used at most", max(used), CONNECTIONS, unit=""))
    return row
