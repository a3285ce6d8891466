"""--deny-private: nobody gets us to talk to what is not public, by whatever way."""

import base64
import hashlib
import shutil
import subprocess
import unittest
import urllib.parse

from harness.case import Case
from harness.dns import Dns
from harness.origin import body
from harness.program import Program
from harness.server import built, die_with_parent
from harness.socks import Socks
from harness.proxy import Proxy
from harness.told import MODES, failures

# In a network of its own, where 8.8.8.8 is this machine: a server there redirects to 10.1.2.3,
# which is this machine too.
PUBLIC = """
ip link set lo up && ip addr add 8.8.8.8/32 dev lo && ip addr add 10.1.2.3/32 dev lo || exit 77
"$ORIGIN" --until-stdin-closes --ready-file ready --listen 8.8.8.8:80 --listen 10.1.2.3:80 \\
    --listen 127.0.0.1:80 <keep & origin=$!
exec 9>keep
while ! [ -s ready ]; do sleep 0.02; done
"$0" "$@"
status=$?
exec 9>&-
kill $origin
exit $status
"""


class Denied(Case):
    def refused(self, url, *arguments, reason="is not a public address (--deny-private)"):
        done = self.fetch.run("--deny-private", *arguments, url, "-o", "out/")
        self.assertEqual(done.code, 1, done)
        self.assertIn(reason, failures(done)[url], done)
        self.assertEqual(self.origin.requests(), [])

    def test_addresses_in_urls(self):
        port = self.origin.port
        for mode in MODES:
            with self.mode(mode) as arguments:
                self.refused(f"http://127.0.0.1:{port}/a", *arguments)
        for host in ("127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "[::1]", "0.0.0.0",
                     "[::ffff:127.0.0.1]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]",
                     "169.254.169.254", "[fe80::1]"):
            with self.subTest(host):
                done = self.fetch.run("--deny-private", f"http://{host}:{port}/a", "-o", "out/")
                self.assertEqual(done.code, 1, done)
                self.assertIn("not a public address", done.err)
        self.assertEqual(self.origin.requests(), [])

    def test_names(self):
        nothing = "has no public address (--deny-private)"
        self.refused(self.origin.url("a", host="localhost"), reason=nothing)
        zone = "two.test A 127.0.0.1\ntwo.test A 10.0.0.1\nmapped.test AAAA ::ffff:127.0.0.1\n"
        with Dns(zone=zone) as dns:
            for name in ("some.test", "two.test", "mapped.test"):
                for mode in MODES:
                    with self.mode(mode) as arguments:
                        self.refused(self.origin.url("a", host=name), "--dns-servers",
                                     dns.address, *arguments, reason=nothing)
        self.refused(self.origin.url("a", host="given.test"), "--resolve",
                     f"given.test:{self.origin.port}:127.0.0.1", reason=nothing)

    def test_proxies(self):
        """What the proxy would look up nobody can promise; what we look up is checked. The proxy
        itself is the user's own choice."""
        url = self.origin.url("a", host="localhost")
        cannot = "this proxy looks up names by itself, so --deny-private cannot hold"
        with Proxy() as proxy, Socks() as socks:
            self.refused(url, "-x", proxy.url, reason=cannot)
            self.refused(url, "-x", f"socks5h://{socks.address}", reason=cannot)
            self.refused(url, "-x", f"socks4a://{socks.address}", reason=cannot)
            for kind in ("socks5", "socks4"):
                self.refused(url, "-x", f"{kind}://{socks.address}",
                             reason="has no public address")
            for kind in ("http", "socks5h", "socks5"):
                at = proxy.port if kind == "http" else socks.port
                self.refused(self.origin.url("a"), "-x", f"{kind}://127.0.0.1:{at}")
            self.assertEqual((proxy.requests(), socks.asked()), ([], []))


class Allowed(unittest.TestCase):
    """In a network of its own: what is public is reached, and redirects to what is not are not."""

    def run_there(self, *arguments):
        if not shutil.which("unshare") or not shutil.which("ip"):
            self.skipTest("unshare or ip is not installed")
        script = f'mkfifo keep; ORIGIN={built("ORIGIN_BINARY", "tests/origin/origin")};' + PUBLIC
        with Program("unshare", ["-rn", "/bin/sh", "-c", script,
                                 built("FETCH_BINARY", "fetch")]) as fetch:
            probe = subprocess.run(["unshare", "-rn", "ip", "link", "set", "lo", "up"],
                                   capture_output=True, check=False, timeout=10,
                                   preexec_fn=die_with_parent)
            if probe.returncode:
                self.skipTest("no network of one's own may be made here")
            done = fetch.run(*arguments)
            return done, fetch.files() if (fetch.folder / "out").exists() else []

    def test_public(self):
        done, files = self.run_there("--deny-private", "http://8.8.8.8/a?size=3", "-o", "out/")
        self.assertEqual((done.code, files), (0, ["a"]), done)

    def test_names_that_lead_both_ways(self):
        """Only the public one of two addresses is tried."""
        for given, code in (("8.8.8.8", 0), ("10.1.2.3", 1), ("8.8.8.8,10.1.2.3", 1)):
            done, _ = self.run_there("--deny-private", "--resolve", f"a.test:80:{given}",
                                     "http://a.test/a", "-o", "out/")
            self.assertEqual(done.code, code, done)

    def test_redirects(self):
        for target in ("http://10.1.2.3/b", "http://127.0.0.1/b", "http://localhost/b",
                       "http://[::ffff:10.1.2.3]/b"):
            with self.subTest(target):
                url = f"http://8.8.8.8/a?location={target}"
                done, files = self.run_there("--deny-private", url, "-o", "out/")
                self.assertEqual((done.code, files), (1, []), done)
                self.assertIn("(--deny-private)", failures(done)[url])
                done, files = self.run_there(url.replace("[::ffff:10.1.2.3]", "10.1.2.3"), "-o",
                                             "out/")
                self.assertEqual((done.code, files), (0, ["a"]), done)

    def test_places_that_a_server_names(self):
        """Link: rel=duplicate leads as little to what is not public as a redirect."""
        digest = base64.b64encode(hashlib.sha256(body("/a", 100)).digest()).decode()
        lines = [f"Digest: SHA-256={digest}", "Link: <http://10.1.2.3/a?size=100>; rel=duplicate"]
        url = "http://8.8.8.8/a?size=100&truncate=9&" + "&".join(
            "header=" + urllib.parse.quote(line) for line in lines)
        for arguments, code in ((("--deny-private",), 1), ((), 0)):
            done, _ = self.run_there("--retry", "0", *arguments, url, "-o", "out/")
            self.assertEqual(done.code, code, done)


if __name__ == "__main__":
    unittest.main()
