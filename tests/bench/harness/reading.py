"""The row about reading pages: tags and links of installed documentation."""
import glob
import json
import os

from .contest import Bar, Row
from .measure import median

PAGES = "/usr/share/doc/python3*/html/**/*.html"
QUICK_PAGES = 5


def html(rows):
    """The program measures itself; its rounds are already side by side."""
    row = Row("html", "reading pages of documentation, ns of CPU a byte (2 are 500 MB/s)", 1)
    pages = sorted({os.path.realpath(page) for page in glob.glob(PAGES, recursive=True)})
    if rows.runs == 1:
        pages = pages[:QUICK_PAGES]
    if "html" in rows.missing or not pages:
        row.remarks.append(f"not measured: {rows.missing.get('html', 'python3-doc is missing')}")
        return row
    sample = rows.contest.stopwatch.run([rows.programs.html_path, str(rows.runs), *pages], 600)
    result = json.loads(sample.output)
    rounds = result["rounds"]
    row.remarks.append(f"medians of {len(rounds)} rounds over {len(pages)} pages, "
                       f"{result['bytes'] / 1e6:.1f} MB, {result['links']:,} links")
    for key, what, must, goal in (
            ("links", "links", 2, 1), ("tags", "start tags", None, None),
            ("links_and_lines", "links with their lines", None, None),
            ("libxml2", "libxml2, SAX", None, None), ("gumbo", "libgumbo, tree", None, None)):
        if key not in rounds[0]:
            row.remarks.append(f"{what}: not compared, the library is not installed")
            continue
        value = median([each[key] for each in rounds])
        row.bars.append(Bar(what, value, must, goal, "ns"))
        row.remarks.append(f"{what}: {1000 / value:,.0f} MB/s")
    return row
