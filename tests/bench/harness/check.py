"""What has to be on the disk, or in a program's summary, for its figures to count."""
import hashlib
import os
import re

from .measure import CheckFailed
from .origin import small_body


def small_files(count, size):
    """Exactly these files and no other; in a thorough check also every byte of them."""
    names = {f"f{number}.bin" for number in range(count)}

    def check(sample, directory, thorough):
        check_summary(sample, count, count * size)
        check_names(directory, names, size)
        if not thorough:
            return
        for number in range(count):
            with open(os.path.join(directory, f"f{number}.bin"), "rb") as file:
                if file.read() != small_body(number, size):
                    raise CheckFailed(f"f{number}.bin has the wrong content")

    return check


def equal_files(count, size):
    """Files named 0 to count - 1 that all have this size."""
    names = {str(number) for number in range(count)}

    def check(sample, directory, _thorough):
        check_summary(sample, count, count * size)
        check_names(directory, names, size)

    return check


def copy_of(source, name):
    """One file like `source`: its size and some of its blocks, in a thorough check all of it."""
    size = os.path.getsize(source)

    def check(sample, directory, thorough):
        check_summary(sample, 1, size)
        check_names(directory, {name}, size)
        copy = os.path.join(directory, name)
        same = file_digest(source) == file_digest(copy) if thorough else same_blocks(source, copy)
        if not same:
            raise CheckFailed(f"{name} has the wrong content")

    return check


def summary_only(count, size):
    """Nothing is written; the program says what it got."""

    def check(sample, directory, _thorough):
        if not check_summary(sample, count, count * size):
            raise CheckFailed("the program does not say what it got")
        check_names(directory, set(), 0)

    return check


def check_summary(sample, count, size):
    """False when the program gives no summary: fetch on --stats-fd, the floor on its output."""
    if sample.stats is not None:
        ok, failed, received = (sample.stats[key] for key in ("ok", "failed", "bytes"))
    else:
        lines = re.findall(r"^(\d+) ok, (\d+) failed, (\d+) bytes$", sample.output, re.MULTILINE)
        if not lines:
            return False
        ok, failed, received = (sum(map(int, column)) for column in zip(*lines))
    if (ok, failed, received) != (count, 0, size):
        raise CheckFailed(f"{ok} ok, {failed} failed, {received} bytes; "
                          f"expected {count} ok and {size} bytes")
    return True


def check_names(directory, names, size):
    found = set()
    with os.scandir(directory) as entries:
        for entry in entries:
            if entry.name == ".fetch":  # the journal
                continue
            status = entry.stat(follow_symlinks=False)
            if entry.is_file(follow_symlinks=False) and status.st_size != size:
                raise CheckFailed(f"{entry.name} has {status.st_size} bytes instead of {size}")
            found.add(entry.name)
    if found != names:
        missing, extra = sorted(names - found), sorted(found - names)
        raise CheckFailed(f"{len(missing)} files missing {missing[:3]}, "
                          f"{len(extra)} too many {extra[:3]}")


def file_digest(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.digest()


def same_blocks(source, copy):
    size = os.path.getsize(source)
    with open(source, "rb") as a, open(copy, "rb") as b:
        for eighth in range(9):
            offset = max(0, min(size * eighth // 8, size - 4096))
            a.seek(offset)
            b.seek(offset)
            if a.read(4096) != b.read(4096):
                return False
    return True
