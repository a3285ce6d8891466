"""Runs one program under the stop-watch (timed.c) and hands back what it cost."""
import collections
import json
import os
import signal
import statistics
import subprocess
import threading
import time
from dataclasses import dataclass, field


class CheckFailed(Exception):
    """A program did not do its work; no figure of this run may be used."""


@dataclass
class Sample:
    """One finished run."""

    wall_s: float
    cpu_s: float
    peak_kib: int
    switches: int
    output: str
    stats: dict | None = None  # what fetch wrote to --stats-fd
    connections: int = 0  # that the server has accepted, where it was asked
    resident_kib: list = field(default_factory=list)  # in even steps over the run


class Stopwatch:
    """`build` holds timed; `scratch` is a directory of ours on tmpfs."""

    def __init__(self, build, scratch):
        self.timed = os.path.join(build, "tests", "bench", "timed")
        self.scratch = scratch
        self.home = os.path.join(scratch, "home")
        os.makedirs(self.home, exist_ok=True)

    def environment(self):
        """No proxies, no configuration files of the user's."""
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": self.home,
            "TMPDIR": self.scratch,
            "LC_ALL": "C.UTF-8",
        }

    def run(self, argv, timeout, watch_memory=False, stats=False, statuses=(0,)):
        """With `stats`, `--stats-fd` and a descriptor are appended, and what is written there is
        kept. Raises CheckFailed when the program ends with none of `statuses`."""
        result = os.path.join(self.scratch, "result.json")
        output = os.path.join(self.scratch, "output.txt")
        stats_path = os.path.join(self.scratch, "stats.json")
        memory = []
        with open(output, "wb") as out, open(stats_path, "wb") as stats_file:
            handed = (stats_file.fileno(),) if stats else ()
            options = ["--stats-fd", str(stats_file.fileno())] if stats else []
            process = subprocess.Popen(
                [self.timed, result, *argv, *options], stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, env=self.environment(), pass_fds=handed,
                start_new_session=True)
            try:
                watcher = watch(process, memory) if watch_memory else None
                process.wait(timeout)
            except subprocess.TimeoutExpired:
                raise CheckFailed(f"{show(argv)}: not done after {timeout} s; it has "
                                  f"{describe_sockets(only_child(process.pid))}") from None
            finally:
                end_group(process)
            if watcher:
                watcher.join()
        with open(output, encoding="utf-8", errors="replace") as file:
            text = file.read()
        if process.returncode != 0:
            raise CheckFailed(f"{show(argv)}: could not be run\n{text[-2000:]}")
        with open(result, encoding="utf-8") as file:
            cost = json.load(file)
        if cost["status"] not in statuses:
            raise CheckFailed(f"{show(argv)}: exit status {cost['status']}\n{text[-2000:]}")
        return Sample(
            wall_s=cost["wall_us"] / 1e6, cpu_s=(cost["user_us"] + cost["sys_us"]) / 1e6,
            peak_kib=cost["peak_kib"], switches=cost["switches"] + cost["preemptions"],
            output=text, stats=read_stats(stats_path, argv) if stats else None,
            resident_kib=memory)


def show(argv):
    """The command line, shortened for a message."""
    line = " ".join(argv)
    return line if len(line) < 300 else line[:297] + "..."


def end_group(process):
    """Ends what a run that came too late has left; a finished one has left nothing."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def read_stats(path, argv):
    with open(path, encoding="utf-8") as file:
        text = file.read()
    try:
        return json.loads(text)
    except ValueError:
        raise CheckFailed(f"{show(argv)}: no summary on --stats-fd, but {text!r}") from None


def watch(process, memory):
    """Notes the resident memory of the program under `process` until that ends."""

    def follow():
        child = None
        while process.poll() is None:
            child = child or only_child(process.pid)
            resident = child and resident_kib(child)
            if resident:
                memory.append(resident)
            time.sleep(0.02)

    thread = threading.Thread(target=follow)
    thread.start()
    return thread


def only_child(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children", encoding="ascii") as file:
            children = file.read().split()
    except OSError:
        return None
    return children[0] if children else None


def describe_sockets(pid):
    """What a program that does not end is waiting for, as far as the kernel knows."""
    states = {"01": "established", "02": "connecting", "08": "closed by the server"}
    try:
        folder = f"/proc/{pid}/fd"
        own = {os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)}
        with open("/proc/net/tcp", encoding="ascii") as file:
            sockets = [line.split() for line in file][1:]
    except OSError:
        return "no sockets that can be seen"
    kinds = collections.Counter(
        (states.get(each[3], "state " + each[3]), each[4] != "00000000:00000000")
        for each in sockets if f"socket:[{each[9]}]" in own)
    return ", ".join(f"{count} sockets {state}" + (" with bytes on the way" if busy else "")
                     for (state, busy), count in kinds.items()) or "no sockets"


def resident_kib(pid):
    try:
        with open(f"/proc/{pid}/status", encoding="ascii", errors="replace") as file:
            for line in file:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])
    except OSError:
        pass
    return None


def median(values):
    return statistics.median(values)
