"""Names: a real DNS server, one that misbehaves, --resolve, -4 and -6, the system's resolver."""

import json
import unittest

from harness.case import Case
from harness.dns import Dns
from harness.dnsmasq import Dnsmasq
from harness.origin import Origin
from harness.told import MODES, failures, summary


class Names(Case):
    def url(self, host, path="a.bin"):
        return f"http://{host}:{self.origin.port}/{path}"

    def tripwire(self, *arguments):
        """Runs; returns the result and how often libcurl tried to resolve by itself."""
        self.fetch.write("run.sh", f'exec 3>stats; exec "{self.fetch.binary}" "$@"')
        shell = self.enter(type(self.fetch)(binary="/bin/sh", arguments=["run.sh"]))
        shell.write("run.sh", (self.fetch.folder / "run.sh").read_text())
        for name in self.fetch.folder.iterdir():
            shell.write(name.name, name.read_text())
        done = shell.run("--stats-fd", "3", *arguments)
        return done, json.loads((shell.folder / "stats").read_text())["tripwire"]

    def test_dnsmasq_in_all_modes(self):
        hosts = [f"h{number}.example.test" for number in range(20)]
        with Dnsmasq({"example.test": "127.0.0.1"}) as dns:
            for mode in MODES:
                with self.mode(mode) as arguments:
                    self.fetch.write("urls.txt", [self.url(host, host) for host in hosts])
                    done = self.fetch.run("--dns-servers", dns.address, *arguments, "urls.txt",
                                          "-o", "out")
                    self.assertEqual(done.code, 0, done)
                    self.fetch.assert_files(hosts)
            self.assertIn("A", dns.queries(hosts[0]))

    def test_libcurl_resolves_nothing(self):
        hosts = [f"t{number}.example.test" for number in range(50)]
        with Dns() as dns:
            self.fetch.write("urls.txt", [self.url(host, host) for host in hosts])
            done, tripwire = self.tripwire("--dns-servers", dns.address, "-j", "10", "urls.txt",
                                           "-o", "out")
            self.assertEqual(done.code, 0, done)
            self.assertEqual(tripwire, 0)

    def test_one_query_for_many(self):
        """Fifty URLs on one host, at the same time: one question for each family."""
        with Dns(delay_ms=100) as dns:
            self.fetch.write("urls.txt", [self.url("one.test", f"{n}.bin") for n in range(50)])
            done = self.fetch.run("-j", "50", "--dns-servers", dns.address, "urls.txt", "-o",
                                  "out")
            self.assertEqual(done.code, 0, done)
            stats = dns.stats("one.test")
            self.assertEqual((stats["a"], stats["aaaa"]), (1, 1))

    def test_names_are_asked_for_ahead(self):
        """One job, twenty hosts, 100 ms for each name: they do not add up to two seconds."""
        with Dns(delay_ms=100) as dns:
            self.fetch.write("urls.txt", [self.url(f"h{n}.test", f"{n}.bin") for n in range(20)])
            done = self.fetch.run("-j", "1", "--dns-servers", dns.address, "urls.txt", "-o", "out")
            self.assertEqual(done.code, 0, done)
            self.assertLess(done.wall, 1.4)

    def test_nothing_is_asked_in_vain(self):
        """Names that --resolve gives are not asked for, ahead or otherwise."""
        with Dns() as dns:
            self.fetch.write("urls.txt", [self.url(f"h{n}.test", f"{n}.bin") for n in range(20)])
            done = self.fetch.run("--resolve", f"*:{self.origin.port}:127.0.0.1", "--dns-servers",
                                  dns.address, "urls.txt", "-o", "out")
            self.assertEqual(done.code, 0, done)
            self.assertEqual(dns.stats()["a"], 0)

    def test_no_such_name(self):
        with Dnsmasq({"example.test": "127.0.0.1"}, options=["local=/gone.test/"]) as dns:
            url = self.url("www.gone.test")
            done = self.fetch.run("--dns-servers", dns.address, url, "-o", "out/")
            self.assertEqual(done.code, 1, done)
            self.assertIn("could not resolve host www.gone.test", failures(done)[url])
            self.assertEqual(summary(done)["failed"], 1)
            self.fetch.assert_files([])

    def test_truncated_answer(self):
        """An answer too long for UDP comes over TCP."""
        with Dns() as dns:
            done = self.fetch.run("--dns-servers", dns.address, self.url("tc.test"), "-o", "out/")
            self.assertEqual(done.code, 0, done)
            self.assertGreaterEqual(dns.stats("tc.test")["tcp"], 1)

    def test_ipv6_refuses(self):
        """AAAA is there and refuses: the transfer goes over IPv4."""
        with Dns() as dns:
            done = self.fetch.run("--dns-servers", dns.address, self.url("v6refused.test"), "-o",
                                  "out/")
            self.assertEqual(done.code, 0, done)
            self.assertEqual(dns.stats("v6refused.test")["aaaa"], 1)

    def test_families(self):
        with Origin(ipv6=True) as origin, Dns(zone="") as dns:
            port = origin.base6.rsplit(":", 1)[1]
            for family, works in (("-4", False), ("-6", True)):
                with self.subTest(family=family):
                    done = self.fetch.run(family, "--retry", "0", "--dns-servers", dns.address,
                                          f"http://v6only.test:{port}/a.bin", "-o", "out/")
                    self.assertEqual(done.code, 0 if works else 1, done)

    def test_silent_server(self):
        """Two servers, one of them silent: a delay, no failure."""
        with Dns() as dns:
            url = self.url("fine.test")
            done = self.fetch.run("--dns-servers", f"127.0.0.1:9,{dns.address}", url, "-o",
                                  "out/", timeout=30)
            self.assertEqual(done.code, 0, done)

    def test_nobody_answers(self):
        with Dns() as dns:
            url = self.url("silent.test")
            done = self.fetch.run("--connect-timeout", "1s", "--retry", "0", "--dns-servers",
                                  dns.address, url, "-o", "out/", timeout=30)
            self.assertEqual(done.code, 1, done)
            self.assertIn("resolve", failures(done)[url])

    def test_resolve_option(self):
        """As curl's: an address for a host and port, asked of nobody."""
        port = self.origin.port
        for given in (f"made.up:{port}:127.0.0.1", f"*:{port}:127.0.0.1"):
            with self.subTest(given=given):
                done = self.fetch.run("--resolve", given, self.url("made.up"), "-o", "out/")
                self.assertEqual(done.code, 0, done)

    def test_system_resolver(self):
        for mode in MODES:
            with self.mode(mode) as arguments:
                done = self.fetch.run("--resolver", "system", *arguments, self.url("localhost"),
                                      "-o", "out/")
                self.assertEqual(done.code, 0, done)
                self.fetch.assert_files(["a.bin"])

    def test_bad_servers(self):
        done = self.fetch.run("--dns-servers", "not an address", self.url("x.test"), "-o", "out/")
        self.assertEqual(done.code, 2, done)
        self.assertIn("--dns-servers", done.err)


if __name__ == "__main__":
    unittest.main()
