"""Which files of a served folder one gets to by links from a page: worked out on the disk, with
Python's own parser, so that mirrors can be held against it."""
import os
import re
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

LINKS = {
    "a": ["href"], "area": ["href"], "link": ["href"], "script": ["src"], "img": ["src"],
    "iframe": ["src"], "frame": ["src"], "embed": ["src"], "object": ["data"], "audio": ["src"],
    "video": ["src", "poster"], "source": ["src"], "track": ["src"], "input": ["src"],
    "form": ["action"], "body": ["background"], "table": ["background"], "td": ["background"],
}
CSS_LINK = re.compile(r"""url\(\s*["']?([^"')]+?)["']?\s*\)|@import\s+["']([^"']+)["']""")
CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
REFRESH = re.compile(r"""\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?["']?([^"']+)""", re.IGNORECASE)


def css_links(text):
    return [first or second for first, second in CSS_LINK.findall(CSS_COMMENT.sub("", text))]


class Page(HTMLParser):
    """`links`: as they stand there; `base`: what they are relative to, if the page says so."""

    def __init__(self, text):
        super().__init__()
        self.links, self.base, self.in_style = [], None, False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        said = {name: value for name, value in reversed(attrs) if value}  # the first one holds
        self.in_style = tag == "style"
        self.links += [said[name] for name in LINKS.get(tag, ()) if name in said]
        self.links += css_links(said.get("style", ""))
        if tag in ("img", "source"):
            self.links += [part.split()[0] for part in said.get("srcset", "").split(",")
                           if part.split()]
        elif tag == "base" and self.base is None:
            self.base = said.get("href")
        elif tag == "meta" and said.get("http-equiv", "").lower() == "refresh":
            self.links += REFRESH.findall(said.get("content", ""))

    def handle_endtag(self, tag):
        self.in_style = False

    def handle_data(self, data):
        if self.in_style:
            self.links += css_links(data)


def browser_spelling(link):
    """The URL standard takes "\\" for "/", and blanks away; Python does not."""
    return re.sub(r"^[^?#]*", lambda path: path[0].replace("\\", "/"), link.strip())


def links_of(path, url):
    """The URLs that a page or a style sheet leads to, whole."""
    if not path.endswith((".html", ".css")):
        return []
    with open(path, encoding="utf-8", errors="replace") as file:
        text = file.read()
    if path.endswith(".css"):
        return [urljoin(url, link) for link in css_links(text)]
    page = Page(text)
    base = urljoin(url, page.base) if page.base else url
    found = []
    for link in page.links:
        try:
            found.append(urljoin(base, browser_spelling(link)))
        except ValueError:  # no URL: a bracket, a port that is none
            continue
    return found


def file_of(root, url, server):
    """The file below `root` that `server` (scheme, host and port) has for a URL, or None."""
    parts = urlsplit(url)
    if (parts.scheme, parts.netloc) != server:
        return None
    name = os.path.normpath(unquote(parts.path).lstrip("/"))
    if os.path.isdir(os.path.join(root, name)):
        name = os.path.normpath(os.path.join(name, "index.html"))
    return name if os.path.isfile(os.path.join(root, name)) else None


def reachable(root, start):
    """Names below `root`, the first that of the URL `start`."""
    server = urlsplit(start)[:2]
    names = {file_of(root, start, server): start}
    waiting = list(names.items())
    while waiting:
        name, url = waiting.pop()
        for link in links_of(os.path.join(root, name), url):
            found = file_of(root, link, server)
            if found and found not in names:
                names[found] = link
                waiting.append((found, link))
    return set(names)
