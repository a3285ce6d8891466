"""nginx with a configuration, folder and certificates of its own: HTTP, and TLS with HTTP/2."""

import os
import time

from .certificates import authority
from .packages import need
from .server import Server, accepts, free_port

CONFIGURATION = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
{user}
events {{ worker_connections 4096; }}
http {{
    log_format times "$msec $request_time $connection $uri";
    access_log {folder}/access.log;
    access_log {folder}/times.log times;
    default_type application/octet-stream;
    keepalive_requests 100000;
    sendfile on;
    {temporary}
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{tls_port} ssl http2;
        ssl_certificate {certificate};
        ssl_certificate_key {key};
        root {folder}/files;
        {lines}
    }}
}}
"""


class Nginx(Server):
    """`with Nginx(files={"a.bin": b"..."}) as nginx:` serves `nginx.files`, a folder, on
    nginx.base (HTTP) and nginx.tls_base; nginx.ca is the certificate to trust. `lines` are further
    lines of the server block, such as "gzip on; gzip_types *;"."""

    def __init__(self, files=None, lines=""):
        super().__init__()
        self.contents, self.lines = files or {}, lines

    def prepare(self):
        self.port, self.tls_port = free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self.tls_base = f"https://127.0.0.1:{self.tls_port}"
        self.ca = authority().ca
        self.files = self.folder / "files"
        self.files.mkdir()
        for name, content in self.contents.items():
            (self.files / name).parent.mkdir(parents=True, exist_ok=True)
            (self.files / name).write_bytes(content)
        temporary = " ".join(f"{kind}_temp_path {self.folder}/{kind};" for kind in
                             ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        (self.folder / "nginx.conf").write_text(CONFIGURATION.format(
            folder=self.folder, port=self.port, tls_port=self.tls_port, temporary=temporary,
            certificate=authority().certificate, key=authority().key, lines=self.lines,
            user="user root;" if os.geteuid() == 0 else ""))

    def command(self):
        return [need("nginx"), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf"),
                "-e", str(self.folder / "error.log")]

    def is_ready(self):
        return accepts(self.port) and accepts(self.tls_port)

    def times(self, count=0):
        """Of each request, as the lines of access_log(): begin and end (unix seconds), a number
        for its connection, and the path."""
        found = []
        for line in self.access_log(count, "times.log"):
            end, duration, connection, path = line.split(" ", 3)
            found.append((float(end) - float(duration), float(end), int(connection), path))
        return found

    def access_log(self, count=0, name="access.log"):
        """Its lines so far; "HTTP/2.0" in one tells the protocol. A line is written a moment after
        its answer was sent: waits until there are `count`, but not for long."""
        deadline = time.monotonic() + 5
        while True:
            lines = (self.folder / name).read_text().splitlines()
            if len(lines) >= count or time.monotonic() > deadline:
                return lines
            time.sleep(0.01)
