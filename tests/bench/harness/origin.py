"""The web server of the bench: nginx with one worker, its files on tmpfs."""
import hashlib
import os
import pwd
import re
import resource
import socket
import subprocess
import time
import urllib.request

ADDRESSES = [f"127.0.0.{n}" for n in range(1, 17)]
NAME_PORTS = 8  # on the first address, for runs that open a connection a URL
MODULE_FOLDERS = ["/usr/lib/nginx/modules", "/usr/lib64/nginx/modules",
                  "/usr/share/nginx/modules", "/usr/local/lib/nginx/modules"]

CONFIGURATION = """\
{load_module}
daemon off;
worker_processes 1;
worker_rlimit_nofile {files};
pid {folder}/nginx.pid;
error_log {folder}/error.log crit;
{user}
events {{
    worker_connections {connections};
    multi_accept on;
}}
http {{
    access_log off;
    types {{
        text/html html; text/css css; application/javascript js; text/plain txt;
        image/png png; image/svg+xml svg; application/xml xml;
    }}
    default_type application/octet-stream;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    open_file_cache max=20000 inactive=1h;
    open_file_cache_valid 1h;
    client_body_temp_path {folder}/t1;
    proxy_temp_path {folder}/t2;
    fastcgi_temp_path {folder}/t3;
    uwsgi_temp_path {folder}/t4;
    scgi_temp_path {folder}/t5;
    ssl_certificate {folder}/server.pem;
    ssl_certificate_key {folder}/server.key;
    server {{
        {listen}
        root {folder}/www;
        location = /status {{ stub_status; }}
        location /tiny/ {{ return 200 "tiny\\n"; }}
        location /429/ {{ return 429; }}
        location /20m/ {{ alias {folder}/www/; limit_rate 20m; }}
        {delays}
    }}
}}
"""

# Answers after a while, as a busy or far server would.
DELAYS = """\
location /100ms/ { echo_sleep 0.1; echo slow; }
        location /2s/ { echo_sleep 2; echo slow; }"""


def find_nginx():
    for folder in [*os.environ.get("PATH", "").split(":"), "/usr/sbin", "/usr/local/sbin"]:
        path = os.path.join(folder, "nginx")
        if folder and os.access(path, os.X_OK):
            return path
    return None


def find_echo_module():
    for folder in MODULE_FOLDERS:
        path = os.path.join(folder, "ngx_http_echo_module.so")
        if os.path.exists(path):
            return path
    return None


def free_ports(count):
    """Ports that nobody listens on now, on any of our addresses."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def small_body(number, size):
    return hashlib.shake_128(b"%d" % number).digest(size)


class Origin:
    """Owns the server process and the folder under `scratch` that it serves."""

    def __init__(self, scratch):
        self.folder = os.path.join(scratch, "origin")
        self.www = os.path.join(self.folder, "www")
        self.module = find_echo_module()
        self.cacert = os.path.join(self.folder, "ca.pem")
        self.process = None
        self.asked = 0
        self.port, self.tls_port, *self.name_ports = free_ports(2 + NAME_PORTS)
        os.makedirs(self.www)

    def can_delay(self):
        return self.module is not None

    def capacity(self):
        """How many connections the open-files limit allows."""
        return resource.getrlimit(resource.RLIMIT_NOFILE)[1] - 200

    def url(self, path, address=ADDRESSES[0], tls=False):
        if tls:
            return f"https://{address}:{self.tls_port}{path}"
        return f"http://{address}:{self.port}{path}"

    def make_small_files(self, count, size):
        os.makedirs(os.path.join(self.www, "small"))
        for number in range(count):
            with open(os.path.join(self.www, "small", f"f{number}.bin"), "wb") as file:
                file.write(small_body(number, size))

    def make_large_file(self, size, name="large.bin"):
        """No two blocks alike, so that one in the wrong place is seen. Where it is."""
        block = os.urandom(1 << 20)
        path = os.path.join(self.www, name)
        with open(path, "wb") as file:
            for number in range(size >> 20):
                file.write(number.to_bytes(8, "big") + block[8:])
        return path

    def make_certificates(self):
        """A CA of our own, and a certificate for all our addresses that it has signed."""
        extensions = os.path.join(self.folder, "server.ext")
        with open(extensions, "w", encoding="ascii") as file:
            file.write("subjectAltName=" + ",".join(f"IP:{a}" for a in ADDRESSES) + "\n")
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        for arguments in (
            ["req", "-x509", *new_key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
             "-subj", "/CN=bench CA"],
            ["req", *new_key, "-keyout", "server.key", "-out", "server.csr",
             "-subj", "/CN=bench"],
            ["x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
             "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", extensions],
        ):
            subprocess.run(["openssl", *arguments], cwd=self.folder, check=True,
                           stdin=subprocess.DEVNULL, capture_output=True)

    def configuration(self):
        files = self.capacity() + 200
        listen = [f"listen {address}:{self.port} backlog=4096;" for address in ADDRESSES]
        listen += [f"listen {address}:{self.tls_port} ssl backlog=4096;" for address in ADDRESSES]
        listen += [f"listen {ADDRESSES[0]}:{port} backlog=4096;" for port in self.name_ports]
        return CONFIGURATION.format(
            load_module=f"load_module {self.module};" if self.module else "",
            delays=DELAYS if self.module else "", folder=self.folder, files=files,
            connections=self.capacity(), listen="\n        ".join(listen),
            user=f"user {pwd.getpwuid(0).pw_name};" if os.geteuid() == 0 else "")

    def start(self):
        if not os.path.exists(self.cacert):
            self.make_certificates()
        self.asked = 0
        path = os.path.join(self.folder, "nginx.conf")
        with open(path, "w", encoding="utf-8") as file:
            file.write(self.configuration())
        log = os.path.join(self.folder, "start.log")
        with open(log, "wb") as output:
            self.process = subprocess.Popen(
                [find_nginx(), "-p", self.folder, "-c", path], stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True)
        for _ in range(500):
            if self.process.poll() is not None:
                break
            try:
                socket.create_connection((ADDRESSES[0], self.tls_port), 1).close()
                return
            except OSError:
                time.sleep(0.01)
        with open(log, encoding="utf-8", errors="replace") as file:
            raise RuntimeError(f"nginx does not start: {file.read()}")

    def restart(self):
        """For a row that needs every descriptor: `open_file_cache` keeps one for each file that was
        asked for. Beyond the limit nginx accepts nobody, and until a descriptor is free again, the
        kernel holds connections that look established and are never answered."""
        self.stop()
        self.start()

    def complaint(self):
        """The last thing that nginx found worth its log, if there was any."""
        try:
            with open(os.path.join(self.folder, "error.log"), encoding="utf-8",
                      errors="replace") as file:
                lines = file.read().splitlines()
        except OSError:
            return ""
        return lines[-1] if lines else ""

    def accepted(self):
        """Connections that nginx has accepted so far, these questions not among them."""
        with urllib.request.urlopen(self.url("/status"), timeout=60) as answer:
            total = int(re.search(rb"requests\s+(\d+)", answer.read()).group(1))
        self.asked += 1
        return total - self.asked

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process = None
