"""On what, and with which versions, the figures came about."""
import os
import platform
import re
import subprocess

from .origin import find_nginx
from .programs import PYTHON


def first_match(argv, pattern):
    """What `pattern` finds in a program's output; None when it cannot be run or says no such."""
    try:
        run = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=20,
                             check=False, text=True)
    except OSError:
        return None
    found = re.search(pattern, run.stdout + run.stderr)
    return found.group(1) if found else None


def field_of(path, pattern, otherwise="unknown"):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            found = re.search(pattern, file.read(), re.MULTILINE)
    except OSError:
        return otherwise
    return found.group(1) if found else otherwise


def describe(programs, build):
    """Pairs of what and which."""
    memory = int(field_of("/proc/meminfo", r"^MemTotal:\s+(\d+)", "0")) / (1 << 20)
    processor = field_of("/proc/cpuinfo", r"^model name\s*:\s*(.*)$", platform.machine())
    package = 'import importlib.metadata as m; print(m.version("{}"))'
    versions = [
        ("fetch", first_match([programs.fetch_path, "--version"], r"fetch (\S+)")),
        ("libcurl", first_match(["curl", "--version"], r"libcurl/(\S+)")),
        ("c-ares", first_match([programs.fetch_path, "--version"], r"c-ares[/ ](\S+)")),
        ("OpenSSL", first_match(["openssl", "version"], r"OpenSSL (\S+)")),
        ("nginx", first_match([find_nginx(), "-v"], r"nginx/(\S+)")),
        ("curl", first_match(["curl", "--version"], r"curl (\S+)")),
        ("wget2", first_match(["wget2", "--version"], r"Wget2 (\S+)")),
        ("aria2", first_match(["aria2c", "--version"], r"aria2 version (\S+)")),
        ("wget", first_match(["wget", "--version"], r"GNU Wget (\S+)")),
        ("HTTrack", first_match(["httrack", "--version"], r"HTTrack version ([\d.-]+)")),
        ("Python", first_match([PYTHON, "--version"], r"Python (\S+)")),
        ("aiohttp", first_match([PYTHON, "-c", package.format("aiohttp")], r"^(\d\S*)")),
        ("gevent", first_match([PYTHON, "-c", package.format("gevent")], r"^(\d\S*)")),
        ("Scrapy", first_match([PYTHON, "-c", package.format("scrapy")], r"^(\d\S*)")),
    ]
    cache = os.path.join(build, "CMakeCache.txt")
    kind = field_of(cache, r"^CMAKE_BUILD_TYPE:\w+=(.+)$")
    sanitizers = field_of(cache, r"^FETCH_SANITIZE:\w+=(.+)$", "")
    return [
        ("Machine", f"{processor}, {os.cpu_count()} cores, {memory:.0f} GiB"),
        ("System", f"{field_of('/etc/os-release', r'^PRETTY_NAME=.(.*).$')}, "
                   f"Linux {platform.release()}, load {os.getloadavg()[0]:.2f} at the start"),
        ("Build", kind + (f", sanitizers {sanitizers}" if sanitizers else "")),
        ("Versions", ", ".join(f"{name} {version}" for name, version in versions if version)),
    ]

