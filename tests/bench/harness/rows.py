"""The rows of the table: what is run, and what it is held against."""
import json
import os
from dataclasses import dataclass

from . import check, crawling, keeping, mirroring, reading, sites, splitting
from .contest import Bar, Contest, Entry, Row, cpu, peak, wall
from .measure import CheckFailed, median
from .names import DNS_DELAY_MS, NameServer
from .origin import ADDRESSES

JOBS = 50


@dataclass
class Sizes:
    small_files: int = 10_000
    small_bytes: int = 4096
    large_bytes: int = 1 << 30
    split_bytes: int = 640 << 20
    slow_files: int = 1000
    flight: int = 10_000
    tiny_few: int = 10_000
    tiny_many: int = 1_000_000
    names: int = 5000
    name_jobs: int = 500
    single_rounds: int = 41
    frontier_urls: int = 10_000_000
    frontier_leases: int = 1_000_000
    mirror_folders: int = 5
    sites: int = 4
    web_hosts: int = 1000
    web_pages: int = 100  # of each
    web_bytes: int = 10_000  # of a page


QUICK = Sizes(small_files=200, large_bytes=16 << 20, split_bytes=16 << 20, slow_files=100,
              flight=300, tiny_few=1000, tiny_many=20_000, names=100, name_jobs=50, single_rounds=3,
              frontier_urls=20_000, frontier_leases=20_000,
              mirror_folders=1, sites=1, web_hosts=20, web_pages=20)


class Rows:
    """Everything a row needs. `missing` is name -> why that program is not there."""

    def __init__(self, stopwatch, scratch, origin, programs, sizes, runs, say):
        self.scratch = scratch
        self.origin = origin
        self.programs = programs
        self.missing = programs.missing()
        self.sizes = sizes
        self.runs = runs
        self.say = say
        self.contest = Contest(stopwatch, scratch, say)

    def all(self):
        return {"small": self.small, "threads": self.threads, "large": self.large,
                "delay": self.delay, "flight": self.flight, "flight-tls": self.flight_tls,
                "million": self.million, "single": self.single, "micro": self.micro,
                "html": lambda: reading.html(self),
                "frontier": lambda: crawling.frontier(self),
                "dns": self.dns, "journal": lambda: keeping.journal(self),
                "rerun": lambda: keeping.rerun(self),
                "mirror": lambda: mirroring.mirror(self),
                "convert": lambda: mirroring.convert(self),
                "remirror": lambda: mirroring.remirror(self),
                "sites": lambda: sites.sites(self),
                "crawl": lambda: crawling.crawl(self),
                "guests": lambda: keeping.guests(self), "split": lambda: splitting.split(self)}

    def write_list(self, name, urls):
        path = os.path.join(self.scratch, name)
        with open(path, "w", encoding="ascii") as file:
            file.writelines(url + "\n" for url in urls)
        return path

    def write_curl_config(self, name, urls, newer_only=False):
        """Pairs of URL and output, as curl -K reads them; each with -z its own file if told so."""
        path = os.path.join(self.scratch, name)
        with open(path, "w", encoding="ascii") as file:
            for number, url in enumerate(urls):
                output = os.path.join(self.contest.output, url.rsplit("/", 1)[1])
                if newer_only and number > 0:
                    file.write("next\nfail\nsilent\n")  # options hold up to here
                file.write(f'url = "{url}"\noutput = "{output}"\n')
                if newer_only:
                    file.write(f'time-cond = "{output}"\nremote-time\n')
        return path

    def present(self, row, entries):
        """The entries whose program is there; the others become a remark."""
        kept = []
        for program, entry in entries:
            if program in self.missing:
                row.remarks.append(f"{entry.label}: not measured, {self.missing[program]}")
            else:
                kept.append(entry)
        return kept

    def small_lists(self):
        urls = [self.origin.url(f"/small/f{n}.bin") for n in range(self.sizes.small_files)]
        return (self.write_list("small.txt", urls), self.write_curl_config("small.curl", urls),
                (self.write_list("half-1.txt", urls[0::2]),
                 self.write_list("half-2.txt", urls[1::2])))

    def small(self):
        count, make = self.sizes.small_files, self.programs
        row = Row("small", f"{count:,} files of 4 KiB, -j {JOBS}, one thread", count)
        urls, config, _ = self.small_lists()
        good = check.small_files(count, self.sizes.small_bytes)
        entries = self.present(row, [
            ("fetch", Entry("fetch", lambda a: make.fetch(urls, JOBS, a.directory), good, True)),
            ("floor", Entry("floor", lambda a: make.floor(urls, JOBS, a.directory), good)),
            ("curl", Entry("curl -Z", lambda a: make.curl(config, JOBS), good)),
            ("wget2", Entry("wget2", lambda a: make.wget2(urls, JOBS, a.directory), good)),
            ("aria2", Entry("aria2", lambda a: make.aria2(urls, JOBS, a.directory), good)),
            ("aiohttp", Entry("aiohttp", lambda a: make.aiohttp(urls, JOBS, a.directory), good)),
            ("gevent", Entry("gevent", lambda a: make.gevent(urls, JOBS, a.directory), good)),
        ])
        self.contest.run(row, entries, self.runs)
        row.hold("CPU / floor", "fetch", "floor", cpu, 1.15, 1.00)
        row.hold("CPU / curl -Z", "fetch", "curl -Z", cpu, 0.90)
        row.hold("wall / curl -Z", "fetch", "curl -Z", wall, 0.90)
        row.hold("wall / wget2", "fetch", "wget2", wall, 0.80)
        row.hold("wall / aria2", "fetch", "aria2", wall, 0.25)
        for label in ("curl -Z", "wget2", "aria2", "aiohttp", "gevent"):
            row.hold(f"{label}: CPU / floor", label, "floor", cpu)
        return row

    def threads(self):
        count, make = self.sizes.small_files, self.programs
        row = Row("threads", f"{count:,} files of 4 KiB, -j {JOBS}, --threads 2", count)
        urls, config, halves = self.small_lists()
        good = check.small_files(count, self.sizes.small_bytes)
        entries = self.present(row, [
            ("fetch", Entry("fetch --threads 2", lambda a: make.fetch(
                urls, JOBS, a.directory, "--threads", "2"), good, True)),
            ("floor", Entry("two floors", lambda a: make.two_floors(
                halves, JOBS, a.directory), good)),
            ("curl", Entry("curl -Z", lambda a: make.curl(config, JOBS), good)),
            ("wget2", Entry("wget2", lambda a: make.wget2(urls, JOBS, a.directory), good)),
        ])
        self.contest.run(row, entries, self.runs)
        row.hold("wall / curl -Z", "fetch --threads 2", "curl -Z", wall, 0.70)
        row.hold("wall / wget2", "fetch --threads 2", "wget2", wall, 0.60)
        row.hold("wall / two floors", "fetch --threads 2", "two floors", wall, None, 1.00)
        row.hold("two floors: wall / curl -Z", "two floors", "curl -Z", wall)
        return row

    def large(self):
        make = self.programs
        row = Row("large", f"one file of {self.sizes.large_bytes >> 20:,} MiB", 1)
        url = self.origin.url("/large.bin")
        urls = self.write_list("large.txt", [url])
        good = check.copy_of(os.path.join(self.origin.www, "large.bin"), "large.bin")
        entries = self.present(row, [
            ("fetch", Entry("fetch", lambda a: make.fetch_one(url, a.directory), good, True)),
            ("floor", Entry("floor", lambda a: make.floor(
                urls, 1, a.directory, "--single"), good)),
            ("curl", Entry("curl", lambda a: make.curl_one(
                url, os.path.join(a.directory, "large.bin")), good)),
            ("wget2", Entry("wget2", lambda a: make.wget2(urls, 1, a.directory), good)),
            ("aria2", Entry("aria2", lambda a: make.aria2(urls, 1, a.directory), good)),
        ])
        self.contest.run(row, entries, self.runs)
        row.hold("CPU / curl", "fetch", "curl", cpu, 0.85, 0.70)
        row.hold("wall / curl", "fetch", "curl", wall)
        return row

    def delay(self):
        count, make = self.sizes.slow_files, self.programs
        tenth = count // 10
        ideal = count / JOBS * 0.1
        row = Row("delay", f"{count:,} URLs that take 100 ms each, -j {JOBS}", count)
        if not self.origin.can_delay():
            row.remarks.append("not measured: nginx has no echo module")
            return row
        everything = [self.origin.url(f"/100ms/{n}") for n in range(count)]
        urls = self.write_list("slow.txt", everything)
        few = self.write_list("slow-tenth.txt", everything[:tenth])
        config = self.write_curl_config("slow.curl", everything)
        good = check.equal_files(count, len("slow\n"))
        entries = self.present(row, [
            ("fetch", Entry("fetch", lambda a: make.fetch(urls, JOBS, a.directory), good, True)),
            ("floor", Entry("floor", lambda a: make.floor(urls, JOBS, a.directory), good)),
            ("curl", Entry("curl -Z", lambda a: make.curl(config, JOBS), good)),
            ("aiohttp", Entry("aiohttp", lambda a: make.aiohttp(urls, JOBS, a.directory), good)),
            ("fetch", Entry("fetch --mode sync, a tenth", lambda a: make.fetch(
                few, JOBS, a.directory, "--mode", "sync"),
                check.equal_files(tenth, len("slow\n")), True, rounds=3)),
        ])
        self.contest.run(row, entries, self.runs)
        for label, must, goal in (("fetch", 1.05, 1.02), ("floor", None, None),
                                  ("curl -Z", None, None), ("aiohttp", None, None)):
            if row.has(label):
                row.bars.append(Bar(f"{label}: wall / the ideal {ideal:.1f} s",
                                    row.median(label, wall) / ideal, must, goal))
        if row.has("fetch", "fetch --mode sync, a tenth"):
            row.bars.append(Bar("sync, ten times its tenth / fetch", row.paired(
                "fetch --mode sync, a tenth", "fetch", lambda a, b: 10 * a.wall_s / b.wall_s)))
        return row

    def flight(self):
        return self.in_flight("flight", tls=False)

    def flight_tls(self):
        return self.in_flight("flight-tls", tls=True)

    def in_flight(self, name, tls):
        """All at once against a server that answers after two seconds. Each run goes to another
        loopback address, because the connections that it closes keep their ports for a minute."""
        count, make = self.sizes.flight, self.programs
        kind = "TLS" if tls else "plain HTTP"
        row = Row(name, f"{count:,} in flight at once, {kind}, answered after 2 s", count)
        if not self.origin.can_delay() or self.origin.capacity() < count:
            row.remarks.append("not measured: needs nginx with the echo module and an open-files "
                               f"limit above {count + 200:,}")
            return row
        lists = [self.write_list(f"{name}-{address}.txt", (
            self.origin.url(f"/2s/{n}", address, tls) for n in range(count)))
            for address in ADDRESSES]

        def urls(attempt):
            return lists[attempt.serial % len(lists)]

        one = self.write_list(f"{name}-one.txt", [self.origin.url("/2s/0", tls=tls)])
        trust = ["--cacert", self.origin.cacert] if tls else []
        good = check.equal_files(count, len("slow\n"))
        single = check.equal_files(1, len("slow\n"))
        entries = self.present(row, [
            ("fetch", Entry("fetch", lambda a: make.fetch(
                urls(a), count, a.directory, *trust), good, True)),
            ("floor", Entry("floor", lambda a: make.floor(
                urls(a), count, a.directory, *trust), good)),
            ("aiohttp", Entry("aiohttp", lambda a: make.aiohttp(
                urls(a), count, a.directory), good)),
            ("fetch", Entry("fetch, one URL", lambda a: make.fetch(
                one, 1, a.directory, *trust), single, True, rounds=3)),
            ("floor", Entry("floor, one URL", lambda a: make.floor(
                one, 1, a.directory, *trust), single, rounds=3)),
        ])
        if tls:
            entries = [entry for entry in entries if entry.label != "aiohttp"]
        self.origin.restart()
        before = listen_overflows()
        self.contest.run(row, entries, self.runs, self.origin.accepted)
        dropped = listen_overflows() - before
        for label in row.samples:
            if not label.endswith("one URL"):
                opened = row.median(label, lambda sample: sample.connections)
                row.remarks.append(f"{label} opened {opened:,.0f} connections")
        if dropped:
            row.remarks.append(f"the kernel dropped {dropped} connections at the server's door; "
                               "wall times contain their retries")
        for label, must, goal in (("fetch", 32, 24), ("floor", None, None)):
            if row.has(label):
                idle = row.median(f"{label}, one URL", peak)
                each = median([(sample.peak_kib - idle) / sample.connections
                               for sample in row.samples[label].values()])
                row.bars.append(Bar(f"{label}: resident a connection over the idle program", each,
                                    None if tls else must, None if tls else goal, "KiB"))
        row.hold("wall / floor", "fetch", "floor", wall, None if tls else 1.15)
        return row

    def million(self):
        few, many, make = self.sizes.tiny_few, self.sizes.tiny_many, self.programs
        row = Row("million", f"{many:,} URLs, tiny bodies, --out-null, -j {JOBS}", many)
        short, long = (self.write_list(f"tiny-{count}.txt", (
            self.origin.url(f"/tiny/{n}") for n in range(count))) for count in (few, many))
        entries = self.present(row, [
            ("fetch", Entry("fetch", lambda a: make.fetch_nowhere(long, JOBS),
                            check.summary_only(many, len("tiny\n")), True, True, timeout=900)),
            ("fetch", Entry(f"fetch, {few:,} URLs", lambda a: make.fetch_nowhere(short, JOBS),
                            check.summary_only(few, len("tiny\n")), True)),
            ("floor", Entry("floor", lambda a: make.floor_nowhere(long, JOBS),
                            check.summary_only(many, len("tiny\n")), False, True, timeout=900)),
            ("floor", Entry(f"floor, {few:,} URLs", lambda a: make.floor_nowhere(short, JOBS),
                            check.summary_only(few, len("tiny\n")))),
        ])
        self.contest.run(row, entries, 1)
        row.remarks.append("one run each: memory is what counts here")
        for label, must, goal, flat in (("fetch", 64, 32, 2), ("floor", None, None, None)):
            if not row.has(label):
                continue
            most = row.median(label, peak) / 1024
            start = row.median(f"{label}, {few:,} URLs", peak) / 1024
            row.bars.append(Bar(f"{label}: peak memory", most, must, goal, "MiB"))
            row.bars.append(Bar(f"{label}: peak over that with {few:,} URLs", most - start, flat,
                                None, "MiB"))
            row.remarks.append(f"{label}: resident {describe_memory(row.samples[label][0])}")
        return row

    def single(self):
        make = self.programs
        row = Row("single", "one small URL", 1)
        url = self.origin.url("/small/f0.bin")
        urls = self.write_list("single.txt", [url])
        good = check.small_files(1, self.sizes.small_bytes)
        entries = self.present(row, [
            ("fetch", Entry("fetch", lambda a: make.fetch_one(url, a.directory), good, True)),
            ("floor", Entry("floor", lambda a: make.floor(urls, 1, a.directory), good)),
            ("curl", Entry("curl", lambda a: make.curl_one(
                url, os.path.join(a.directory, "f0.bin")), good)),
        ])
        self.contest.run(row, entries, max(self.runs, self.sizes.single_rounds))
        row.hold("wall / curl", "fetch", "curl", wall, 1.2, 1.0)
        row.hold("floor: wall / curl", "floor", "curl", wall)
        return row

    def micro(self):
        """The program measures itself; its rounds are already side by side."""
        row = Row("micro", "the engine's operations, ns each", 1)
        if "micro" in self.missing:
            row.remarks.append(f"not measured: {self.missing['micro']}")
            return row
        sample = self.contest.stopwatch.run([self.programs.micro_path, str(5 * self.runs)], 120)
        result = json.loads(sample.output)
        rounds = result["rounds"]
        row.remarks.append(f"medians of {len(rounds)} rounds")
        if "boost_fcontext" in rounds[0]:
            row.bars.append(Bar("switch / boost fcontext", median(
                [each["context_switch"] / each["boost_fcontext"] for each in rounds]), 1.2, 1.0))
        else:
            row.remarks.append("switch: not compared, Boost is not installed or cannot be linked")
        for key, what in (("context_switch", f"switch ({result['backend']})"),
                          ("boost_fcontext", f"boost {result['boost']} fcontext"),
                          ("co_resume_or_yield", "switch as co_resume() or co_yield()"),
                          ("spawn_join", "spawn + join"), ("sleep", "timer add + fire"),
                          ("queue_put_get", "queue put + get")):
            if key in rounds[0]:
                row.bars.append(Bar(what, median([each[key] for each in rounds]),
                                    unit="ns"))
        return row

    def dns(self):
        count, jobs, make = self.sizes.names, self.sizes.name_jobs, self.programs
        row = Row("dns", f"{count:,} distinct host names, -j {jobs}, the DNS server answers "
                  f"after {DNS_DELAY_MS} ms", count)
        if "fetch" in self.missing or not os.access(make.dns_path, os.X_OK):
            row.remarks.append("not measured: fetch or the DNS server is not built")
            return row
        lists = [self.write_list(f"dns-{n}.txt", (
            f"http://host-{n}.bench.test:{port}/tiny/{n}" for n in range(count)))
            for n, port in enumerate(self.origin.name_ports)]
        ports = self.origin.name_ports

        def turn(attempt):
            return attempt.serial % len(ports)

        good = no_tripwire(check.equal_files(count, len("tiny\n")))
        with NameServer(make.dns_path, self.scratch) as server:
            entries = [
                Entry("fetch, cold cache", lambda a: make.fetch(
                    lists[turn(a)], jobs, a.directory, "--dns-servers", server.address),
                    good, True),
                Entry("fetch, warm cache", lambda a: make.fetch(
                    lists[turn(a)], jobs, a.directory, "--resolve",
                    f"*:{ports[turn(a)]}:127.0.0.1"), good, True),
            ]
            self.contest.run(row, entries, self.runs)
        if server.queries() < count * self.runs:
            raise CheckFailed(f"the DNS server was asked only {server.queries()} times")
        row.remarks.append("the DNS server was asked "
                           f"{server.queries() / count / self.runs:.2f} times a name and cold run")
        row.bars.append(Bar("wall, cold - warm", row.paired(
            "fetch, cold cache", "fetch, warm cache", lambda a, b: a.wall_s - b.wall_s),
            0.6, unit="s"))
        row.bars.append(Bar("names that libcurl resolved", max(
            sample.stats["tripwire"] for label in row.samples
            for sample in row.samples[label].values()), 0, unit=""))
        return row


def no_tripwire(good):
    def checked(sample, directory, thorough):
        good(sample, directory, thorough)
        if "tripwire" not in sample.stats:
            raise CheckFailed("the summary does not say whether libcurl resolved")
    return checked


def describe_memory(sample):
    """Medians of the tenths of a run."""
    values = sample.resident_kib
    if len(values) < 10:
        return "not sampled, the run was too short"
    tenth = len(values) // 10
    steps = [median(values[n * tenth:(n + 1) * tenth]) / 1024 for n in range(10)]
    return "by tenths of the run, MiB: " + " ".join(f"{step:.1f}" for step in steps)


def listen_overflows():
    """How often the kernel has dropped a connection for lack of room in a listener's queue."""
    with open("/proc/net/netstat", encoding="ascii") as file:
        lines = [line.split() for line in file]
    for names, values in zip(lines[0::2], lines[1::2]):
        if names[0] == "TcpExt:":
            return int(dict(zip(names, values)).get("ListenDrops", 0))
    return 0
