"""The program under test: run in a folder of its own, with a bound on its time."""

import dataclasses
import os
import pathlib
import select
import shutil
import signal
import subprocess
import tempfile
import time

from . import sanitizers
from .server import built, die_with_parent

# Whose files all begin so.
JOURNAL = ".fetch/journal."
# Set for every run: English messages in UTF-8, no proxy and no configuration but the test's own.
CLEARED = ("http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "LANGUAGE", "LC_ALL")


def alive(session):
    """Processes of a session that have not ended."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session and fields[0] not in "ZX":
            found.append(int(stat.parent.name))
    return found


@dataclasses.dataclass
class Result:
    code: int  # exit status; negative: the signal that ended it
    out: bytes
    err: str
    wall: float  # seconds
    user: float
    system: float
    max_rss_kib: int

    def __str__(self):
        out = self.out[-4000:].decode(errors="replace")
        return f"exit status {self.code} after {self.wall:.2f} s\n{out}\n{self.err[-8000:]}"


class Run:
    """A program that is running."""

    def __init__(self, process, files, begun):
        self.process, self.files, self.begun = process, files, begun
        self.sent = None  # the last signal

    def signal(self, number=signal.SIGINT):
        self.sent = number
        os.kill(self.process.pid, number)  # send_signal() would reap it first

    def is_running(self):
        """Unlike process.poll(), leaves what finish() will want to know."""
        return os.waitid(os.P_PID, self.process.pid,
                         os.WEXITED | os.WNOHANG | os.WNOWAIT) is None

    def err(self):
        """What it wrote to standard error so far."""
        return self.files["err"].read_text(errors="replace")

    def ends_within(self, timeout):
        """A signal that a sanitizer may have lost is sent once more."""
        pidfd = os.pidfd_open(self.process.pid)
        try:
            if self.sent and sanitizers.lose_signals():
                if select.select([pidfd], [], [], sanitizers.SIGNAL_LOST_AFTER)[0]:
                    return True
                os.kill(self.process.pid, self.sent)
            return bool(select.select([pidfd], [], [], timeout)[0])
        finally:
            os.close(pidfd)

    def finish(self, timeout=20):
        """Waits for its end, within `timeout` seconds: a Result. A program that hangs is killed,
        and that is an AssertionError with what it said."""
        in_time = self.ends_within(timeout)
        wall = time.monotonic() - self.begun
        if not in_time:
            os.killpg(self.process.pid, signal.SIGKILL)
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        result = Result(self.process.returncode, self.files["out"].read_bytes(), self.err(), wall,
                        usage.ru_utime, usage.ru_stime, usage.ru_maxrss)
        assert in_time, f"still running after {timeout} s, killed: {result}"
        found = sanitizers.reports(self.files["sanitizer"])
        assert not found, f"{result}\n{found}"
        return result

    def kill(self):
        if self.process.returncode is None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self.process.wait(10)


class Program:
    """`with Program() as fetch:` then fetch.run("-j", "50", "urls.txt", "-o", "out").

    The working directory is fetch.folder, new and empty. The program is FETCH_BINARY, or
    build/fetch, unless `binary` names another; `arguments` come before those of each run."""

    def __init__(self, binary=None, arguments=()):
        self.binary, self.arguments = binary, list(arguments)
        self.runs = []

    def __enter__(self):
        self.binary = self.binary or built("FETCH_BINARY", "fetch")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fetch-test-run-"))
        # What it prints is kept beside its folder, where it cannot be taken for a download.
        self.output = pathlib.Path(tempfile.mkdtemp(prefix="fetch-test-output-"))
        return self

    def __exit__(self, *_):
        for run in self.runs:
            run.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.output, ignore_errors=True)

    def start(self, *arguments, stdin=None, environment=None):
        """Starts it and returns a Run. `stdin`: bytes, an open file, or nothing (/dev/null)."""
        number = len(self.runs)
        files = {name: self.output / f"{number}.{name}"
                 for name in ("in", "out", "err", "sanitizer")}
        if isinstance(stdin, bytes):
            files["in"].write_bytes(stdin)
            with files["in"].open("rb") as opened:
                return self._start(arguments, opened, environment, files)
        return self._start(arguments, stdin or subprocess.DEVNULL, environment, files)

    def _start(self, arguments, stdin, environment, files):
        variables = {key: value for key, value in os.environ.items()
                     if key.lower() not in CLEARED and key not in CLEARED}
        variables.update({"LC_ALL": "C.UTF-8", "XDG_CONFIG_HOME": str(self.output)},
                         **(environment or {}))
        sanitizers.write_reports(variables, files["sanitizer"])
        with files["out"].open("wb") as out, files["err"].open("wb") as err:
            begun = time.monotonic()
            process = subprocess.Popen(
                [self.binary, *self.arguments, *map(str, arguments)], cwd=self.folder,
                stdin=stdin, stdout=out, stderr=err,
                env=variables, start_new_session=True, preexec_fn=die_with_parent)
        run = Run(process, files, begun)
        self.runs.append(run)
        return run

    def run(self, *arguments, timeout=20, **options):
        """Runs it to its end: a Result."""
        return self.start(*arguments, **options).finish(timeout)

    def write(self, name, lines):
        """A file in the folder, such as a list of URLs: text, or lines."""
        text = lines if isinstance(lines, str) else "".join(line + "\n" for line in lines)
        (self.folder / name).write_text(text)
        return name

    def path(self, name):
        return self.folder / name

    def files(self, directory="out"):
        """Paths of all files below `directory`, as text relative to it, sorted; what is in .fetch/
        included, but for the journal."""
        base = self.folder / directory
        found = (str(path.relative_to(base)) for path in base.rglob("*") if not path.is_dir())
        return sorted(name for name in found if not name.startswith(JOURNAL))

    def assert_files(self, names, directory="out"):
        """Exactly these files are there: no part, no leftover, nothing in .fetch/ but the
        journal."""
        found = self.files(directory)
        assert found == sorted(names), f"in {directory}: {found}, expected {sorted(names)}"
        kept = self.folder / directory / ".fetch"
        inside = os.listdir(kept) if kept.exists() else None
        assert inside != [], "an empty .fetch/ was left"
        journal = [name for name in inside or [] if name.startswith("journal.")]
        assert journal in ([], ["journal.db"]), f"the journal was left open: {journal}"

    def assert_contents(self, name, expected, directory="out"):
        """The file is there and holds these bytes."""
        content = (self.folder / directory / name).read_bytes()
        if content != expected:
            at = next((i for i, (a, b) in enumerate(zip(content, expected)) if a != b),
                      min(len(content), len(expected)))
            raise AssertionError(f"{name}: {len(content)} bytes instead of {len(expected)}, "
                                 f"different from byte {at} on")
