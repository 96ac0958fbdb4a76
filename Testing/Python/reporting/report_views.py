"""Reading the views of a report's page in a browser."""

from __future__ import annotations

from urllib.parse import unquote_plus

KINDS = ("points", "distribution", "margin", "spread", "rings")
SERIES = """plot => echarts.getInstanceByDom(document.getElementById(plot)).getOption().series
    .map(one => [one.id, one.data.map(item => item.value ?? item)])"""
PIXEL = """([plot, series, index]) => {
    const element = document.getElementById(plot);
    const chart = echarts.getInstanceByDom(element);
    const one = chart.getOption().series.find(({ id }) => id === series);
    element.scrollIntoView({ block: "center" });
    const box = element.getBoundingClientRect();
    const [x, y] = chart.convertToPixel({ seriesId: series }, one.data[index]);
    return [box.left + x, box.top + y];
}"""


def series(page, plot):
    """Marks by series: [x, y, number of the row], of distributions [median, y, lower and upper quartile, ...]."""
    return {name: marks for name, marks in page.evaluate(SERIES, plot) if name.split()[0] in KINDS}


def count(page, plot, kind):
    return sum(len(marks) for name, marks in series(page, plot).items() if name.split()[0] == kind)


def hover(page, plot, name, index):
    page.mouse.move(*page.evaluate(PIXEL, [plot, name, index]))
    box = page.locator(f"#{plot} .hover")
    box.wait_for(state="visible")
    return page.locator(f"#{plot} div:has(> .hover)").inner_text()


def click_mark(page, plot, name, index):
    page.mouse.click(*page.evaluate(PIXEL, [plot, name, index]))


def pick(page, picker, *labels):
    """Open a picker and leave nothing but these values in it."""
    page.click(f"#{picker} summary")
    page.click(f"#{picker} [data-pick=none]")
    for label in labels:
        page.locator(f"#{picker}-list label", has_text=label).first.locator("input").check()
    page.click(f"#{picker} summary")


def address(page):
    """The fragment of the page's address in plain text."""
    return unquote_plus(page.evaluate("location.hash"))


def go(page, fragment):
    """Go to another fragment of the page's address, as back and forward do; it reads it as when it is opened."""
    page.evaluate(
        """fragment => new Promise(done => {
            addEventListener("hashchange", done, { once: true });
            location.hash = fragment;
        })""",
        fragment,
    )


def follow(link):
    """Click a link to a fragment of the page's address, which the page reads a moment later."""
    link.evaluate(
        """() => {
            globalThis.followed = new Promise((done) => addEventListener("hashchange", done, { once: true }));
        }"""
    )
    link.click()
    link.evaluate("() => globalThis.followed")


def download(page, button):
    """Text of the file that a button saves."""
    with page.expect_download() as saved:
        button.click()
    return saved.value.suggested_filename, saved.value.path().read_text(encoding="utf-8")


def table(page):
    return page.locator("#rows tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(c => c.textContent))"
    )
