"""Reading the explorer's page in a browser."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
from PIL import Image

_WAIT_MS = 30_000
_TRIES = 75
_REST_MS = 400  # longer than it takes until a picture in low quality is followed by the same one in high quality
_PICTURES = """views => views.map(view => {
    const image = document.querySelector(`[data-view=${view}] img`);
    if (!image?.naturalWidth) return "";
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    canvas.getContext("2d").drawImage(image, 0, 0);
    return canvas.toDataURL();
})"""


class ExplorePage:
    """The page as a reader sees it.

    :ivar page: of playwright.
    """

    def __init__(self, page: Any) -> None:
        self.page = page

    def until(self, condition: str, argument: Any = None) -> None:
        """Wait until an expression of JavaScript is true."""
        self.page.wait_for_function(condition, arg=argument, timeout=_WAIT_MS)

    def views(self) -> list[str]:
        """The names of the views, row by row."""
        return self.page.locator("[data-view]").evaluate_all("all => all.map(one => one.dataset.view)")

    def settled(
        self, views: Iterable[str] | None = None, unlike: Mapping[str, np.ndarray] | None = None
    ) -> dict[str, np.ndarray]:
        """The pictures that views show, once they stay the same: int (height, width, 3).

        :param views: their names; None for those that the page has by then. It takes some away by itself, where it
            becomes compact as soon as it knows its room.
        :param unlike: former pictures; waits until every view shows another one.
        """
        before: dict[str, str] = {}
        for _ in range(_TRIES):
            names = self.views() if views is None else list(views)
            now = dict(zip(names, self.page.evaluate(_PICTURES, names)))
            if now == before and now and all(now.values()):
                pictures = {view: _decoded(picture) for view, picture in now.items()}
                if not any(np.array_equal(pictures[view], former) for view, former in (unlike or {}).items()):
                    return pictures
            before = now
            self.page.wait_for_timeout(_REST_MS)
        raise AssertionError("the pictures do not come to rest, or do not change")

    def eventually(self, condition: Callable[[], bool]) -> bool:
        """Whether a condition comes true while the server draws."""
        for _ in range(_TRIES):
            if condition():
                return True
            self.page.wait_for_timeout(_REST_MS)
        return False

    def positions(self) -> dict[str, str]:
        """Where the slice of every slice view is, as the page says."""
        return self.page.locator("[data-view]:has(.position)").evaluate_all(
            "all => Object.fromEntries(all.map(one => [one.dataset.view, one.querySelector('.position').innerText]))"
        )

    def chosen(self) -> str:
        """The name of the table's chosen structure."""
        return self.page.locator("tr.chosen td").first.inner_text()

    def names(self) -> list[str]:
        """The structures of the table."""
        return self.page.locator(".list tbody td:first-child").all_inner_texts()

    def choose(self, name: str) -> None:
        """Click a structure of the table."""
        self.page.locator(".list tbody tr", has_text=name).first.click()
        self.until("name => document.querySelector('.steps').innerText.startsWith(name, 2)", name)

    def point_at(self, view: str) -> None:
        """Move the mouse into the middle of a view."""
        box = self.page.locator(f"[data-view={view}]").bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    def toggle(self, button: str) -> None:
        """Click a button of the bar."""
        self.page.locator(".bar").get_by_role("button", name=button, exact=True).click()


def _decoded(url: str) -> np.ndarray:
    png = base64.b64decode(url.partition(",")[2])
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
