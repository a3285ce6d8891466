"""--report, looked at in a headless Chromium: opened from the disk, read, searched, with pointer,
with keys, in light and dark."""

import json
import re
import unittest

from harness.browser import Browser
from harness.case import Case

CHART = "figure.chart canvas"

# Bands of painted dots down the canvas: one for each line of the waterfall. Grid lines are as high
# as the canvas and do not count.
BANDS = """
    const canvas = document.querySelectorAll("figure.chart canvas")[arguments[0]];
    const {width, height} = canvas;
    const dots = canvas.getContext("2d").getImageData(0, 0, width, height).data;
    const opaque = (x, y) => dots[(y * width + x) * 4 + 3] > 0;
    const grid = Array.from({length: width}, (_, x) => {
        for (let y = 0; y < height; y++) if (!opaque(x, y)) return false;
        return true;
    });
    let bands = 0, inside = false;
    for (let y = 0; y < height; y++) {
        let painted = false;
        for (let x = 0; x < width && !painted; x++) painted = !grid[x] && opaque(x, y);
        if (painted && !inside) bands++;
        inside = painted;
    }
    return bands;"""


def data_of(page):
    """The lines of the data, parsed."""
    text = re.search(r'<script type="application/json" id="data">\n(.*?)</script>', page, re.DOTALL)
    return [json.loads(line) for line in text[1].splitlines() if line]


class Page(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.page = Browser()
        cls.page.__enter__()
        cls.addClassCleanup(cls.page.__exit__)

    def setUp(self):
        super().setUp()
        self.page.resize(1280, 1400)
        self.page.media(prefers_color_scheme="light")

    def report(self, urls, *arguments, code=0):
        self.fetch.write("urls.txt", urls)
        done = self.fetch.run(*(arguments or ("--retry", "0")), "--report", "report.html",
                              "urls.txt", timeout=60,
                              environment={"TMPDIR": str(self.fetch.folder)})
        self.assertEqual(done.code, code, done)
        return self.fetch.path("report.html")

    def open(self, path):
        self.page.open(path)
        self.page.until("return document.querySelector('#count').textContent")

    def assert_quiet(self):
        """Nothing was complained of, nothing asked of the network."""
        self.assertEqual(self.page.console(), [])
        self.assertEqual([url for url in self.page.requests()
                          if not url.startswith(("file:", "data:"))], [])

    def fifty(self):
        urls = [self.origin.url(f"set/{number:02d}.bin", size=1000 + number,
                                delay=f"{20 + 5 * number}ms") for number in range(49)]
        return urls + [self.origin.url("gone.bin", status=404)]

    def shown(self):
        self.page.run("return new Promise((then) => requestAnimationFrame(() => "
                      "requestAnimationFrame(then)))")
        return self.page.text("#count")

    def test_what_is_shown(self):
        self.open(self.report(self.fifty(), "--retry", "0", "-j", "10", "-o", "out", code=1))
        self.assertIn("1 of 50 transfers failed", self.page.text("h1"))
        self.assertEqual(self.page.text("#count"), "50 transfers")
        self.assertEqual(self.page.run(BANDS, 0), 50)
        label = self.page.run(f"return document.querySelector('{CHART}')"
                              ".getAttribute('aria-label')")
        self.assertEqual(label, "Waterfall of 50 transfers, mode async")
        self.assertEqual(self.page.run("return document.querySelector('#grid')"
                                       ".getAttribute('aria-rowcount')"), "51")
        self.assert_quiet()

    def test_search_and_outcomes(self):
        self.open(self.report(self.fifty(), "--retry", "0", "-o", "out", code=1))
        self.page.type("/", "set/1")
        self.page.until("return document.querySelector('#count').textContent"
                        ".startsWith('10 of 50')")
        self.shown()
        self.assertEqual(self.page.count("#spacer .row"), 10)
        self.page.run("document.querySelector('#search').value = ''")
        self.page.type("nowhere")
        self.page.until("return !document.querySelector('#nothing').hidden")
        self.page.click("#clear")
        self.assertEqual(self.shown(), "50 transfers")
        self.page.click("#outcomes button")
        self.assertEqual(self.shown(), "1 of 50 transfers")
        self.assertIn("404", self.page.text("#spacer .row:not([hidden]) .error"))
        self.assertEqual(self.page.run(BANDS, 0), 1)
        self.assert_quiet()

    def test_sorting(self):
        self.open(self.report(self.fifty(), "--retry", "0", "-o", "out", code=1))
        first = "#spacer .row[aria-rowindex='2'] .bytes"
        self.page.click(".columns .bytes button")
        self.assertEqual(self.page.text(first), "1.02\u00a0KiB")
        self.page.click(".columns .bytes button")
        self.assertEqual(self.page.run("return document.querySelector('.columns .bytes')"
                                       ".getAttribute('aria-sort')"), "ascending")
        self.assertEqual(self.page.text(first), "1,000\u00a0B")
        self.assert_quiet()

    def test_keyboard(self):
        self.open(self.report(self.fifty(), "--retry", "0", "-j", "5", "-o", "out", code=1))
        for _ in range(30):
            self.page.type("Tab")
            if self.page.run(f"return document.activeElement.matches('{CHART}')"):
                break
        self.page.type("Down", "Down", "Enter")
        self.assertIn("set/01.bin", self.page.text("#spoken"))
        self.assertIn("set/01.bin", self.page.text("#details .address"))
        self.assertEqual(self.page.count("#tip"), 1)
        self.page.type("Escape", "+")
        self.assertEqual(self.page.count("#details"), 0)
        self.assertIn("in the time shown", self.shown())
        self.page.type("0")
        self.assertEqual(self.shown(), "50 transfers")
        self.page.run("document.querySelector('#grid').focus()")
        self.page.type("End", "Enter")
        self.assertIn("bin", self.page.text("#details h3"))
        self.assert_quiet()

    def test_pointer(self):
        self.open(self.report(self.fifty(), "--retry", "0", "-j", "5", "-o", "out", code=1))
        self.page.point(CHART, (0, 0))
        self.assertIn("http://", self.page.text("#tip"))
        self.page.point(CHART, (-200, 0), (-100, 5), (100, 10), press=True)
        self.assertRegex(self.shown(), r"^\d+ of 50 transfers, in the time shown$")
        self.page.click("#zoom-all")
        self.assertEqual(self.shown(), "50 transfers")
        self.page.click("#spacer .row")
        self.assertEqual(self.page.count("#details li"), self.page.count("#details li .line"))
        self.assertIn("200", self.page.text("#details dl"))
        self.assert_quiet()

    def test_light_and_dark(self):
        path = self.report(self.fifty()[:5], "-o", "out")
        background = "return getComputedStyle(document.body).backgroundColor"
        self.open(path)
        light = self.page.run(background)
        self.page.media(prefers_color_scheme="dark")
        dark = self.page.until(f"const now = (() => {{ {background} }})();"
                               f"return now !== '{light}' && now")
        self.assertLess(sum(map(int, re.findall(r"\d+", dark)[:3])), 200)
        self.page.click("#theme")
        self.assertEqual(self.page.text("#theme"), "Theme: light")
        self.assertEqual(self.page.run(background), light)
        self.assert_quiet()

    def test_narrow(self):
        self.page.resize(360, 800)
        self.open(self.report(self.fifty()[:20], "-o", "out"))
        self.assertLessEqual(self.page.run("return document.documentElement.scrollWidth"), 360)
        self.assertEqual(self.page.run(BANDS, 0), 20)

    def test_hostile_urls(self):
        """Nothing that comes from a list or a server gets out of its quotes, or turns the text."""
        urls = [self.origin.url("a</script><script>document.title='owned'</script>"),
                self.origin.url("b<!--<script>\"'`${document.title='owned'}"),
                self.origin.url("c") + "?\u202egpj.exe",
                "javascript://x/%0adocument.title='owned'", "http://x\u0007y/", "no url </script>"]
        path = self.report(urls, "--retry", "0", "--out-null", code=1)
        text = path.read_text()
        self.assertEqual(text.count("</script>"), 2)
        self.assertEqual(len(data_of(text)), 2 + len(urls))
        self.open(path)
        self.assertEqual(self.page.text("#count"), "6 transfers")
        self.assertNotIn("owned", self.page.run("return document.title"))
        self.assertNotIn("\u202e", self.page.run("return document.body.innerText"))
        self.assert_quiet()

    def test_secrets_stay_out(self):
        url = self.origin.url("a").replace("//", "//me:hunter2@")
        path = self.report([url], "-u", "me:hunter2", "-H", "Cookie: hunter2", "-o", "out")
        self.assertNotIn("hunter2", path.read_text())

    def test_many(self):
        """Fifty thousand, of which the table makes few elements."""
        self.report([self.origin.url("a", size=10)], "--out-null")
        lines = self.made("report.html").splitlines()
        at = next(n for n, line in enumerate(lines) if line.startswith("[\"http"))
        row = json.loads(lines[at])
        many = []
        for number in range(50000):
            row[0], row[5] = f"http://h/{number}", row[5] + 400
            many.append(json.dumps(row))
        end = next(n for n, line in enumerate(lines) if line.startswith("{\"end\""))
        lines[end] = json.dumps({"end": {**json.loads(lines[end])["end"], "ok": 50000, "wall": 21}})
        path = self.fetch.path("many.html")
        path.write_text("\n".join(lines[:at] + many + lines[at + 1:]))
        self.open(path)
        self.assertEqual(self.page.text("#count"), "50,000 transfers")
        self.assertLess(self.page.run("return document.querySelectorAll('#spacer .row').length"),
                        100)
        self.page.run("document.querySelector('#grid').focus()")
        self.page.type("End")
        self.page.until("return document.querySelector('#spacer .row.active .url')"
                        ".textContent === '49999'")
        self.page.type("/", "/12345")
        self.page.until("return document.querySelector('#count').textContent"
                        " === '1 of 50,000 transfers'")
        self.assert_quiet()

    def test_what_was_cut_off(self):
        """A program that is killed leaves a page that can be read."""
        path = self.report(self.fifty()[:5], "-o", "out")
        text = path.read_text()
        path.write_text(text[:text.index("{\"end\"") - 30])
        self.open(path)
        self.assertEqual(self.page.text("#count"), "4 transfers")
        self.assertIn("ends in the middle", self.page.text("#notice"))
        self.assert_quiet()

    def test_little_to_show(self):
        """One transfer, none that was begun, none at all."""
        self.open(self.report([self.origin.url("only.bin")], "-o", "out"))
        self.assertEqual(self.page.run(BANDS, 0), 1)
        self.assertEqual(self.page.text("#spacer .row .url"), "only.bin")
        self.open(self.report([self.origin.url("only.bin")], "-o", "out", "--if-exists", "skip"))
        self.assertEqual(self.page.count(CHART), 0)
        self.assertIn("1 URL, nothing new", self.page.text("h1"))
        self.open(self.report([], "-o", "out"))
        self.assertEqual(self.page.text("#count"), "0 transfers")
        self.assertEqual(self.page.count("#nothing"), 1)
        self.assert_quiet()

    def test_compare(self):
        path = self.report([self.origin.url(f"{number}.bin", delay="30ms") for number in range(12)],
                           "compare", "-j", "6")
        self.open(path)
        self.assertEqual(self.page.count(CHART), 4)
        self.assertEqual(self.page.count("#modes tbody tr"), 4)
        self.assertIn("as fast as sync", self.page.text("h1"))
        for chart in range(4):
            self.assertEqual(self.page.run(BANDS, chart), 12)
        # A staircase is as wide as the time; a wall is not.
        self.page.click("#run-choice label:last-child input")
        self.assertEqual(self.page.run("return document.querySelectorAll("
                                       "'#run-choice input:checked').length"), 1)
        self.assertIn("mode async", self.page.text("#overview-label"))
        self.assert_quiet()


if __name__ == "__main__":
    unittest.main()
