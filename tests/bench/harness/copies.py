"""What a mirror holds: copies, and which of the server's files each of them is."""
import glob
import os
import re
from urllib.parse import unquote, urlsplit

from .measure import CheckFailed


def folder_of(directory, place):
    """Where the copies of the server's folder `place` are."""
    folders = glob.glob(os.path.join(directory, "127.*", place))
    if len(folders) != 1:
        raise CheckFailed(f"no copies of {place} in {directory}")
    return folders[0]


def files_below(folder):
    return [os.path.relpath(path, folder) for path in glob.glob(folder + "/**", recursive=True)
            if os.path.isfile(path)]


def by_name(directory, place):
    """copy -> file, both below `place`. A query is behind '?', or '@' and before the suffix; of two
    URLs that are one file, such as "/" and "/index.html", fetch's second copy has a mark of eight
    digits behind '~'."""

    def source_of(name):
        cut = min((at for at in (name.find("?"), name.find("@")) if at >= 0), default=len(name))
        return re.sub(r"~[0-9a-f]{8}(?=\.|$)", "", name[:cut])

    return {name: source_of(name) for name in files_below(folder_of(directory, place))}


def by_list(directory, place):
    """The same for HTTrack, which has names of its own and keeps a list of them: its columns
    eight and nine are URL and copy."""
    base = folder_of(directory, place)
    sources = {}
    with open(os.path.join(directory, "hts-cache", "new.txt"), encoding="utf-8") as file:
        for line in file:
            url, path = (line.split("\t") + [""] * 9)[7:9]
            source = unquote(urlsplit(url).path).removeprefix("/" + place).lstrip("/")
            if source.endswith("/") or not source:
                source += "index.html"
            sources[os.path.relpath(path, base) if path else None] = source
    try:
        return {name: sources[name] for name in files_below(base)}
    except KeyError as unlisted:
        raise CheckFailed(f"HTTrack has a copy that it does not list: {unlisted}") from None
