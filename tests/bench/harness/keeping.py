"""Rows about what a job keeps and how it treats its hosts: journal, log, second runs, a 429."""
import json
import os
import shutil

from . import check
from .contest import Bar, Entry, Row, cpu, wall
from .measure import CheckFailed
from .origin import ADDRESSES

GUEST_HOSTS = 10
REFUSED = 5


def journal(rows):
    count, make = rows.sizes.small_files, rows.programs
    row = Row("journal", f"{count:,} files of 4 KiB, -j 50: what a record of them costs", count)
    urls = rows.small_lists()[0]
    good = check.small_files(count, rows.sizes.small_bytes)
    log = os.path.join(rows.scratch, "fetch.log")

    def entry(label, *options, journal=False):
        return ("fetch", Entry(label, lambda a: make.fetch(
            urls, 50, a.directory, *options, journal=journal), good, True))

    plain, kept, logged = "fetch --no-journal", "fetch", "fetch --log FILE"
    entries = rows.present(row, [entry(plain), entry(kept, journal=True),
                                 entry(logged, "--log", log, journal=True)])
    rows.contest.run(row, entries, rows.runs)
    row.hold("CPU with the journal / without", kept, plain, cpu, 1.10)
    row.hold("wall with the journal / without", kept, plain, wall)
    row.hold("CPU with --log / without", logged, kept, cpu, 1.05)
    return row


def copy_into(source):
    """Each run begins with what the first run left, dates and all."""

    def prepare(attempt):
        shutil.copytree(source, attempt.directory, copy_function=shutil.copy2, dirs_exist_ok=True)

    return prepare


def rerun(rows):
    """The same list again, and nothing has changed on the server."""
    count, make = rows.sizes.small_files, rows.programs
    row = Row("rerun", f"{count:,} files of 4 KiB that are there already, unchanged, -j 50", count)
    urls, config, _ = rows.small_lists()
    again = rows.write_curl_config("again.curl", [
        rows.origin.url(f"/small/f{n}.bin") for n in range(count)], newer_only=True)
    good = check.small_files(count, rows.sizes.small_bytes)
    names = {f"f{number}.bin" for number in range(count)}

    def unchanged(sample, directory, _thorough):
        if sample.stats["unchanged"] != count:
            raise CheckFailed(f"{sample.stats['unchanged']} unchanged of {count}")
        check.check_names(directory, names, rows.sizes.small_bytes)

    def still_there(sample, directory, _thorough):
        check.check_names(directory, names, rows.sizes.small_bytes)

    def first(label, command, judge, stats=False):
        """Its own first run, kept."""
        kept = os.path.join(rows.scratch, f"first-{label}")
        rows.contest.run_once(Entry(label, command, judge, stats), thorough=True, keep=kept)
        return copy_into(kept)

    entries = rows.present(row, [
        ("fetch", Entry("fetch", lambda a: make.fetch(urls, 50, a.directory, journal=True),
                        unchanged, True)),
        ("wget2", Entry("wget2 -N", lambda a: make.wget2(urls, 50, a.directory, "-N"),
                        still_there)),
        ("curl", Entry("curl -z", lambda a: make.curl(again, 50), still_there)),
    ])
    firsts = {"fetch": lambda a: make.fetch(urls, 50, a.directory, journal=True),
              "wget2 -N": lambda a: make.wget2(urls, 50, a.directory, "-N"),
              "curl -z": lambda a: make.curl(config, 50, "--remote-time")}
    for each in entries:
        each.prepare = first(each.label.split()[0], firsts[each.label], good, each.stats)
    rows.contest.run(row, entries, rows.runs)
    row.hold("CPU / wget2 -N", "fetch", "wget2 -N", cpu)
    row.hold("wall / wget2 -N", "fetch", "wget2 -N", wall)
    row.hold("CPU / curl -z", "fetch", "curl -z", cpu)
    row.hold("wall / curl -z", "fetch", "curl -z", wall)
    return row


def last_end(path, bad):
    """Seconds from the first start to the end of the last URL that is not the bad host's."""
    with open(path, encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    good = [line["time"] for line in lines if bad not in line["url"]]
    return max(t["start"] + t["total"] for t in good) - min(t["start"] for t in good)


def guests(rows):
    """Of many hosts one answers 429 to everything: the others go on at full speed."""
    count, make = rows.sizes.slow_files, rows.programs
    row = Row("guests", f"{count:,} URLs on {GUEST_HOSTS} hosts that take 100 ms each, -j 50, "
              "--per-host 5; one host more that answers 429", count)
    if not rows.origin.can_delay():
        row.remarks.append("not measured: nginx has no echo module")
        return row
    hosts, bad = ADDRESSES[:GUEST_HOSTS], ADDRESSES[GUEST_HOSTS]
    good = [rows.origin.url(f"/100ms/{n}", hosts[n % len(hosts)]) for n in range(count)]
    refused = [rows.origin.url(f"/429/{n}", bad) for n in range(REFUSED)]
    mixed = refused + good
    lists = {"fetch, all well": rows.write_list("guests-well.txt", good),
             "fetch, one host answers 429": rows.write_list("guests.txt", mixed)}
    logs = {label: os.path.join(rows.scratch, f"guests-{n}.log") for n, label in enumerate(lists)}
    ends = {label: [] for label in lists}

    def judge(label, failed):
        def judged(sample, _directory, _thorough):
            if (sample.stats["ok"], sample.stats["failed"]) != (count, failed):
                raise CheckFailed(f"{sample.stats}")
            ends[label].append(last_end(logs[label], bad))
        return judged

    entries = rows.present(row, [
        ("fetch", Entry(label, lambda a, label=label: make.fetch_nowhere(
            lists[label], 50, "--per-host", "5", "--retry", "0", "--log", logs[label]),
            judge(label, failed), True, statuses=(1 if failed else 0,)))
        for label, failed in zip(lists, (0, len(refused)))])
    rows.contest.run(row, entries, min(rows.runs, 3))
    if entries:
        well, ill = (sorted(ends[label])[len(ends[label]) // 2] for label in lists)
        row.bars.append(Bar("the others' time with a host that answers 429 / without", ill / well,
                            1.10))
    return row
