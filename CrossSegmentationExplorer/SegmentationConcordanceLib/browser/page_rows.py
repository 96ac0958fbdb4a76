"""The rows of the page: a heading that keys reach, and the views; or a grid of one view each."""

from __future__ import annotations

from trame.widgets import client, html

from .session import Session


def build_rows(session: Session) -> None:
    """The rows, within the page's main part."""
    with html.Div(
        classes=("'rows' + (compact ? ' compact' : '')",),
        style=("compact ? { gridTemplateColumns: `repeat(${grid_columns}, minmax(0, 1fr))` } : {}",),
        raw_attrs=[':data-columns="grid_columns"'],
    ):
        html.Div("Choose a row above.", v_if="!rows.length", classes="nothing")
        with html.Div(
            v_for="row in rows",
            key=("row.number",),
            classes=("'row' + (row.marked ? ' marked' : '') + (row.number === chosen_row ? ' chosen' : '')",),
        ):
            _heading(session)
            _views()


def _heading(session: Session) -> None:
    with html.Button(
        classes="head",
        style=("{ borderColor: row.color }",),
        click=(session.choose_row, "[row.number]"),
        raw_attrs=[
            ':data-row="row.number"',
            ':aria-label="row.title + (row.note ? `: ${row.note}` : ``)"',
            ':aria-pressed="row.number === chosen_row"',
            ':title="row.title + (row.note ? `: ${row.note}` : ``)"',
        ],
    ):
        html.Span("▲", v_if="row.marked", classes="mark")
        html.Span("{{ row.title }}", classes="title")


def _views() -> None:
    with html.Div(
        v_for="view in row.views",
        key=("view.name",),
        classes="view",
        style=("{ borderColor: view.color }",),
        raw_attrs=[':data-view="view.name"', ':aria-label="view.title"'],
    ):
        client.ServerTemplate(name=("view.name",))
