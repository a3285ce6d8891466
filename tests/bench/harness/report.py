"""The rows as text for a terminal and as docs/benchmarks.md."""
from .contest import cpu, peak, wall

METHOD = """\
Every figure here comes from one run of `./dev bench`, which wrote this file. The server is nginx
with one worker and keep-alive; its files and all output lie on tmpfs, both over loopback, so that
what is compared is the programs and neither disk nor network. The programs of a row take turns, in
an order that rotates from round to round, each into a fresh directory. A small parent takes the
wall time and, from the finished child, CPU time and peak memory. After every run the exit status,
the number of files and their sizes are checked, after the first one all contents; a program that
fails stops the bench. What is shown are medians, {runs} rounds unless a row says otherwise. A
ratio is the median of the ratios of the same round, so that a busy moment of the machine counts for
both sides.

"Floor" is `tests/bench/floor.c`: a bare loop on the same libcurl that writes, closes and renames
the same files, and does nothing else. "Must" is the bar, "goal" is where we are going; the figure
has to be at most that. The floor's and the peers' options stand in `tests/bench/harness/`.
"""


def number(value):
    """Three significant digits, or so."""
    if value is None:
        return ""
    if isinstance(value, int) and value < 100:
        return str(value)
    size = abs(value)
    if size >= 100 or value == int(value) and size >= 10:
        return f"{value:,.0f}"
    return f"{value:.1f}" if size >= 10 else f"{value:.2f}"


def limit(value):
    return "" if value is None else f"<= {number(value)}"


def unit(bar):
    """Ratios carry no unit."""
    return "" if bar.unit in ("x", "") else " " + bar.unit


def program_lines(row):
    lines = [["program", "runs", "wall s", "CPU s", "CPU us a file", "peak MiB"]]
    for label, samples in row.samples.items():
        per_file = row.median(label, cpu) * 1e6 / row.files
        shown = number(per_file) if row.files > 1 and not label.endswith(("URL", "tenth", "URLs")) \
            else ""
        lines.append([label, str(len(samples)), f"{row.median(label, wall):.3f}",
                      f"{row.median(label, cpu):.3f}", shown,
                      number(row.median(label, peak) / 1024)])
    return lines


def bar_lines(row, judged=True):
    """Unless `judged`, only what was reached: tiny runs say nothing about the bars."""
    if not judged:
        return [["figure", "reached"],
                *([bar.what, number(bar.value) + unit(bar)] for bar in row.bars)]
    lines = [["figure", "reached", "must", "goal", ""]]
    for bar in row.bars:
        lines.append([bar.what, number(bar.value) + unit(bar), limit(bar.must),
                      limit(bar.goal), bar.verdict()])
    return lines


def as_text(lines):
    """Columns padded; the first to the left, the others to the right."""
    widths = [max(len(line[n]) for line in lines) for n in range(len(lines[0]))]
    return "\n".join("  " + "  ".join(
        cell.ljust(width) if n == 0 else cell.rjust(width)
        for n, (cell, width) in enumerate(zip(line, widths))).rstrip() for line in lines)


def as_markdown(lines):
    head, *body = [[cell.replace("|", "\\|") for cell in line] for line in lines]
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, rule, *body])


def row_text(row, judged):
    parts = [f"{row.name}: {row.title}"]
    if row.samples:
        parts.append(as_text(program_lines(row)))
    if row.table:
        parts.append(as_text(row.table))
    if row.bars:
        parts.append(as_text(bar_lines(row, judged)))
    parts += [f"  {remark}" for remark in row.remarks]
    return "\n".join(parts)


def row_markdown(row):
    parts = [f"## {row.title[0].upper()}{row.title[1:]}"]
    if row.bars:
        parts.append(as_markdown(bar_lines(row)))
    if row.samples:
        parts.append(as_markdown(program_lines(row)))
    if row.table:
        parts.append(as_markdown(row.table))
    parts += [f"{remark[0].upper()}{remark[1:]}." for remark in row.remarks]
    return "\n\n".join(parts)


def document(rows, facts, runs):
    head = "\n".join(f"- {what}: {which}" for what, which in facts)
    parts = ["# Benchmarks", METHOD.format(runs=runs).rstrip(), head, verdict_line(rows),
             *[row_markdown(row) for row in rows]]
    return "\n\n".join(parts) + "\n"


def verdict_line(rows):
    bars = [bar for row in rows for bar in row.bars if bar.must is not None]
    missed = [bar for bar in bars if bar.verdict() == "MISSED"]
    return f"{len(bars) - len(missed)} of {len(bars)} bars are met."
