"""An origin that asks for Digest authentication (RFC 7616, MD5 and qop=auth) and checks it."""

import hashlib
import http.server
import pathlib
import re
import secrets
import sys

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
from harness.relay import own_program, serve
from harness.server import Server, accepts, free_port

NONCE = secrets.token_hex(16)


class Digest(Server):
    """`with Digest("me", "secret") as digest:` serves "hello" under every path of digest.base."""

    def __init__(self, user, password):
        super().__init__()
        self.user, self.password = user, password

    def prepare(self):
        self.port = free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        (self.folder / "log").touch()

    def command(self):
        return own_program(__file__, self.port, self.folder / "log", self.user, self.password)

    def is_ready(self):
        return accepts(self.port)

    def requests(self):
        """(path, status, Authorization header or "") of each, in order."""
        return [tuple(line.split("\t")) for line in
                (self.folder / "log").read_text().splitlines()]


def md5(text):
    return hashlib.md5(text.encode()).hexdigest()


class Conversation(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    log = user = password = None

    def is_right(self, header):
        if not header.startswith("Digest "):
            return False
        said = {key: quoted or plain for key, quoted, plain in
                re.findall(r'(\w+)=(?:"([^"]*)"|([^\s,]*))', header)}
        secret = md5(f"{self.user}:tests:{self.password}")
        request = md5(f"GET:{self.path}")
        expected = md5(":".join([secret, NONCE, said.get("nc", ""), said.get("cnonce", ""),
                                 "auth", request]))
        return (said.get("nonce"), said.get("uri"), said.get("response")) == (
            NONCE, self.path, expected)

    def do_GET(self):  # pylint: disable=invalid-name
        header = self.headers.get("Authorization", "")
        status = 200 if self.is_right(header) else 401
        with open(self.log, "a", encoding="utf-8") as log:
            log.write(f"{self.path}\t{status}\t{header}\n")
        body = b"hello" if status == 200 else b"who are you?" * 100
        self.send_response(status)
        if status == 401:
            self.send_header("WWW-Authenticate",
                             f'Digest realm="tests", nonce="{NONCE}", qop="auth", algorithm=MD5')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):  # pylint: disable=arguments-differ
        """Nothing on standard error."""


def main():
    Conversation.log, Conversation.user, Conversation.password = sys.argv[2:5]
    serve(int(sys.argv[1]), Conversation)


if __name__ == "__main__":
    main()
