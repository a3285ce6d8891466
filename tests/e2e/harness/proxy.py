"""tinyproxy, a real HTTP proxy, on loopback."""

from .packages import need
from .server import Server, accepts, free_port


class Proxy(Server):
    """`with Proxy() as proxy:`; proxy.url goes to -x. `login` ("user", "password") makes it ask for
    these."""

    def __init__(self, login=None):
        super().__init__()
        self.login = login

    def prepare(self):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        lines = [f"Port {self.port}", "Listen 127.0.0.1", "Allow 127.0.0.1", "Timeout 30",
                 "MaxClients 500", f'LogFile "{self.folder}/log"', "LogLevel Info",
                 f'PidFile "{self.folder}/pid"']
        if self.login:
            lines.append("BasicAuth " + " ".join(self.login))
        (self.folder / "tinyproxy.conf").write_text("\n".join([*lines, ""]))

    def command(self):
        return [need("tinyproxy"), "-d", "-c", str(self.folder / "tinyproxy.conf")]

    def is_ready(self):
        return accepts(self.port)

    def requests(self):
        """The request lines it was sent: "GET http://127.0.0.1:1/a HTTP/1.1", "CONNECT ..."."""
        log = (self.folder / "log").read_text(errors="replace").splitlines()
        return [line.split("): ", 1)[1] for line in log if "Request (file descriptor" in line]
