"""What sanitizers have to say about a program that was built with them.

They would say it on standard error, which may be closed or left unread, and end the process with
a status of their own, which a process that is killed never reaches. So they write files."""

SETTINGS = ("ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS")


def write_reports(variables, prefix):
    """Has all processes with this environment write what is wrong into PREFIX.PID."""
    for name in SETTINGS:
        given = [variables[name]] if variables.get(name) else []
        variables[name] = ":".join([*given, f"log_path={prefix}"])


def reports(prefix):
    """All that was found so far, as text; empty when all is well."""
    return "".join(file.read_text(errors="replace")
                   for file in sorted(prefix.parent.glob(prefix.name + ".*")))
