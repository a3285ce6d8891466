"""The synthetic web of tests/origin/web.h, computed: what a crawl of it must find."""

MASK = (1 << 64) - 1


class Web:
    """`hosts` hosts of `pages` pages each, on one port."""

    def __init__(self, hosts, pages, port):
        self.hosts, self.pages, self.port = hosts, pages, port

    def option(self, size=None):
        """The value of the origin's --web."""
        return f"{self.hosts}:{self.pages}" + (f":{size}" if size else "")

    @staticmethod
    def choose(host, page, salt, count):
        x = ((host << 40) + (page << 8) + salt + 0x9E3779B97F4A7C15) & MASK
        x = ((x ^ x >> 30) * 0xBF58476D1CE4E5B9) & MASK
        x = ((x ^ x >> 27) * 0x94D049BB133111EB) & MASK
        return (x ^ x >> 31) % count

    def url(self, host, path="/"):
        return f"http://h{host}.web.test:{self.port}{path}"

    @staticmethod
    def path(page):
        return f"/p/{page}.html" if page else "/"

    def links(self, host, page):
        """(kind, URL) of every link on a page, in order; kind "a" or "img"."""
        inside = [child for child in (2 * page + 1, 2 * page + 2) if child < self.pages]
        inside += [self.choose(host, page, salt, self.pages) for salt in range(3)]
        found = [("a", self.url(host, self.path(to))) for to in inside]
        if page % 4 == 1:
            found.append(("a", self.url(self.choose(host, page, 9, self.hosts))))
        if page % 8 == 3:
            found.append(("img", self.url(host, f"/img/{page}.png")))
        folder = {5: "gone", 9: "moved", 11: "flaky", 13: "slow"}.get(page % 16)
        if folder:
            found.append(("a", self.url(host, f"/{folder}/{page}.html")))
        if page == 2:
            found.append(("a", self.url(host, "/cal/2000-01/")))
        if page == 3:
            found.append(("a", self.url(host, "/private/3.html")))
        return found

    def reached(self, seeds):
        """The hosts that a crawl without a scope of hosts comes to from page 0 of these."""
        hosts, todo = set(seeds), list(seeds)
        while todo:
            host = todo.pop()
            for page in range(1, self.pages, 4):
                to = self.choose(host, page, 9, self.hosts)
                if to not in hosts:
                    hosts.add(to)
                    todo.append(to)
        return hosts

    def expected(self, hosts, requisites=False):
        """{URL: status} of all that is fetched when every page of these hosts is, robots.txt and the
        calendar left out. What robots.txt forbids is not among them, where there is one."""
        result = {}
        for host in hosts:
            for page in range(self.pages):
                result[self.url(host, self.path(page))] = 200
                for kind, url in self.links(host, page):
                    path = url.split(".web.test", 1)[1].partition("/")[2]
                    if kind == "img" and not requisites:
                        continue
                    if path.startswith("private/") and host % 10 != 4:
                        continue
                    if path.startswith("gone/"):
                        result[url] = 404
                    elif path.startswith("moved/"):
                        result[url] = 301
                    elif path.startswith(("flaky/", "slow/", "img/", "private/")):
                        result[url] = 200
        return result
