"""The page "Which model?"."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from statistics import median

from ..agreement.acquisition_effects import ACQUISITION_ASSUMPTION, AcquisitionEffect
from ..agreement.failure_rates import FAILURE_ASSUMPTION
from ..agreement.model_comparison import ALPHA, ASSUMPTIONS, Interval
from ..agreement.repeat_scans import REPEAT_ASSUMPTION, Repeatability
from ..agreement.which_model import GROUP, ScopeAnswer, WhichModel
from ..plurals import counted, first_few

_LISTED = 6
_STYLE = """
:root { color-scheme: light dark; --line: #8888; --bar: #0072b2; --faint: #7777; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: .5rem 0 1.2rem; width: 100%; }
th, td { text-align: left; padding: .2rem .6rem .2rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
th { font-weight: 600; } td.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.answer { font-weight: 600; } .note { color: GrayText; } svg { vertical-align: middle; } h2 { margin: 2rem 0 .3rem; }
line.range { stroke: var(--bar); stroke-width: 5; opacity: .45; } circle { fill: var(--bar); } line.grid { stroke: var(--line); }
details { margin: .5rem 0; } summary { cursor: pointer; }
"""  # noqa: E501 - style
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def which_model_page(answer: WhichModel, title: str, notes: Sequence[str] = ()) -> str:
    """The page: per group a ranking with its intervals, what else the cohort tells of the models, the assumptions.

    :param title: heading, plain text.
    :param notes: sentences on what was compared, plain text.
    :returns: a whole HTML page without scripts.
    """
    groups = [scope for scope in answer.scopes if scope.kind == GROUP]
    structures = [scope for scope in answer.scopes if scope.kind != GROUP]
    body = [
        f"<h1>{html.escape(title)}</h1>",
        "<p>The score of a model is its mean Dice with the models of other families, each family counted once: no "
        "consensus is involved, and agreement is not correctness. Models that share an error agree.</p>",
        _paragraphs((answer.selection.sentence, answer.families_in_words, answer.unanswered_in_words, *notes)),
        *(_scope_section(scope) for scope in groups),
        _failures(answer),
        _definitions(answer),
        _repeats(answer),
        _acquisition(answer),
        "<h2>Structure by structure</h2>",
        *map(_structure_section, structures),
        "<h2>What this takes for granted</h2>",
        f'<p class="note">{len(groups)} groups and {len(structures)} structures were compared.</p>',
        "<ul>" + "".join(f"<li>{_e(text)}</li>" for text in _assumptions(answer)) + "</ul>",
    ]  # fmt: skip
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_e(_POLICY)}">'
    head += f'<meta name="viewport" content="width=device-width"><title>{_e(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n' + "\n".join(body) + "\n</body></html>\n"


def _scope_section(scope: ScopeAnswer) -> str:
    told = (
        counted(len(scope.structures), "structure"),
        counted(scope.comparison.n_patients, "patient"),
        counted(scope.n_cases, "case"),
    )
    left = f"; {counted(scope.n_left_out, 'case')} left out, in which a model has no score" if scope.n_left_out else ""
    if scope.models_left_out:
        left += f"; not compared, as they know too few of the structures: {_e(', '.join(scope.models_left_out))}"
    friedman = scope.comparison.friedman_p
    tested = f"; Friedman p = {_p(friedman)}" if friedman is not None else ""
    return (
        f'<h2>{_e(scope.name)}</h2><p class="answer">{_e(scope.sentence)}</p>'
        f'<p class="note">{", ".join(told)}{left}{tested}</p>{_ranking(scope)}'
    )


def _structure_section(scope: ScopeAnswer) -> str:
    return f"<details><summary>{_e(scope.name)}: {_e(scope.sentence)}</summary>{_ranking(scope)}</details>"


def _ranking(scope: ScopeAnswer) -> str:
    comparison = scope.comparison
    lines = []
    for model in sorted(comparison.models, key=lambda name: comparison.ranks[name].value):
        score, rank = comparison.scores[model], comparison.ranks[model]
        lines.append(
            f"<tr><td>{_e(model)}</td><td class=number>{_of(score, 3)}</td><td class=number>{rank.value:g} "
            f"({rank.low:g} to {rank.high:g})</td><td>{_rank_mark(rank, len(comparison.models))}</td></tr>"
        )
    head = "<tr><th>model</th><th>agreement with the others</th><th>rank, 95 % interval</th><th></th></tr>"
    return f"<table>{head}{''.join(lines)}</table>"


def _rank_mark(rank: Interval, n_models: int) -> str:
    def x(value: float) -> float:
        return 8 + (value - 1) / max(n_models - 1, 1) * 144

    places = [x(k) for k in range(1, n_models + 1)]
    grid = "".join(f'<line class="grid" x1="{place:.1f}" x2="{place:.1f}" y1="3" y2="13"/>' for place in places)
    return (
        f'<svg width="160" height="16" role="img" aria-label="rank {rank.low:g} to {rank.high:g}">{grid}'
        f'<line class="range" x1="{x(rank.low):.1f}" x2="{x(rank.high):.1f}" y1="8" y2="8"/>'
        f'<circle cx="{x(rank.value):.1f}" cy="8" r="4"/></svg>'
    )  # fmt: skip


def _section(title: str, told: str, head: str, lines: list[str]) -> str:
    return f'<h2>{title}</h2><p class="note">{told}</p><table>{head}{"".join(lines)}</table>' if lines else ""


def _failures(answer: WhichModel) -> str:
    lines = [
        f"<tr><td>{_e(one.model)}</td><td class=number>{one.missing}</td><td class=number>{one.low}</td>"
        f"<td class=number>{one.of}</td><td class=number>{100 * one.rate.value:.1f} % "
        f"({100 * one.rate.low:.1f} to {100 * one.rate.high:.1f})</td></tr>"
        for one in sorted(answer.failures, key=lambda one: one.rate.value)
    ]
    head = "<tr><th>model</th><th>missing</th><th>score below 0.5</th><th>of</th><th>rate, 95 % interval</th></tr>"
    told = "Structures and cases in which more than half of the families that know the structure found it."
    return _section("Failures", told, head, lines)


def _definitions(answer: WhichModel) -> str:
    lines = [
        f"<tr><td>{_e(one.structure)}</td><td>{_e(one.model)}</td><td class=number>{one.ratio:.2f}</td>"
        f"<td class=number>{one.n_cases}</td></tr>"
        for one in answer.definitions
    ]
    told = "Larger, or smaller, than the others in nearly every case: perhaps another definition, and no error."
    head = "<tr><th>structure</th><th>model</th><th>its volume / the others'</th><th>cases</th></tr>"
    return _section("Other definitions", told, head, lines)


def _repeats(answer: WhichModel) -> str:
    """Per model the median over structures; the structures are in the table."""
    by_model: dict[str, list[Repeatability]] = {}
    for one in answer.repeatability:
        by_model.setdefault(one.model, []).append(one)
    lines = [
        f"<tr><td>{_e(model)}</td><td class=number>{100 * median(o.variation.value for o in of_model):.1f} %</td><td>"
        f"{_e(worst.structure)}, {100 * worst.variation.value:.1f} % ({100 * worst.variation.low:.1f} to "
        f"{100 * worst.variation.high:.1f})</td><td class=number>{len(of_model)}</td>"
        f"<td class=number>{max(o.n_patients for o in of_model)}</td></tr>"
        for model, of_model in by_model.items()
        for worst in [max(of_model, key=lambda one: one.variation.value)]
    ]
    head = "<tr><th>model</th><th>median over structures</th><th>largest, 95 % interval</th><th>structures</th>"
    head += "<th>patients</th></tr>"
    told = "How the volume of a structure varies between scans of one patient: within-patient coefficient of variation."
    return _section("Repeat scans", told, head, lines)


def _acquisition(answer: WhichModel) -> str:
    lines = [
        f"<tr><td>{_e(one.scope)}</td><td>{_e(one.model)}</td><td>{_e(one.fact)}</td><td>{_levels(one)}</td>"
        f"<td class=number>{'' if one.p_holm is None else f'{one.test}, p = {_p(one.p_holm)}'}</td></tr>"
        for one in answer.acquisition
    ]
    if not lines:
        return ""
    shown = sum(one.p_holm is not None and one.p_holm < ALPHA for one in answer.acquisition)
    tested = sum(one.p is not None for one in answer.acquisition)
    told = f"{counted(tested, 'test')}, of which {shown} {'shows' if shown == 1 else 'show'} a difference."
    if not tested:
        told = "Too few patients for a test."
    head = "<tr><th>group</th><th>model</th><th>fact</th><th>mean score (patients)</th><th>corrected p</th></tr>"
    table = f"<details><summary>{told}</summary><table>{head}{''.join(lines)}</table></details>"
    return f"<h2>By acquisition</h2>{table}"


def _levels(effect: AcquisitionEffect) -> str:
    return first_few([f"{_e(level)} {mean:.3f} ({n})" for level, (n, mean) in effect.means.items()], _LISTED)


def _assumptions(answer: WhichModel) -> list[str]:
    return [
        *ASSUMPTIONS,
        FAILURE_ASSUMPTION,
        *([REPEAT_ASSUMPTION] if answer.repeatability else []),
        *([ACQUISITION_ASSUMPTION] if answer.acquisition else []),
    ]


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f'<p class="note">{_e(text)}</p>' for text in texts if text)


def _of(interval: Interval, digits: int) -> str:
    return f"{interval.value:.{digits}f} ({interval.low:.{digits}f} to {interval.high:.{digits}f})"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _e(text: str) -> str:
    return html.escape(text)
