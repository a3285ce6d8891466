"""A terminal that a program can be watched in: tmux, a server of its own for each test."""

import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile
import time

PATIENCE = 20
LIFE = 200  # seconds: a terminal outlives a test that is killed, but not for ever


def is_there():
    return shutil.which("tmux") is not None


class Terminal:
    """`with Terminal(folder) as terminal:` then terminal.type("fetch ..."). A shell without
    prompt's frills runs in it, in `folder`."""

    def __init__(self, folder, columns=80, lines=24, **environment):
        self.folder, self.columns, self.lines = folder, columns, lines
        self.environment = {"LC_ALL": "C.UTF-8", "PS1": "$ ", "HISTFILE": "", **environment}

    def __enter__(self):
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="fetch-test-tmux-"))
        variables = [f"{key}={value}" for key, value in self.environment.items()]
        shell = ["timeout", "--foreground", str(LIFE), "env", "-u", "NO_COLOR", "-u", "TMUX",
                 *variables, "bash", "--norc", "--noprofile"]
        self._tmux("-f", "/dev/null", "new-session", "-d", "-x", str(self.columns),
                   "-y", str(self.lines), "-c", str(self.folder), shlex.join(shell))
        self.await_that(lambda: self.screen()[:1] == ["$"], "a prompt")
        return self

    def __exit__(self, *_):
        self._tmux("kill-server")
        shutil.rmtree(self.base, ignore_errors=True)

    def _tmux(self, *arguments):
        """In UTF-8 (-u) whatever the locale; what it prints."""
        variables = {key: value for key, value in os.environ.items() if key != "TMUX"}
        done = subprocess.run(["tmux", "-u", "-S", self.base / "socket", *arguments], check=True,
                              env=variables, timeout=PATIENCE, stdout=subprocess.PIPE)
        return done.stdout.decode()

    def type(self, text):
        self._tmux("send-keys", "-l", text)
        self.key("Enter")

    def key(self, name):
        """As tmux names it: "C-c", "Enter"."""
        self._tmux("send-keys", name)

    def resize(self, columns, lines):
        self._tmux("resize-window", "-x", str(columns), "-y", str(lines))

    def screen(self, colours=False):
        """Its lines as they stand, without what is blank at their ends; with `colours` as escape
        sequences."""
        shown = self._tmux("capture-pane", "-p", *(["-e"] if colours else []))
        return [line.rstrip() for line in shown.rstrip().split("\n")]

    def all(self):
        """The lines that have scrolled away, too; what was wrapped is joined."""
        return [line.rstrip() for line in
                self._tmux("capture-pane", "-p", "-J", "-S", "-").rstrip().split("\n")]

    def cursor(self):
        """Column and line of the cursor, from 0; is it visible?"""
        column, line, visible = self._tmux(
            "display-message", "-p", "#{cursor_x} #{cursor_y} #{cursor_flag}").split()
        return int(column), int(line), visible == "1"

    def await_that(self, condition, what):
        """Waits for it: what it returned."""
        deadline = time.monotonic() + PATIENCE
        while not (found := condition()):
            shown = "\n".join(self.screen())
            assert time.monotonic() < deadline, f"not within {PATIENCE} s: {what}\n{shown}"
            time.sleep(0.05)
        return found

    def await_line(self, pattern):
        """Waits until a line of the screen matches: the match."""
        return self.await_that(
            lambda: next(filter(None, map(pattern.search, self.screen())), None), pattern.pattern)
