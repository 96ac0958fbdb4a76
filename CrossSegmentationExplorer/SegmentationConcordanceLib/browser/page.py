"""The page: the table of structures at the left, the rows of views at the right.

Nothing that comes from a file stands in the page's templates: names are values, which Vue shows as text.
"""

from __future__ import annotations

from pathlib import Path

from trame.ui.vuetify3 import VAppLayout
from trame.widgets import html, vuetify3
from trame_server import Server
from trame_slicer import module as views_module

from ..exploring.view_kinds import VIEW_KINDS
from ..review.review_desk import HELP
from ..review.verdict import SCALE
from .page_rows import build_rows
from .reviewing import Reviewing
from .session import LINKS, Session

_FOLDER = "explore"
_MODULE = {
    "serve": {_FOLDER: str(Path(__file__).with_name("page"))},
    "scripts": [f"{_FOLDER}/explore.js"],
    "styles": [f"{_FOLDER}/explore.css"],
}
_COLUMNS = (
    ("name", "Structure", "Sort by name"),
    ("lowest_dice", "Dice", "The lowest Dice of a model to the consensus"),
    (
        "n_present",
        "Models",
        "One sign per model: ✓ found, ✗ not found though the model knows it, – not known to the model",
    ),
    ("pairwise_spread", "Pairs", "Highest minus lowest Dice of two models"),
    ("volume_spread", "Volume", "Largest minus smallest volume, as a share of their mean"),
)
# Of the lines of the table, one is reached by Tab, the arrows go on from there.
_REACHED = "line.key === (structures.some(one => one.key === selected) ? selected : structures[0].key)"
_STEP_STYLE = "{ background: step.color, color: step.ink }"
_SMALL = {"density": "compact", "hide_details": True}
_BUTTON = {"size": "small", "variant": "tonal"}


def build_page(server: Server, session: Session) -> None:
    """Make the page of a session the server's main page.

    :param server: of trame.
    :param session: what the page shows.
    """
    server.enable_module(views_module)
    server.enable_module(_MODULE)
    with VAppLayout(server, theme="dark"), html.Div(classes="explore"):
        with html.Aside():
            _heading(session)
            _filters()
            _table(session)
            _steps(session)
            if session.review is not None:
                _verdicts(session.review)
            _cursor()
        with html.Main():
            _bar()
            build_rows(session)


def _heading(session: Session) -> None:
    with html.Div(classes="heading"):
        if session.cases is not None:
            with html.Div(classes="cases", role="group", aria_label="Cases"):
                step = session.cases.step
                vuetify3.VBtn("‹", title="Previous case (Alt+Page Up)", click=(step, "[-1]"), **_BUTTON)
                html.Span("{{ case_place }}")
                vuetify3.VBtn("›", title="Next case (Alt+Page Down)", click=(step, "[1]"), **_BUTTON)
            html.Div("{{ case_error }}", v_if="case_error", classes="error", role="alert")
        html.H1("{{ title }}")
        html.P("{{ summary }}")
        html.P("{{ three_d_note }}", v_if="three_d_note && !kinds.includes('V')", classes="note")
        _map_legend()


def _filters() -> None:
    with html.Div(classes="filters"):
        vuetify3.VTextField(
            v_model=("search",),
            placeholder="Search structures",
            prepend_inner_icon="mdi-magnify",
            clearable=True,
            **_SMALL,
        )
        vuetify3.VSelect(v_model=("group",), items=("groups",), **_SMALL)


def _table(session: Session) -> None:
    with html.Div(classes="list", tabindex="-1"), html.Table():
        with html.Thead(), html.Tr():
            for column, title, tip in _COLUMNS:
                arrow = f"{{{{ sorting[0] === '{column}' ? (sorting[1] ? ' ▾' : ' ▴') : '' }}}}"
                order = f"sorting[0] !== '{column}' ? 'none' : sorting[1] ? 'descending' : 'ascending'"
                with html.Th(title=tip, raw_attrs=[f':aria-sort="{order}"']):
                    html.Button(f"{title}{arrow}", click=(session.sort, f"['{column}']"))
        with (
            html.Tbody(),
            html.Tr(
                v_for="line in structures",
                key=("line.key",),
                classes=("line.key === selected ? 'chosen' : ''",),
                title=("line.presence",),
                click=(session.select, "[line.key]"),
                raw_attrs=[f':tabindex="{_REACHED} ? 0 : -1"', ':aria-current="line.key === selected"'],
            ),
        ):
            with html.Td(raw_attrs=[':data-reason="line.reason"']):
                html.Span(classes="swatch", style=("{ background: line.color }",))
                html.Span("{{ line.name }}")
            html.Td("{{ line.lowest_dice }}")
            html.Td("{{ line.n_present }}", classes=("line.missing ? 'missing' : ''",))
            html.Td("{{ line.pairwise_spread }}")
            html.Td("{{ line.volume_spread }}")


def _steps(session: Session) -> None:
    steps = [
        (session.step, "{{ structure }}", "Previous structure (Alt+Up)", "Next structure (Alt+Down)"),
        (session.step_region, "{{ region }}", "Previous one (Alt+Left)", "Next one (Alt+Right)"),
    ]
    if session.review is None:  # a reader judges without them
        steps.append(
            (session.step_finding, "{{ finding }}", "Previous finding (Alt+Page Up)", "Next finding (Alt+Page Down)")
        )
    with html.Div(classes="steps"):
        for step, text, before, after in steps:
            vuetify3.VBtn("‹", title=before, click=(step, "[-1]"), **_BUTTON)
            html.Span(text)
            vuetify3.VBtn("›", title=after, click=(step, "[1]"), **_BUTTON)


def _verdicts(review: Reviewing) -> None:
    with html.Div(classes="verdicts", role="group", aria_label="Verdicts", title=HELP):
        with html.Div(classes="question"):
            html.Span("Usable as it is?")
            html.Span("{{ review_progress }}")
        with html.Div(
            v_for="line in verdicts",
            key=("line.title",),
            classes=("'verdict' + (line.active ? ' active' : '')",),
            click=(review.choose, "[line.title]"),
        ):
            html.Span("{{ line.title }}", classes="who")
            for step in SCALE:
                html.Button(
                    str(step.score),
                    title=f"{step.title}: {step.meaning}",
                    classes=(f"line.score === {step.score} ? 'chosen' : ''",),
                    raw_attrs=[f':aria-pressed="line.score === {step.score}"'],
                    click=(review.score, f"[line.title, '{step.score}']"),
                )
            html.Button(
                "{{ line.bookmark ? '★' : '☆' }}",
                title="Bookmark (b)",
                raw_attrs=[':aria-pressed="line.bookmark"'],
                click=(review.mark, "[line.title]"),
            )
        html.Input(
            value=("comment",),
            placeholder="Comment on the marked line",
            classes="comment",
            raw_attrs=['aria-label="Comment"'],
            change=(review.comment, "[$event.target.value]"),
        )
        html.Div("{{ review_error }}", v_if="review_error", classes="error", role="alert")


def _cursor() -> None:
    with html.Div(classes="cursor"):
        html.Div("Under the cursor")
        with html.Div(v_for="one in cursor", key=("one.model",), classes="line"):
            html.Span("{{ one.model }}")
            html.B("{{ one.names }}")


def _bar() -> None:
    with html.Div(classes="bar"):
        with (
            vuetify3.VBtnToggle(v_model=("shown",), multiple=True, density="compact", divided=True),
            vuetify3.VBtn(v_for="choice in choices", key=("choice.number",), value=("choice.number",), size="small"),
        ):
            html.Span(classes="swatch", style=("{ background: choice.color }",))
            html.Span("{{ choice.title }}")
        html.Span(classes="gap")
        _planes()
        html.Span(classes="gap")
        for variable, label, tip in (
            ("fill", "Fill", "Fill the structure, not only its outline"),
            ("neighbours", "Neighbours", "Show what touches the structure"),
            ("by_model", "By model", "Draw in the models' colours instead of the structures'"),
            ("agreement_map", "Agreement", "How many models agree, voxel by voxel"),
            ("crosshair", "Crosshair", "Show the crosshair"),
        ):
            vuetify3.VCheckbox(v_model=(variable,), label=label, title=tip, **_SMALL)
        with vuetify3.VMenu(close_on_content_click=False):
            with vuetify3.Template(v_slot_activator="{ props }"):
                vuetify3.VBtn("Links", v_bind="props", title="What the rows share", **_BUTTON)
            with vuetify3.VCard(classes="pa-2"):
                for link in LINKS:
                    vuetify3.VCheckbox(v_model=("links",), value=link, label=link.capitalize(), **_SMALL)
        vuetify3.VSelect(v_if="windows.length", v_model=("window_name",), items=("windows",), title="Window", **_SMALL)


def _map_legend() -> None:
    with html.Div(v_if="map_steps.length", classes="map-legend", role="img", aria_label="Agreement map: light is few"):
        html.Span("{{ step.count }}", v_for="step in map_steps", key=("step.count",), style=(_STEP_STYLE,))
        html.Span("of {{ map_steps.length }} models", classes="words")


def _planes() -> None:
    for several, variable, shown in ((True, "kinds", "!compact"), (False, "plane", "compact")):
        with vuetify3.VBtnToggle(
            v_model=(variable,), v_if=shown, multiple=several, mandatory=True, density="compact", divided=True
        ):
            for kind in VIEW_KINDS:
                vuetify3.VBtn(kind.title, value=kind.letter, size="small")
    vuetify3.VCheckbox(v_model=("compact",), label="Compact", title="One plane of each row, larger (Alt+G)", **_SMALL)
