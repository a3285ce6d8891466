"""A server as a child process: started, waited for, and ended with all that it started."""

import atexit
import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS = 15
STOP_SECONDS = 10
PR_SET_PDEATHSIG = 1


def repository():
    return pathlib.Path(__file__).resolve().parents[3]


def built(variable, path):
    """A program of ours: named by an environment variable (ctest sets it), else build/PATH."""
    program = pathlib.Path(os.environ.get(variable) or repository() / "build" / path)
    if not program.is_file():
        raise FileNotFoundError(f"{program} is not built; set {variable} to where it is")
    return str(program.resolve())


def free_port(host="127.0.0.1"):
    """A port that was free for TCP and UDP a moment ago."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    for _ in range(50):
        with socket.socket(family, socket.SOCK_STREAM) as tcp:
            tcp.bind((host, 0))
            port = tcp.getsockname()[1]
            with socket.socket(family, socket.SOCK_DGRAM) as udp:
                try:
                    udp.bind((host, port))
                    return port
                except OSError:
                    continue
    raise OSError("no port is free for both TCP and UDP")


def die_with_parent():
    """In the child: ends it when the test dies without cleaning up."""
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Server:
    """Base of all servers: a context manager with a folder of its own.

    A subclass says in command() what to run and in is_ready() when it serves. Ports are picked in
    prepare(), which is called anew when a start fails, because somebody else may have taken one.
    """

    attempts = 3

    def __init__(self):
        self.folder = None
        self.process = None

    def prepare(self):
        """Picks ports, writes configuration into self.folder."""

    def command(self):
        raise NotImplementedError

    def is_ready(self):
        raise NotImplementedError

    def __enter__(self):
        atexit.register(self.stop)
        try:
            for attempt in range(self.attempts):
                if self._start():
                    return self
            raise RuntimeError(f"{type(self).__name__} does not start:\n{self.output()}")
        except BaseException:
            self.stop()
            raise

    def __exit__(self, *_):
        self.stop()

    start = __enter__

    def _start(self):
        self._end_process()
        self._remove_folder()
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="fetch-test-"))
        self.prepare()
        with open(self.folder / "output", "wb") as output:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.PIPE, stdout=output,
                                            stderr=subprocess.STDOUT, start_new_session=True,
                                            preexec_fn=die_with_parent)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self.process.poll() is None:
            if self.is_ready():
                return True
            time.sleep(0.01)
        return False

    def output(self):
        """What it printed so far, on both streams."""
        file = self.folder and self.folder / "output"
        return file.read_text(errors="replace") if file and file.exists() else ""

    def stop(self):
        """Ends it. Harmless when it is not running. What it printed stays in self.last_output."""
        atexit.unregister(self.stop)
        self.last_output = self.output()
        code = self._end_process()
        self.last_output = self.output() or self.last_output
        self._remove_folder()
        return code

    def _end_process(self):
        process, self.process = self.process, None
        if process is None:
            return None
        process.stdin.close()
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            pass
        try:  # it had a session of its own: whatever it left behind goes too
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        return process.wait(STOP_SECONDS)

    def _remove_folder(self):
        folder, self.folder = self.folder, None
        if folder:
            shutil.rmtree(folder, ignore_errors=True)


def accepts(port, host="127.0.0.1"):
    """Does somebody listen there?"""
    try:
        socket.create_connection((host, port), 1).close()
        return True
    except OSError:
        return False
