"""A certificate authority of our own, and a certificate for loopback signed by it."""

import atexit
import functools
import pathlib
import shutil
import subprocess
import tempfile

from .packages import need

NAMES = ("DNS:localhost,DNS:www.site.test,DNS:sub.www.site.test,DNS:*.test,DNS:*.localhost,"
         "IP:127.0.0.1,IP:::1")
KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
# Without it Python 3.13 does not take the authority for one (RFC 5280 section 4.2.1.3).
AUTHORITY_USE = "keyUsage=critical,keyCertSign,cRLSign"


class Authority:
    """Files `ca` (to be trusted), `certificate` and `key` (of the server)."""

    def __init__(self, folder):
        self.ca, self.certificate, self.key = folder / "ca.pem", folder / "cert.pem", folder / "key"
        openssl = need("openssl")
        request = folder / "request"
        extensions = folder / "extensions"
        extensions.write_text(f"subjectAltName={NAMES}\nbasicConstraints=CA:FALSE\n"
                              "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n")
        for command in (
                ["req", "-x509", *KEY, "-keyout", folder / "ca.key", "-out", self.ca, "-days", "2",
                 "-subj", "/CN=fetch tests", "-addext", AUTHORITY_USE],
                ["req", *KEY, "-keyout", self.key, "-out", request, "-subj", "/CN=localhost"],
                ["x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", folder / "ca.key",
                 "-set_serial", "1", "-days", "2", "-extfile", extensions, "-out",
                 self.certificate]):
            subprocess.run([openssl, *map(str, command)], check=True, capture_output=True,
                           timeout=30)


@functools.cache
def authority():
    """Made once a process, removed at its end."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="fetch-test-ca-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Authority(folder)
