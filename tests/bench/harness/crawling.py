"""The row about a crawl's frontier: memory, disk and time for the URLs that wait."""
import json
import os
import shutil

from .contest import Bar, Row

HOSTS = (1, 1000, 100_000)


def frontier(rows):
    """The program measures itself. One round a number of hosts: what counts are bytes."""
    urls, leases = rows.sizes.frontier_urls, rows.sizes.frontier_leases
    row = Row("frontier", f"{urls:,} URLs of 80 bytes in a crawl's frontier, a URL", 1)
    if "frontier" in rows.missing:
        row.remarks.append(f"not measured: {rows.missing['frontier']}")
        return row
    for hosts in HOSTS:
        directory = os.path.join(rows.scratch, "frontier")
        os.makedirs(directory)
        sample = rows.contest.stopwatch.run([rows.programs.frontier_path, directory, str(urls),
                                             str(hosts), str(leases)], 3600)
        shutil.rmtree(directory)
        result = json.loads(sample.output)
        where = f"{hosts:,} host{'s' if hosts > 1 else ''}"
        # Below a million what any frontier takes counts for more than what a URL does.
        large = urls >= 1_000_000
        row.bars += [Bar(f"memory, {where}", result["memory"], 24 if large else None, None, "B"),
                     Bar(f"disk, {where}", result["disk"], 200 if large else None, None, "B"),
                     Bar(f"push, {where}", result["push"], None, None, "ns"),
                     Bar(f"lease and ack, {where}", sum(result["leases"]) / len(result["leases"]),
                         None, None, "ns")]
        parts = ", ".join(f"{part:,.0f}" for part in result["leases"])
        row.remarks.append(f"{where}: leases one quarter after the other {parts} ns, opened in "
                           f"{result['open'] * urls / 1e9:.1f} s of CPU")
    return row
