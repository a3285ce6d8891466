"""The hostile origin of tests/origin: every URL says in its query how it wants to be answered."""

import json
import urllib.parse
import urllib.request

from .server import Server, built

LINE_TAIL = b" every byte of this is checked\n"
MASK = (1 << 64) - 1


def fnv1a(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def body(path, size=1024, seed="", first=0):
    """The bytes from `first` to `size` of what the origin serves under `path` (which begins with a
    slash, as it is requested, without query). tests/origin/body.h has the formula in words."""
    key = path.encode() + (b"?seed=" + seed.encode() if seed else b"")
    head = b"%016x " % fnv1a(key)
    begin = first // 64 * 64
    lines = b"".join(head + b"%016x" % at + LINE_TAIL for at in range(begin, size, 64))
    return lines[first - begin:size - begin]


class Origin(Server):
    """`with Origin() as origin:`; origin.url("a.bin", size=4096, delay="100ms") is to be fetched,
    origin.body(...) what it must be."""

    def __init__(self, ipv6=False, web=None):
        """`web`: "HOSTS:PAGES[:BYTES]" of a synthetic web, see harness/web.py."""
        super().__init__()
        self.ipv6 = ipv6
        self.web = web

    def command(self):
        command = [built("ORIGIN_BINARY", "tests/origin/origin"), "--until-stdin-closes",
                   "--ready-file", str(self.folder / "ready"),
                   "--listen", "127.0.0.1:0", "--listen-reset", "127.0.0.1:0"]
        command += ["--web", self.web] if self.web else []
        return command + (["--listen", "[::1]:0"] if self.ipv6 else [])

    def is_ready(self):
        ready = self.folder / "ready"
        if not ready.exists():
            return False
        lines = ready.read_text().split()
        urls = [word for word in lines if word.startswith("http://")]
        self.base, self.reset_base = urls[:2]
        self.base6 = urls[2] if self.ipv6 else None
        return True

    @property
    def host(self):
        """name:port as in URLs."""
        return urllib.parse.urlsplit(self.base).netloc

    @property
    def port(self):
        return urllib.parse.urlsplit(self.base).port

    def url(self, path="file.bin", host=None, **behaviour):
        """`host` puts another name before the port. Underscores in keys become dashes; a list as
        value repeats its key."""
        base = f"http://{host}:{self.port}" if host else self.base
        pairs = [(key.replace("_", "-"), value)
                 for key, values in behaviour.items()
                 for value in (values if isinstance(values, list) else [values])]
        query = "&".join(f"{key}={urllib.parse.quote(str(value), safe='/:@,+')}"
                         for key, value in pairs)
        return base + "/" + path.lstrip("/") + ("?" + query if query else "")

    @staticmethod
    def body(path="file.bin", size=1024, seed="", first=0):
        """What url(path, size=size, seed=seed) serves; `size` in bytes."""
        return body("/" + path.lstrip("/"), size, seed, first)

    def _ask(self, path):
        no_proxy = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with no_proxy.open(self.base + path, timeout=10) as answer:
            return json.load(answer)

    def stats(self):
        """What the origin saw; tests/origin/stats.h describes it."""
        return self._ask("/stats")

    def reset_stats(self):
        self._ask("/reset-stats")

    def requests(self, path=None, host=None):
        """The last 5000 requests in order of arrival, of one path (without query) or host only:
        dictionaries with host, target, begin_ms, end_ms."""
        wanted = None if path is None else "/" + path.lstrip("/")
        return [entry for entry in self.stats()["recent"]
                if (wanted is None or entry["target"].split("?")[0] == wanted)
                and (host is None or entry["host"] == host)]
