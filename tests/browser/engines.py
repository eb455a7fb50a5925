"""Firefox, WebKit and Chromium behind one small interface, by the W3C's protocols for driving them.

Firefox is driven by WebDriver BiDi, which it speaks itself; WebKit by WebDriver, which
WebKitWebDriver speaks; Chromium by Playwright.
"""

import contextlib
import glob
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from chromium import chromium, program

SIZE = {"width": 1280, "height": 900}
SECONDS = 180
#: What the protocols call the keys that have no character, and what Playwright calls them.
KEYS = {"Home": "\ue011", "End": "\ue010", "ArrowDown": "\ue015", "ArrowUp": "\ue013"}
#: Firefox looks for nothing outside the page.
QUIET = {
    "app.normandy.enabled": False,
    "app.update.disabledForTesting": True,
    "browser.shell.checkDefaultBrowser": False,
    "browser.startup.homepage_override.mstone": "ignore",
    "browser.startup.page": 0,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.reportingpolicy.firstRun": False,
}


class Engine:
    """A running browser with one page. Subclasses say how to `open` an address, how to `_call` a
    function of the page with text as its argument, and how to `_act` by pointer and keyboard."""

    def ask(self, function: str, *given):
        """What a JavaScript function of the page returns, also after a while, as Python has it."""
        text = f"async text => JSON.stringify(await ({function})(...JSON.parse(text)) ?? null)"
        return json.loads(self._call(text, json.dumps(given)))

    def wait(self, condition: str, *given, seconds: float = 60) -> None:
        """Wait until a JavaScript function of the page returns something true."""
        end, holds = (
            time.monotonic() + seconds,
            f"async (...given) => !!await ({condition})(...given)",
        )
        while not self.ask(holds, *given):
            if time.monotonic() > end:
                raise TimeoutError(f"after {seconds} s still not: {condition}")
            time.sleep(0.05)

    def press(self, key: str) -> None:
        """Press and release a key; the page gets it where its focus is."""
        value = KEYS.get(key, key)
        self._act("key", [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}])

    def click(self, x: float, y: float) -> None:
        """Click at a point of the window."""
        self.drag((x, y))

    def drag(self, *points) -> None:
        """Press at the first point, move over the others, let go at the last."""
        first, *others = ({"type": "pointerMove", "x": x, "y": y} for x, y in _whole(points))
        up, down = {"type": "pointerUp", "button": 0}, {"type": "pointerDown", "button": 0}
        self._act("pointer", [first, down, *others, up])

    def complaints(self) -> list[str]:
        """What the console has said of errors so far."""
        raise NotImplementedError


def _whole(points):
    """WebDriver takes whole pixels."""
    return [(round(x), round(y)) for x, y in points]


def _source(kind, actions):
    """One input device and what it does, as both protocols write it."""
    return [{"type": kind, "id": kind, "actions": actions}]


class Chromium(Engine):
    """Chromium by Playwright."""

    def __init__(self, browser):
        self.page, self._said = browser.new_page(viewport=SIZE), []
        self.page.on("pageerror", lambda error: self._said.append(str(error)))
        self.page.on("console", lambda m: m.type == "error" and self._said.append(m.text))

    def open(self, address):
        self.page.goto(address, wait_until="load")

    def _call(self, function, text):
        return self.page.evaluate(function, text)

    def press(self, key):
        self.page.keyboard.press(key)

    def drag(self, *points):
        first, *others = _whole(points)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for point in others:
            self.page.mouse.move(*point)
        self.page.mouse.up()

    def complaints(self):
        return self._said


class Firefox(Engine):
    """Firefox by WebDriver BiDi over the socket that it opens."""

    def __init__(self, socket):
        self.socket, self.sent, self._said = socket, 0, []
        self.send("session.new", capabilities={})
        self.send("session.subscribe", events=["log.entryAdded"])
        [window] = self.send("browsingContext.getTree")["contexts"]
        self.context = window["context"]
        self.send("browsingContext.setViewport", context=self.context, viewport=SIZE)

    def send(self, method, **params):
        self.sent += 1
        self.socket.send(json.dumps({"id": self.sent, "method": method, "params": params}))
        while (answer := json.loads(self.socket.recv())).get("id") != self.sent:
            self._note(answer)
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def _note(self, event):
        entry = event.get("params", {})
        if event.get("method") == "log.entryAdded" and entry["level"] == "error":
            self._said.append(entry["text"])

    def open(self, address):
        self.send("browsingContext.navigate", context=self.context, url=address, wait="complete")

    def _call(self, function, text):
        answer = self.send(
            "script.callFunction",
            functionDeclaration=function,
            arguments=[{"type": "string", "value": text}],
            target={"context": self.context},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return answer["result"]["value"]

    def _act(self, kind, actions):
        self.send("input.performActions", context=self.context, actions=_source(kind, actions))

    def complaints(self):
        return self._said


class WebKit(Engine):
    """WebKitGTK by WebDriver over HTTP."""

    #: A function of the page that may take its time, as `execute/async` calls it.
    CALL = """const [text, done] = arguments;
      (%s)(text).then(value => done({ value }), error => done({ error: String(error) }));"""

    def __init__(self, address, log):
        self.address, self.log = address, log
        self.session = ""
        options = {"args": ["--automation", "--enable-write-console-messages-to-stdout=true"]}
        wanted = {"alwaysMatch": {"webkitgtk:browserOptions": _mini_browser() | options}}
        self.session = "/" + self.send("", capabilities=wanted)["sessionId"]
        self.send("/timeouts", script=SECONDS * 1000, pageLoad=SECONDS * 1000)
        self.send("/window/rect", x=0, y=0, **SIZE)

    def send(self, path, method="POST", **params):
        request = urllib.request.Request(
            f"{self.address}/session{self.session}{path}",
            data=json.dumps(params).encode() if method == "POST" else None,
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {error.read().decode()}") from None

    def open(self, address):
        self.send("/url", url=address)

    def _call(self, function, text):
        answer = self.send("/execute/async", script=self.CALL % function, args=[text])
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer["value"]

    def _act(self, kind, actions):
        self.send("/actions", actions=_source(kind, actions))

    def complaints(self):
        said = Path(self.log).read_text("utf-8", errors="replace")
        return re.findall(r"^CONSOLE \w+ ERROR .*$", said, flags=re.M)


def _mini_browser():
    """The browser that Debian's webkit2gtk-driver drives, where its place is known."""
    found = glob.glob("/usr/lib/*/webkit*gtk-*/MiniBrowser")
    return {"binary": found[0]} if found else {}


def _found(*names):
    """The path of a program, by one of its names."""
    path = next(filter(None, map(shutil.which, names)), None)
    if path is None:
        raise FileNotFoundError(f"none of these programs was found: {', '.join(names)}")
    return path


@contextlib.contextmanager
def started_chromium():
    with chromium() as browser:
        yield Chromium(browser)


@contextlib.contextmanager
def started_firefox():
    import websocket

    found = os.environ.get("FIREFOX") or _found("firefox-esr", "firefox")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        lines = (f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in QUIET.items())
        Path(profile, "user.js").write_text("\n".join(lines), encoding="utf-8")
        command = [found, "--headless", "--no-remote", "--profile", profile]
        command += ["--remote-debugging-port=0", "about:blank"]
        log = Path(profile, "log")
        with log.open("wb") as said, program(command, stdout=said, stderr=said):
            [port] = _awaited(lambda: re.findall(r"listening on ws://[^:]+:(\d+)", log.read_text()))
            address = f"ws://127.0.0.1:{port}/session"
            link = websocket.create_connection(address, timeout=SECONDS, suppress_origin=True)
            engine = Firefox(link)
            yield engine
            engine.send("browser.close")


@contextlib.contextmanager
def started_webkit():
    driver = _found("WebKitWebDriver")
    with tempfile.TemporaryDirectory() as folder, _screen() as screen:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        env = os.environ | {"DISPLAY": screen, "NO_AT_BRIDGE": "1", "GDK_BACKEND": "x11"}
        log = Path(folder, "log")
        with (
            log.open("wb") as said,
            program([driver, f"--port={port}"], env=env, stdout=said, stderr=said),
        ):
            address = f"http://127.0.0.1:{port}"
            _awaited(lambda: _answers(f"{address}/status"))
            engine = WebKit(address, log)
            yield engine
            engine.send("", method="DELETE")


@contextlib.contextmanager
def _screen():
    """An X server without a screen, and what DISPLAY must be to use it."""
    out, into = os.pipe()
    command = [_found("Xvfb"), "-displayfd", str(into), "-screen", "0", "1400x1000x24"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with program([*command, "-nolisten", "tcp"], pass_fds=[into], **quiet), os.fdopen(out) as said:
        os.close(into)
        yield f":{said.readline().strip()}"


def _answers(address):
    with contextlib.suppress(urllib.error.URLError, OSError):
        return urllib.request.urlopen(address, timeout=5).status == 200


def _awaited(ask, seconds=90):
    end = time.monotonic() + seconds
    while not (found := ask()):
        if time.monotonic() > end:
            raise TimeoutError("the browser did not start")
        time.sleep(0.1)
    return found


STARTED = {"chromium": started_chromium, "firefox": started_firefox, "webkit": started_webkit}
