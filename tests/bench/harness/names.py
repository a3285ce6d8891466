"""The servers of tests/origin: one knows every name and takes its time, one has a whole web."""
import os
import re
import subprocess
import time

from .measure import CheckFailed

DNS_DELAY_MS = 20


class Served:
    """A server of tests/origin that runs while the `with` block does; it ends by itself when we die
    and its input closes. `address` is where it listens."""

    def __init__(self, name, argv, scratch):
        self.name, self.argv = name, argv
        self.ready_file = os.path.join(scratch, name + "-ready")
        self.output_file = os.path.join(scratch, name + "-output")
        self.process = None
        self.address = None

    def __enter__(self):
        with open(self.output_file, "wb") as output:
            self.process = subprocess.Popen(
                [*self.argv, "--ready-file", self.ready_file, "--until-stdin-closes"],
                stdin=subprocess.PIPE, stdout=output)
        for _ in range(500):
            if os.path.exists(self.ready_file) or self.process.poll() is not None:
                break
            time.sleep(0.01)
        try:
            with open(self.ready_file, encoding="ascii") as file:
                self.address = re.search(r"listening on (\S+)", file.read()).group(1)
        except (OSError, AttributeError):
            self.__exit__()
            raise CheckFailed(f"the {self.name} server does not start") from None
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if os.path.exists(self.ready_file):
            os.unlink(self.ready_file)


class NameServer(Served):
    def __init__(self, program, scratch):
        super().__init__("DNS", [program, "--delay", str(DNS_DELAY_MS)], scratch)

    def queries(self):
        """How many it was asked; after the end."""
        with open(self.output_file, encoding="utf-8") as file:
            found = re.search(r"(\d+) queries", file.read())
        return int(found.group(1)) if found else 0


class WebServer(Served):
    """The synthetic web of tests/origin."""

    def __init__(self, program, scratch, hosts, pages, size):
        super().__init__("web", [program, "--web", f"{hosts}:{pages}:{size}"], scratch)

    def port(self):
        return self.address.rsplit(":", 1)[1]
