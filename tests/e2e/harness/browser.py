"""A headless Chromium, driven over WebDriver (W3C), for pages that lie on the disk."""

import base64
import json
import pathlib
import time
import urllib.error
import urllib.request

from .packages import need
from .server import Server

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEPT = {"Network.requestWillBeSent", "Network.loadingFailed"}
KEYS = {"Enter": "\ue007", "Escape": "\ue00c", "End": "\ue010", "Home": "\ue011", "Left": "\ue012",
        "Up": "\ue013", "Right": "\ue014", "Down": "\ue015", "Tab": "\ue004"}


class Browser(Server):
    """`with Browser() as page: page.open(path)`. What it requested, and every word on the console,
    can be asked for."""

    def __init__(self, width=1280, height=900):
        super().__init__()
        self.size = width, height
        self.told = []

    def prepare(self):
        self.driver, self.chromium = need("chromedriver"), need("chromium")
        self.session = None

    def command(self):
        return [self.driver, "--port=0", f"--log-path={self.folder}/log"]

    def is_ready(self):
        words = self.output().split("on port ")
        if len(words) < 2 or not words[-1].split(".")[0].isdigit():
            return False
        self.base = f"http://127.0.0.1:{words[-1].split('.')[0]}"
        width, height = self.size
        made = self.call("POST", "/session", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome",
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"},
            "goog:chromeOptions": {"binary": self.chromium, "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", "--disable-background-networking", "--disable-sync",
                "--disable-component-update", "--hide-scrollbars", "--force-color-profile=srgb",
                f"--user-data-dir={self.folder}/profile", f"--window-size={width},{height}"]}}}})
        self.session = "/session/" + made["sessionId"]
        self.do("/url", url="about:blank")
        self.requests()  # those of the page that a browser begins with
        self.failures()
        return True

    def stop(self):
        session, self.session = getattr(self, "session", None), None
        if session:
            try:
                self.call("DELETE", session)
            except (OSError, RuntimeError):
                pass  # it is ended in a moment, one way or the other
        return super().stop()

    def call(self, method, path, body=None):
        data = json.dumps(body if body is not None else {}).encode() if method == "POST" else None
        request = urllib.request.Request(self.base + path, data, method=method)
        request.add_header("Content-Type", "application/json")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from error

    def do(self, path, **body):
        return self.call("POST", self.session + path, body)

    def open(self, path):
        self.do("/url", url=pathlib.Path(path).resolve().as_uri())

    def run(self, script, *arguments):
        """What the script returns, which is the body of a function."""
        return self.do("/execute/sync", script=script, args=list(arguments))

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0]).textContent", selector)

    def count(self, selector):
        """How many of such elements are shown."""
        return self.run("return [...document.querySelectorAll(arguments[0])]"
                        ".filter((one) => one.getClientRects().length > 0).length", selector)

    def find(self, selector):
        return self.do("/element", using="css selector", value=selector)[ELEMENT]

    def click(self, selector):
        self.do(f"/element/{self.find(selector)}/click")

    def type(self, *keys):
        """Presses keys where the focus is: names of KEYS, or characters."""
        actions = []
        for key in keys:
            for one in [KEYS[key]] if key in KEYS else key:
                actions += [{"type": "keyDown", "value": one}, {"type": "keyUp", "value": one}]
        self.do("/actions", actions=[{"type": "key", "id": "keyboard", "actions": actions}])

    def point(self, selector, *places, press=False):
        """Moves the pointer over the element, by way of places [(x, y)] counted from its middle."""
        target = {ELEMENT: self.find(selector)}
        moves = [{"type": "pointerMove", "duration": 0, "x": int(x), "y": int(y), "origin": target}
                 for x, y in places]
        if press:
            moves.insert(1, {"type": "pointerDown", "button": 0})
            moves.append({"type": "pointerUp", "button": 0})
        self.do("/actions", actions=[{"type": "pointer", "id": "mouse", "actions": moves,
                                      "parameters": {"pointerType": "mouse"}}])

    def until(self, script, *arguments, seconds=10):
        """Waits until the script returns something true, and returns it."""
        deadline = time.monotonic() + seconds
        while True:
            value = self.run(script, *arguments)
            if value:
                return value
            if time.monotonic() > deadline:
                raise AssertionError(f"never true: {script}")
            time.sleep(0.05)

    def media(self, **features):
        """`media(prefers_color_scheme="dark")`"""
        self.do("/goog/cdp/execute", cmd="Emulation.setEmulatedMedia", params={"features": [
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()]})

    def resize(self, width, height):
        self.do("/goog/cdp/execute", cmd="Emulation.setDeviceMetricsOverride", params={
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def console(self):
        return [entry["message"] for entry in self.do("/se/log", type="browser")]

    def events(self, method):
        """What the protocol has told of that kind since it was last asked; others are kept."""
        self.told += [json.loads(entry["message"])["message"]
                      for entry in self.do("/se/log", type="performance")]
        found = [message["params"] for message in self.told if message["method"] == method]
        self.told = [message for message in self.told if message["method"] in KEPT - {method}]
        return found

    def requests(self):
        """URLs that were asked for."""
        return [event["request"]["url"] for event in self.events("Network.requestWillBeSent")]

    def failures(self):
        """What could not be loaded: [(type, error)]."""
        return [(event["type"], event["errorText"]) for event in self.events("Network.loadingFailed")]

    def screenshot(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(
            self.call("GET", self.session + "/screenshot")))
