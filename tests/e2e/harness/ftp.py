"""FTP by pyftpdlib and FTPS by vsftpd: real servers on loopback."""

import pathlib
import sys
import unittest

if __name__ == "__main__":
    sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
# pylint: disable=wrong-import-position
from harness.certificates import authority
from harness.packages import need
from harness.relay import own_program
from harness.server import Server, accepts, free_port

VSFTPD = """
listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
run_as_launching_user=YES
anonymous_enable=YES
no_anon_password=YES
local_enable=NO
anon_root={files}
ssl_enable=YES
implicit_ssl=YES
allow_anon_ssl=YES
force_anon_logins_ssl=YES
force_anon_data_ssl={private_data}
require_ssl_reuse=NO
rsa_cert_file={certificate}
rsa_private_key_file={key}
seccomp_sandbox=NO
isolate=NO
isolate_network=NO
xferlog_enable=NO
"""


class _Files(Server):
    """Serves `contents`, from server.files."""

    def __init__(self, contents):
        super().__init__()
        self.contents = contents

    def prepare(self):
        self.port = free_port()
        self.files = self.folder / "files"
        for name, content in self.contents.items():
            (self.files / name).parent.mkdir(parents=True, exist_ok=True)
            (self.files / name).write_bytes(content)

    def is_ready(self):
        return accepts(self.port)


class Ftp(_Files):
    """`with Ftp({"a.bin": b"..."}, user="me", password="secret") as ftp:` serves them at ftp.base,
    to that user only, or to anonymous ones."""

    def __init__(self, contents, user=None, password=""):
        super().__init__(contents)
        self.user, self.password = user, password
        try:
            import pyftpdlib  # pylint: disable=import-outside-toplevel,unused-import
        except ImportError:
            raise unittest.SkipTest("python3-pyftpdlib is not installed") from None

    def prepare(self):
        super().prepare()
        self.base = f"ftp://127.0.0.1:{self.port}"

    def command(self):
        return own_program(__file__, self.port, self.files, *([self.user, self.password]
                                                              if self.user else []))


class Ftps(_Files):
    """`with Ftps({"a.bin": b"..."}) as ftps:` serves them at ftps.base, over TLS from the first byte
    on; ftps.ca is the certificate to trust."""

    def prepare(self):
        super().prepare()
        self.base = f"ftps://127.0.0.1:{self.port}"
        self.ca = authority().ca
        self.files.chmod(0o555)
        (self.folder / "vsftpd.conf").write_text(VSFTPD.format(
            port=self.port, files=self.files, certificate=authority().certificate,
            key=authority().key, private_data="YES"))

    def command(self):
        return [need("vsftpd"), str(self.folder / "vsftpd.conf")]


def main():
    from pyftpdlib.authorizers import DummyAuthorizer  # pylint: disable=C0415
    from pyftpdlib.handlers import FTPHandler  # pylint: disable=C0415
    from pyftpdlib.servers import FTPServer  # pylint: disable=C0415
    port, files, *login = sys.argv[1:]
    FTPHandler.authorizer = DummyAuthorizer()
    FTPHandler.auth_failed_timeout = 0
    if login:
        FTPHandler.authorizer.add_user(*login, files)
    else:
        FTPHandler.authorizer.add_anonymous(files)
    FTPServer(("127.0.0.1", int(port)), FTPHandler).serve_forever()


if __name__ == "__main__":
    main()
