"""What pages refer to, read by Python's html.parser and two expressions: not by what is tested."""

import html.parser
import re
import urllib.parse

# Which elements' attribute is a URL.
PLACES = {
    "href": {"a", "area", "link", "use", "image"}, "xlink:href": {"a", "use", "image"},
    "src": {"img", "script", "iframe", "frame", "embed", "source", "track", "video", "audio", "input"},
    "data": {"object"}, "poster": {"video"}, "background": {"body", "table", "td", "tr", "th"},
    "cite": {"blockquote", "q", "ins", "del"}, "longdesc": {"img"},
}
NEEDED = {"src", "data", "poster", "background"}
NO_DOCUMENT = {"dns-prefetch", "preconnect", "pingback", "webmention"}
CSS_URL = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^\s"')]+))\s*\)"""
                     r"""|@import\s+(?:"([^"]*)"|'([^']*)')""", re.I)
# What a conversion may change.
VALUE = rb"""("[^"]*"|'[^']*'|[^\s>]*)"""
CHANGED = [(re.compile(rb"(\b(?:href|src|srcset|action|cite|data|poster|background|style|content)\s*=\s*)"
                       + VALUE, re.I), rb"\1@"),
           (re.compile(rb"(\s(?:integrity|crossorigin)\s*=\s*)" + VALUE + rb"|\scrossorigin\b", re.I),
            b"#"),
           (re.compile(rb"""url\(\s*("[^"]*"|'[^']*'|[^\s"')]+)\s*\)|@import\s+("[^"]*"|'[^']*')""",
                       re.I), b"url@")]


def css_urls(text):
    for match in CSS_URL.finditer(re.sub(r"/\*.*?\*/", "", text, flags=re.S)):
        yield next(group for group in match.groups() if group is not None)


class Page(html.parser.HTMLParser):
    """links: [(URL as written, does the page need it, else: is it to be followed)], in order; ids:
    what a fragment may be."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.ids, self.in_style = [], set(), False
        self.feed(text)
        self.close()

    def add(self, url, needed=True, follow=True):
        self.links.append((url.strip(), needed, follow))

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        rel = set(values.get("rel", "").lower().split())
        self.in_style = tag == "style"
        if "id" in values or tag == "a" and "name" in values:
            self.ids |= {values.get("id"), values.get("name")}
        for name, value in attrs:
            if value and tag in PLACES.get(name, ()) and not (tag == "link" and rel & NO_DOCUMENT):
                needed = bool(rel & {"stylesheet", "icon"}) if tag == "link" else name in NEEDED
                self.add(value, needed, "nofollow" not in rel)
            elif value and name == "style":
                for url in css_urls(value):
                    self.add(url)
            elif value and name == "srcset":
                for candidate in re.split(r",\s", value):
                    self.add(candidate.split()[0])

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        self.in_style = False

    def handle_endtag(self, tag):
        self.in_style = self.in_style and tag != "style"

    def handle_data(self, data):
        if self.in_style:
            for url in css_urls(data):
                self.add(url)


def read(path):
    """A page, or what is like one: a style sheet, or nothing."""
    if path.suffix == ".html":
        return Page(path.read_text(errors="replace"))
    page = Page("")
    if path.suffix == ".css":
        for url in css_urls(path.read_text(errors="replace")):
            page.add(url)
    return page


class Served:
    """A folder that a server shows under `base`: pages by the path of their URL."""

    def __init__(self, folder, base):
        self.folder, self.base, self.pages = folder, base, {}

    def file(self, path):
        file = self.folder / urllib.parse.unquote(path.partition("?")[0]).lstrip("/")
        return file / "index.html" if path.endswith("/") else file

    def resolve(self, path, link):
        """(path, fragment) of what is on this site; (None, None): it is elsewhere."""
        url, fragment = urllib.parse.urldefrag(urllib.parse.urljoin(self.base + path, link))
        inside = url.startswith(self.base + "/")
        return (url[len(self.base):], fragment) if inside else (None, None)

    def reach(self, start):
        """self.pages becomes all that `start` leads to in its directory, with what those pages
        need; returns what is not there."""
        below = start.rpartition("/")[0] + "/"
        todo, met, missing = [start], {start}, set()
        while todo:
            path = todo.pop()
            if not self.file(path).is_file():
                missing.add(path)
                continue
            self.pages[path] = read(self.file(path))
            for link, needed, follow in self.pages[path].links:
                target = self.resolve(path, link)[0] if follow else None
                if target and target not in met and (needed or target.startswith(below)):
                    todo.append(target)
                    met.add(target)
        return missing


def masked(data):
    """Without what a conversion may change."""
    for expression, instead in CHANGED:
        data = expression.sub(instead, data)
    return data
