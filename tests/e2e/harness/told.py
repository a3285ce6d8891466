"""What the program tells: its modes on the command line, its summary, its failures, its log."""

import json
import re

# The same code in all the ways it can be run.
MODES = {
    "async": ("--mode", "async"),
    "async, two threads": ("--mode", "async", "--threads", "2"),
    "sync": ("--mode", "sync"),
    "threads": ("--mode", "threads"),
    "processes": ("--mode", "processes"),
}

SUMMARY = re.compile(r"^(\d+) ok, (\d+) unchanged, (\d+) skipped, (\d+) failed, "
                     r"(?:(?:at least )?(\d+) not tried, )?"
                     r"([\d.]+ (?:B|[KMGT]iB)) in ([\d.]+) s "
                     r"\(([\d.]+) files/s, ([\d.]+ (?:B|[KMGT]iB))/s\)$", re.MULTILINE)
FAILURE = re.compile(r"^fetch: (?:(?P<source>[^\n]*?):(?P<line>\d+): )?"
                     r"(?P<url>[a-z]+://\S+): (?P<reason>[^\n]*)$", re.MULTILINE)

LOG_KEYS = ["url", "final_url", "status", "outcome", "error", "path", "bytes", "attempts", "time",
            "remote_ip", "http_version", "checksum"]
LOG_TIMES = ["start", "dns", "connect", "tls", "first_byte", "total"]


def summary(done):
    """The counts of the one summary line, which is the last line on standard error:
    {"ok": 3, "unchanged": 0, "skipped": 0, "failed": 1}, and "not tried" after an interruption."""
    found = list(SUMMARY.finditer(done.err))
    assert len(found) == 1, f"{len(found)} summary lines: {done}"
    assert done.err.endswith(found[0].group(0) + "\n"), f"the summary is not the end: {done}"
    counts = dict(zip(("ok", "unchanged", "skipped", "failed"), map(int, found[0].groups()[:4])))
    if found[0].group(5) is not None:
        counts["not tried"] = int(found[0].group(5))
    return counts


def failures(done):
    """The reason of each URL that failed, by URL."""
    found = {}
    for match in FAILURE.finditer(done.err):
        assert match["url"] not in found, f"told twice: {match['url']}\n{done}"
        found[match["url"]] = match["reason"]
    return found


def log(text):
    """The lines of a --log, each checked to have all keys and no others: dictionaries."""
    lines = [json.loads(line) for line in text.splitlines()]
    for line in lines:
        assert list(line) == LOG_KEYS, f"keys of a log line: {line}"
        assert list(line["time"]) == LOG_TIMES, f"times of a log line: {line}"
    return lines
