"""HTTP Archive 1.2: what its specification asks for, checked field by field; and what
har-validator, which others go by, says of it."""

import datetime
import ipaddress
import json
import os
import shutil
import subprocess

from . import packages

# Where the distribution has modules of Node.js, whoever that is from.
MODULES = "/usr/share/nodejs"
VALIDATE = """
require("har-validator").har(JSON.parse(require("fs").readFileSync(0)))
    .catch(why => { console.log(JSON.stringify(why.errors || String(why))); process.exit(1) })
"""

NUMBER = (int, float)
HEADER = {"name": str, "value": str}
ENTRY = {
    "startedDateTime": str, "time": NUMBER, "cache": dict,
    "request": {"method": str, "url": str, "httpVersion": str, "cookies": [dict],
                "headers": [HEADER], "queryString": [HEADER], "headersSize": int, "bodySize": int},
    "response": {"status": int, "statusText": str, "httpVersion": str, "cookies": [dict],
                 "headers": [HEADER], "redirectURL": str, "headersSize": int, "bodySize": int,
                 "content": {"size": int, "mimeType": str}},
    "timings": {"send": NUMBER, "wait": NUMBER, "receive": NUMBER},
}
ARCHIVE = {"log": {"version": str, "creator": {"name": str, "version": str}, "entries": [ENTRY]}}
OPTIONAL = {"serverIPAddress": str, "connection": str, "comment": str, "pageref": str}
# Of these -1 says that it did not happen.
OPTIONAL_TIMINGS = ("blocked", "dns", "connect", "ssl")


def check(value, shape, place="har"):
    """AssertionError where `value` is not of that shape."""
    if isinstance(shape, dict):
        assert isinstance(value, dict), f"{place} is no object: {value!r}"
        for key, inner in shape.items():
            assert key in value, f"{place}.{key} is missing"
            check(value[key], inner, f"{place}.{key}")
    elif isinstance(shape, list):
        assert isinstance(value, list), f"{place} is no array: {value!r}"
        for number, item in enumerate(value):
            check(item, shape[0], f"{place}[{number}]")
    else:
        assert isinstance(value, shape) and not isinstance(value, bool), f"{place}: {value!r}"


def check_entry(entry, place):
    datetime.datetime.fromisoformat(entry["startedDateTime"].replace("Z", "+00:00"))
    timings = entry["timings"]
    for key in entry:
        assert key in ENTRY or key in OPTIONAL or key.startswith("_"), f"{place}.{key} is unknown"
    for key, shape in OPTIONAL.items():
        check(entry.get(key, ""), shape, f"{place}.{key}")
    if "serverIPAddress" in entry:
        ipaddress.ip_address(entry["serverIPAddress"])
    assert entry["time"] >= 0, f"{place}.time"
    url = entry["request"]["url"]
    assert "://" in url and url.isascii() and not set(url) & set(" \t\n\r"), f"{place}: {url}"
    for key in OPTIONAL_TIMINGS:
        assert timings.get(key, -1) >= 0 or timings[key] == -1, f"{place}.timings.{key}"
    for key in ("send", "wait", "receive"):
        assert timings[key] >= 0, f"{place}.timings.{key}"
    # The handshake is part of connecting.
    parts = [timings[key] for key in timings if key != "ssl" and timings[key] > 0]
    assert abs(sum(parts) - entry["time"]) < 0.01, f"{place}: {parts} are not {entry['time']}"
    assert timings.get("ssl", -1) <= max(timings.get("connect", -1), -1), f"{place}: ssl"


def has_validator():
    return shutil.which("node") and os.path.isdir(os.path.join(MODULES, "har-validator"))


def need_validator():
    if not has_validator():
        packages.lack("node-har-validator")


def complaint(archive):
    """Of har-validator; "" when it has none."""
    done = subprocess.run(["node", "-e", VALIDATE], input=json.dumps(archive), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
                          timeout=30, env={**os.environ, "NODE_PATH": MODULES})
    assert done.returncode == 0 or done.stdout, done
    return done.stdout


def entries(archive):
    """The entries of a valid archive."""
    check(archive, ARCHIVE)
    assert archive["log"]["version"] == "1.2"
    for number, entry in enumerate(archive["log"]["entries"]):
        check_entry(entry, f"entries[{number}]")
    if has_validator():
        assert not complaint(archive), complaint(archive)
    return archive["log"]["entries"]
