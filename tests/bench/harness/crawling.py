"""Rows about crawls: the frontier (memory, disk and time for the URLs that wait), a whole crawl."""
import json
import os
import re
import shutil
from contextlib import ExitStack

from .contest import Bar, Entry, Row, cpu
from .measure import CheckFailed
from .names import NameServer, WebServer

HOSTS = (1, 1000, 100_000)
TENTH, PEER = "fetch, a tenth", "Scrapy, a tenth"


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


class Web:
    """A synthetic web of so many hosts, whose every page is found by links from the first pages of
    its hosts, and the log in which a crawl says what it found. For a `with` block."""

    def __init__(self, rows, hosts):
        self.rows, self.hosts, self.pages = rows, hosts, rows.sizes.web_pages
        self.log = os.path.join(rows.scratch, "crawl.jsonl")
        self.names = NameServer(rows.programs.dns_path, rows.scratch)
        self.server = WebServer(rows.programs.origin_path, rows.scratch, hosts, self.pages,
                                rows.sizes.web_bytes)
        self.running = ExitStack()
        self.seeds = None

    def __enter__(self):
        with ExitStack() as started:
            started.enter_context(self.names)
            started.enter_context(self.server)
            self.seeds = self.rows.write_list("seeds.txt", [
                f"http://h{host}.web.test:{self.server.port()}/" for host in range(self.hosts)])
            self.running = started.pop_all()
        return self

    def __exit__(self, *_):
        self.running.close()

    def all_found(self, _sample, _directory, _thorough):
        found = pages_in(self.log)
        if len(found) != self.hosts * self.pages:
            raise CheckFailed(f"{len(found)} pages instead of {self.hosts * self.pages}")

    def fetch(self, label, *options):
        return Entry(label, lambda a: self.rows.programs.crawl(
            self.seeds, self.log, "--dns-servers", self.names.address, "--reject-regex", "/cal/",
            *options), self.all_found, timeout=600)

    def scrapy(self, label):
        return Entry(label, lambda a: self.rows.programs.scrapy(self.seeds, self.log),
                     self.all_found, timeout=600)


def crawl(rows):
    """Scrapy takes its time: the two go side by side over a tenth of the hosts."""
    hosts, pages, size = rows.sizes.web_hosts, rows.sizes.web_pages, rows.sizes.web_bytes
    count = hosts * pages
    row = Row("crawl", f"{hosts:,} hosts with {pages} pages of {size / 1000:.0f} KB each, "
              "--delay 0", count)
    with Web(rows, hosts) as web:
        entries = rows.present(row, [
            ("fetch", web.fetch("fetch")),
            ("fetch", web.fetch("fetch --threads auto", "--threads", "auto"))])
        rows.contest.run(row, entries, min(rows.runs, 3))
    for label in row.samples:
        row.bars.append(Bar(f"{label}: CPU a page", row.median(label, cpu) * 1e6 / count, 200, 100,
                            "us"))
    with Web(rows, hosts // 10) as web:
        entries = rows.present(row, [("fetch", web.fetch(TENTH)), ("scrapy", web.scrapy(PEER))])
        rows.contest.run(row, entries, 1)
    for label in (TENTH, PEER):
        if row.has(label):
            row.bars.append(Bar(f"{label}: CPU a page", row.median(label, cpu) * 10e6 / count,
                                unit="us"))
    row.hold("a tenth: CPU / Scrapy", TENTH, PEER, cpu)
    row.remarks.append(f"all {count:,} pages were found, each time")
    if row.has(PEER):
        row.remarks.append("a tenth: of the hosts; fetch waits as robots.txt asks (Crawl-delay), "
                           "Scrapy does not")
    return row


def pages_in(log):
    """Host and number of each page that was found, with its links read."""
    found = set()
    with open(log, encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            page = re.fullmatch(r"http://h(\d+)\.web\.test:\d+/(?:p/(\d+)\.html)?", entry["url"])
            if page and entry["status"] == 200 and entry["links"]:
                found.add((int(page[1]), int(page[2] or 0)))
    return found
