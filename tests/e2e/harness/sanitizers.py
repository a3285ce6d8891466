"""What sanitizers have to say about a program that was built with them.

They would say it on standard error, which may be closed or left unread, and end the process with
a status of their own, which a process that is killed never reaches. So they write files."""

import os
import re

SETTINGS = ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")

# Seconds. Whoever has heard a signal has ended by then; to hear it twice would be "at once!".
SIGNAL_LOST_AFTER = 2

# Of a thread that ended just when leaks were looked for.
NO_FINDING = re.compile(r"^==\d+==Unable to get registers from thread \d+\.\n", re.MULTILINE)


def lose_signals():
    """ThreadSanitizer of gcc 12 lets about one signal in 300 that comes while coroutines switch
    vanish: the kernel delivers it, the program's handler is never called."""
    return os.environ.get("SANITIZE") == "thread"


def write_reports(variables, prefix):
    """Has all processes with this environment write what is wrong into PREFIX.PID."""
    for name in SETTINGS:
        given = [variables[name]] if variables.get(name) else []
        variables[name] = ":".join([*given, f"log_path={prefix}"])


def reports(prefix):
    """All that was found so far, as text; empty when all is well."""
    written = "".join(file.read_text(errors="replace")
                      for file in sorted(prefix.parent.glob(prefix.name + ".*")))
    return NO_FINDING.sub("", written).strip()
