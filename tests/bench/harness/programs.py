"""How each program is asked to do the same job: a list of URLs, so many at a time, into a folder.

Each peer gets the options that spare it work which the others do not do either: no progress, no
extended attributes, no preallocation.
"""
import os
import shutil
import subprocess

PEERS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peers")
PYTHON = "/usr/bin/python3"  # the distribution's, which has the packages


class Programs:
    """`build` is where CMake built fetch and the bench's own programs."""

    def __init__(self, build):
        self.fetch_path = os.path.join(build, "fetch")
        self.floor_path = os.path.join(build, "tests", "bench", "floor")
        self.micro_path = os.path.join(build, "tests", "bench", "micro")
        self.html_path = os.path.join(build, "tests", "bench", "html")
        self.frontier_path = os.path.join(build, "tests", "bench", "frontier")
        self.origin_path = os.path.join(build, "tests", "origin", "origin")
        self.dns_path = os.path.join(build, "tests", "origin", "dns")

    def missing(self):
        """name -> what is not there."""
        lacking = {}
        for name in ("fetch", "floor", "micro", "html", "frontier"):
            if not os.access(getattr(self, name + "_path"), os.X_OK):
                lacking[name] = "not built"
        for name, program in (("curl", "curl"), ("wget", "wget"), ("wget2", "wget2"),
                              ("aria2", "aria2c"), ("httrack", "httrack")):
            if not shutil.which(program):
                lacking[name] = f"{program} is not installed"
        for name in ("aiohttp", "gevent", "scrapy"):
            if not self.python_has(name):
                lacking[name] = f"python3-{name} is not installed"
        return lacking

    @staticmethod
    def python_has(module):
        try:
            return subprocess.run([PYTHON, "-c", f"import {module}"], stdin=subprocess.DEVNULL,
                                  capture_output=True, check=False).returncode == 0
        except OSError:
            return False

    def fetch(self, urls, jobs, directory, *options, journal=False):
        """Without its journal, where the others keep no record either."""
        return [self.fetch_path, "-j", str(jobs), urls, "-o", directory + "/",
                "--progress", "none", *([] if journal else ["--no-journal"]), *options]

    def fetch_one(self, url, directory, *options):
        return [self.fetch_path, url, "-o", directory + "/", "--progress", "none", *options]

    def fetch_nowhere(self, urls, jobs, *options):
        return [self.fetch_path, "-j", str(jobs), urls, "--out-null", "--progress", "none",
                *options]

    def floor(self, urls, jobs, directory, *options):
        return [self.floor_path, "-j", str(jobs), *options, urls, directory]

    def floor_nowhere(self, urls, jobs, *options):
        return [self.floor_path, "-j", str(jobs), "--out-null", *options, urls]

    def two_floors(self, halves, jobs, directory):
        """Two processes, each with half of the list and of the connections: what a program on two
        cores can hope for."""
        script = '"$1" -j "$2" "$3" "$5" & a=$!; "$1" -j "$2" "$4" "$5" || exit 1; wait $a'
        return ["sh", "-c", script, "sh", self.floor_path, str(max(1, jobs // 2)), *halves,
                directory]

    def curl(self, config, jobs, *options):
        """The config file names URL and output in pairs."""
        return ["curl", "-q", "-f", "-s", "-S", "--no-progress-meter", "-Z",
                "--parallel-max", str(jobs), *options, "-K", config]

    def curl_one(self, url, path):
        return ["curl", "-q", "-f", "-s", "-S", "-o", path, url]

    def wget2(self, urls, jobs, directory, *options):
        return ["wget2", "-q", "--progress=none", "--max-threads", str(jobs), "--no-xattr",
                "--no-hsts", "--no-robots", *options, "-i", urls, "-P", directory]

    def mirror(self, url, connections, directory, *options):
        return [self.fetch_path, "mirror", "--no-config", "--no-robots", "--per-host",
                str(connections), *options, "-o", directory, "--progress", "none", url]

    def wget2_mirror(self, url, connections, directory, *options):
        return ["wget2", "-q", "--progress=none", "--max-threads", str(connections), "--no-xattr",
                "--no-hsts", "--no-robots", "-m", *options, "-P", directory, url]

    def wget_mirror(self, url, directory, *options):
        return ["wget", "-q", "-m", "-e", "robots=off", "--no-hsts", *options, "-P", directory, url]

    def httrack(self, url, connections, directory):
        """What it spares servers by itself, a rate and so many connections a second, is off: the
        others spare none here either. Neither an index of its own nor pages about errors."""
        return ["httrack", url, "-O", directory, "-q", "--robots=0", f"--sockets={connections}",
                "--disable-security-limits", "--max-rate=0", "--connection-per-second=0",
                "--can-go-up-and-down", "-I0", "-o0"]

    def crawl(self, seeds, log, *options):
        return [self.fetch_path, "crawl", "--no-config", "--delay", "0", *options, "--log", log,
                "--progress", "none", seeds]

    def scrapy(self, seeds, log):
        return [PYTHON, os.path.join(PEERS, "scrapy_crawl.py"), seeds, log]

    def aria2(self, urls, jobs, directory):
        return self.aria2_pieces(urls, 1, directory, "-j", str(jobs))

    def aria2_pieces(self, urls, connections, directory, *options):
        """A file over so many connections."""
        return ["aria2c", "-q", "--no-conf", *options, f"-x{connections}", f"-s{connections}",
                "--file-allocation=none", "--auto-save-interval=0", "--allow-overwrite=true",
                "--auto-file-renaming=false", "-i", urls, "-d", directory]

    def aiohttp(self, urls, jobs, directory):
        return [PYTHON, os.path.join(PEERS, "aiohttp_get.py"), str(jobs), urls, directory]

    def gevent(self, urls, jobs, directory):
        return [PYTHON, os.path.join(PEERS, "gevent_get.py"), str(jobs), urls, directory]
