"""A page in a browser and what it says; pages that stay open, as opening one costs more than most tests do in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SETTLED = "#plots[aria-busy=false]"
_BACK = """() => {
    document.activeElement?.blur();
    for (const picker of document.querySelectorAll("#controls details[open]")) picker.open = false;
    const find = document.getElementById("find");
    if (find.value) {
        find.value = "";
        find.dispatchEvent(new Event("input"));
    }
    document.getElementById("reset").click();
    scrollTo(0, 0);
}"""
_LOOK = """() => JSON.stringify([
    location.hash,
    document.title,
    [scrollX, scrollY, innerWidth, innerHeight],
    ["(prefers-color-scheme: dark)", "print"].map((media) => matchMedia(media).matches),
    [...document.querySelectorAll("input:not(.picker input), select")].map(({ value, checked }) => [value, checked]),
    [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility()).map((one) => [
        one.tagName,
        ...[...one.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data),
        ...[...one.attributes].map(({ name, value }) => name + value).filter((text) => !/^_echarts|^class$/.test(text)),
    ]),
])"""  # what is hidden is made anew when it is shown, but for the inputs


@dataclass
class Visit:
    """A page in a browser, and what it said and asked for while it was open."""

    page: Any
    messages: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    def open(self, path: Path) -> Any:
        self.page.goto(path.as_uri())
        return self.page

    @contextmanager
    def listening(self) -> Iterator[None]:
        """While it is heard what the page says."""
        heard = {
            "console": lambda message: self.messages.append(message.text),
            "pageerror": lambda error: self.messages.append(str(error)),
            "dialog": lambda dialog: (self.messages.append(f"dialog {dialog.message}"), dialog.dismiss()),
            "request": lambda request: self.requests.append(request.url),
        }
        for event, hear in heard.items():
            self.page.on(event, hear)
        yield
        for event, hear in heard.items():
            self.page.remove_listener(event, hear)

    def check(self) -> None:
        """It said nothing, and asked for nothing but one file."""
        assert self.messages == []
        assert [url for url in self.requests if not url.startswith(("file:", "blob:"))] == []
        assert len({url.partition("#")[0] for url in self.requests if url.startswith("file:")}) <= 1


class KeptPage:
    """A page in a tab of its own, which a test finds as it was when it was opened."""

    def __init__(self, browser: Any, path: Path, size: tuple[int, int]) -> None:
        self.page = browser.new_page()
        self.page.set_default_timeout(30_000)
        self._address = path.as_uri()
        self._size = {"width": size[0], "height": size[1]}
        self._first: str | None = None

    def open(self) -> None:
        """Open it, unless it looks in every part as when it was opened last."""
        if self._first is not None:
            return
        self.page.set_viewport_size(self._size)
        self.page.emulate_media(media="null", color_scheme="null")
        self.page.goto("about:blank")  # from an address with another fragment it would not be read again
        self.page.goto(self._address)
        self.page.wait_for_selector(SETTLED)
        self._first = self.page.evaluate(_LOOK)

    def set_back(self) -> None:
        """Take back what a reader chose, sought and unfolded; after any other change it is opened anew."""
        first, self._first = self._first, None
        self.page.evaluate(_BACK)
        self.page.wait_for_selector(SETTLED)
        if self.page.evaluate(_LOOK) == first:
            self._first = first
