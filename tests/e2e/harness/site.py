"""A site as a dictionary, which says whatever a test wants it to and notes what it was asked."""

import http.server
import threading
import time


class Site:
    """`with Site() as site:`; site.pages["/path"] is a body, or (status, {header: value}, body), or
    a function of the handler that answers by itself. What is asked lies in site.asked: (path,
    headers); requests of all methods, also those that get 501, in site.moments: (seconds, method,
    path). Text without a type is HTML."""

    def __init__(self):
        self.pages, self.asked, self.moments = {}, [], []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def parse_request(self):
                parsed = super().parse_request()
                if parsed:
                    site.moments.append((time.monotonic(), self.command, self.path))
                return parsed

            def do_GET(self):
                site.asked.append((self.path, dict(self.headers)))
                page = site.pages.get(self.path, (404, {}, "nothing"))
                try:
                    if callable(page):
                        self.close_connection = True
                        page(self)
                        return
                    self.answer(*(page if isinstance(page, tuple) else (200, {}, page)))
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def answer(self, status, headers, body):
                body = body if isinstance(body, bytes) else body.encode()
                if headers.get("ETag") and headers["ETag"] == self.headers.get("If-None-Match"):
                    status, body = 304, b""
                self.send_response(status)
                for name, value in {"Content-Type": "text/html", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(10)

    @property
    def port(self):
        return self.server.server_address[1]

    @property
    def host(self):
        return f"127.0.0.1:{self.port}"

    def url(self, path="/", login=""):
        return f"http://{login}{self.host}{path}"

    def paths(self):
        return [path for path, _ in self.asked]
