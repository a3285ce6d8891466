"""dnsmasq, a real DNS server, on loopback."""

import os

from .dns import ask
from .packages import need
from .server import Server, free_port


class Dnsmasq(Server):
    """`with Dnsmasq(addresses={"www.test": "127.0.0.1"}) as dns:`. A name in `addresses` answers
    for all below it too; a list gives several addresses. `options` are further lines of its
    configuration, such as "local-ttl=5" or "host-record=a.test,127.0.0.1"."""

    def __init__(self, addresses=None, options=()):
        super().__init__()
        self.addresses, self.options = addresses or {}, options

    def prepare(self):
        self.port = free_port()
        self.address = f"127.0.0.1:{self.port}"
        lines = ["no-resolv", "no-hosts", "bind-interfaces", "listen-address=127.0.0.1",
                 f"port={self.port}", "log-queries", f"log-facility={self.folder}/log",
                 f"pid-file={self.folder}/pid", "address=/ready.harness/127.0.0.1"]
        if os.geteuid() == 0:
            lines.append("user=root")
        for name, values in self.addresses.items():
            for value in values if isinstance(values, list) else [values]:
                lines.append(f"address=/{name}/{value}")
        (self.folder / "dnsmasq.conf").write_text("\n".join([*lines, *self.options, ""]))

    def command(self):
        return [need("dnsmasq"), "--keep-in-foreground",
                f"--conf-file={self.folder}/dnsmasq.conf"]

    def is_ready(self):
        try:
            return ask(self.port, "ready.harness", timeout=0.2).values == ["127.0.0.1"]
        except OSError:
            return False

    def queries(self, name):
        """The types asked for, in order: ["A", "AAAA"]."""
        words = [line.split() for line in (self.folder / "log").read_text().splitlines()]
        return [line[at][len("query["):-1] for line in words
                for at in range(len(line) - 1)
                if line[at].startswith("query[") and line[at + 1] == name]
