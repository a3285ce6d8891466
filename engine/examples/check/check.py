"""Runs an example and checks what it prints: check.py NAME PROGRAM.

Times are compared with each other only, and generously; and since a busy machine stretches them, an
example has six chances for its times, and one for all else. With INSTRUMENTED=1 (sanitizers,
which may cost more than what is measured) times are not checked.
"""

import os
import re
import socket
import subprocess
import sys
import tempfile
import time

INSTRUMENTED = os.environ.get("INSTRUMENTED") == "1"


def run(program, *args, merge=False):
    done = subprocess.run([program, *args], stdout=subprocess.PIPE, timeout=50,
                          stderr=subprocess.STDOUT if merge else subprocess.PIPE)
    out = done.stdout.decode()
    print(out, end="", flush=True)
    if done.returncode != 0:
        sys.exit(f"exit status {done.returncode}\n{(done.stderr or b'').decode()}")
    return out


class TooSlow(Exception):
    """A time is not what it should be; the machine may have been busy."""


def expect(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def expect_time(condition, what):
    if not condition and not INSTRUMENTED:
        raise TooSlow(what)


def number(pattern, text):
    found = re.search(pattern, text)
    expect(found, f"no line like {pattern!r}")
    return float(found.group(1))


def in_order(text, *lines):
    """Each of the lines is there, one after the other."""
    place = 0
    for line in lines:
        found = text.find(line, place)
        expect(found >= 0, f"{line!r} in its place")
        place = found + len(line)


def generator(program):
    out = run(program)
    in_order(out, "fibonacci: 0 1 1 2 3 5 8 13 21 34 55 89 144 233 377\n",
             "sent 10, average 10\n", "sent 20, average 15\n", "sent 60, average 30\n",
             "sent 30, average 30\n", "4 numbers seen\n", "has returned: yes\n")


def switch_values(program):
    expect(run(program) == "12\n56\n34\n", "12, 56, 34 and nothing else")


def spawn_join(program):
    out = run(program)
    in_order(out, "none has run", "long: sleeps", "short: sleeps", "short: awake", "long: awake",
             "value: last")
    took = number(r"joined after (\d+) ms", out)
    expect(took >= 199, "the longer sleeper sleeps")
    expect_time(took < 1.45 * 200, f"{took} ms for sleepers of 200 and 100 ms")


def sync_async(program):
    out = run(program)
    sync, parallel = number(r"sync: +([\d.]+)", out), number(r"async: +([\d.]+)", out)
    expect(sync >= 200, "ten sleeps of 20 ms add up")
    expect(parallel >= 19, "a job sleeps as async too")
    expect_time(number(r"ratio: +([\d.]+)", out) > 4, "async overlaps the sleeps")


def producer_consumer(program):
    out = run(program)
    got = [int(n) for n in re.findall(r"consumer: got (\d+)", out)]
    expect(got == list(range(1, 9)), "all items, in order")
    lengths = [int(n) for n in re.findall(r"put \d+, (\d+) in the queue", out)]
    expect(max(lengths) == 3, "the queue never holds more than three")
    expect(out.count("queue full") >= 4, "the producer waits")
    in_order(out, "put 3", "queue full, item 4 waits", "got 1", "put 4", "closed and empty")


def thread_pool(program):
    out = run(program)
    in_order(out, "at once: 5\n", "callbacks on the loop's thread: 10\n", "sum of squares: 2470\n",
             "jobs run after shutdown: 23\n")
    expect(number(r"ratio ([\d.]+)", out) <= 5, "no more than five at once")
    expect_time(number(r"ratio ([\d.]+)", out) > 2.5, "five threads, four rounds")


def echo(program):
    out = run(program)
    served, took = {}, {}
    for name in ("tasks", "threads", "pool"):
        line = rf"{name} +500 clients, 1500 echoes, +(\d+) served at once, +([\d.]+) ms"
        served[name] = number(line, out)
        took[name] = float(re.search(line, out).group(2))
    expect(served["tasks"] >= 20, "many connections side by side on one thread")
    expect(served["threads"] >= 4, "connections side by side on threads")
    expect(served["pool"] == 3, "three at once on three threads")
    expect_time(took["pool"] > 2 * took["tasks"], "clients that think tie up a small pool")


def udp_chat(program):
    out = run(program)
    for name, lines in (("ann", ["hello ann", "so do I", "bye"]),
                        ("bob", ["hello bob", "I talk and listen at once", "bye"])):
        in_order(out, *[f"{name} hears: {line}\n" for line in lines],
                 f"{name}: the other side has left\n")
    in_order(out, "bob hears: hello bob", "ann hears: hello ann", "bob hears: bye")
    chat_between_processes(program)


def free_udp_ports():
    with socket.socket(type=socket.SOCK_DGRAM) as a, socket.socket(type=socket.SOCK_DGRAM) as b:
        a.bind(("127.0.0.1", 0))
        b.bind(("127.0.0.1", 0))
        return str(a.getsockname()[1]), str(b.getsockname()[1])


def wait_until_bound(ports):
    wanted = {f"{int(port):04X}" for port in ports}
    for _ in range(500):
        with open("/proc/net/udp") as table:
            bound = {line.split()[1].split(":")[1] for line in table.readlines()[1:]}
        if wanted <= bound:
            return
        time.sleep(0.01)
    sys.exit("FAILED: the chats do not listen")


def chat_between_processes(program):
    ports = free_udp_ports()
    sides = [subprocess.Popen([program, name, *order], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
             for name, order in (("eve", ports), ("max", ports[::-1]))]
    try:
        wait_until_bound(ports)
        for i, side in enumerate(sides):  # a chat ends when both inputs have ended
            side.stdin.write(f"from {i}\n")
            side.stdin.flush()
        time.sleep(0.05)
        for side in sides:
            side.stdin.close()
        heard = [side.stdout.read() for side in sides]
        expect(all(side.wait(timeout=20) == 0 for side in sides), "both chats end well")
    finally:
        for side in sides:
            side.kill()
    expect("eve hears: from 1\n" in heard[0], "the first process hears the second")
    expect("max hears: from 0\n" in heard[1], "the second process hears the first")


def make_folder(root, files=60, size=500_000):
    for i in range(files):
        folder = os.path.join(root, f"sub{i % 4}", f"deep{i % 3}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"file{i}"), "wb") as file:
            file.write(os.urandom(1000) * (size // 1000))
    open(os.path.join(root, "empty"), "w").close()
    return files + 1, files * size


def folder_copy(program):
    with tempfile.TemporaryDirectory() as scratch:
        source, target = os.path.join(scratch, "from"), os.path.join(scratch, "to")
        count, size = make_folder(source)
        out = run(program, source, target)
        same = subprocess.run(["diff", "-r", source, target])
        expect(same.returncode == 0, "the copy equals its source")
    shown = [int(n) for n in re.findall(r"\r *(\d+) %", out)]
    expect(shown == sorted(shown) and shown[-1] == 100, "percentages rise to 100")
    expect(any(0 < n < 100 for n in shown), "progress is shown while it copies")
    expect(f"{count} files, {size} bytes\n" in out, "the summary counts files and bytes")
    missing = subprocess.run([program, "/nonexistent", target], stderr=subprocess.PIPE, text=True)
    expect(missing.returncode != 0 and "/nonexistent" in missing.stderr, "a missing folder is told")


def blocked_loop(program):
    out = run(program, merge=True)
    expect(re.search(r"culprit.*blocked_loop\.c:\d+", out), "the watchdog names task and site")
    expect(number(r"longest gap (\d+) ms", out) >= 100, "the others were held up")


def main(name, program):
    for chances in (5, 4, 3, 2, 1, 0):
        try:
            globals()[name](program)
            return
        except TooSlow as slow:
            print(f"FAILED: {slow}; {chances} more chances", flush=True)
    sys.exit(1)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
