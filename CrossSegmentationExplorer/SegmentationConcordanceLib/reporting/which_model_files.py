"""The answer "which model?" as tables and as a page."""

from __future__ import annotations

import csv
import html
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..agreement.model_comparison import ASSUMPTIONS, Interval
from ..agreement.which_model import GROUP, ScopeAnswer, WhichModel
from ..imaging.whole_files import whole_file

MODELS_FILE, PAIRS_FILE, SELECTION_FILE = "which_model.csv", "which_model_pairs.csv", "selection.csv"
TRAITS_FILES = ("failures_by_model.csv", "repeat_scans.csv", "acquisition.csv", "other_definitions.csv")
PAGE_FILE = "which_model.html"

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


def write_which_model(folder: Path, answer: WhichModel, *, title: str, notes: Sequence[str] = ()) -> list[Path]:
    """Write the tables and the page.

    :param title: of the page.
    :param notes: sentences on what was compared.
    :returns: the files written.
    :raises OutputError: one cannot be written.
    """
    tables = {
        MODELS_FILE: _model_lines(answer),
        PAIRS_FILE: _pair_lines(answer),
        SELECTION_FILE: _selection_lines(answer),
        **dict(zip(TRAITS_FILES, _trait_lines(answer))),
    }
    for name, lines in tables.items():
        _write_csv(folder / name, lines)
    with whole_file(folder / PAGE_FILE) as temporary:
        temporary.write_text(_page(answer, title, notes), encoding="utf-8", errors="backslashreplace", newline="\n")
    return [*(folder / name for name in tables), folder / PAGE_FILE]


def _write_csv(path: Path, lines: Iterable[Sequence[object]]) -> None:
    with (
        whole_file(path) as temporary,
        temporary.open("w", encoding="utf-8", errors="backslashreplace", newline="") as stream,
    ):
        csv.writer(stream, lineterminator="\n").writerows(["" if v is None else v for v in line] for line in lines)


def _model_lines(answer: WhichModel) -> Iterable[Sequence[object]]:
    yield (
        *("scope", "name", "structure_key", "model", "patients", "cases", "cases_left_out", "structures"),
        *("score", "score_low", "score_high", "rank", "rank_low", "rank_high", "among_first", "friedman_p"),
    )
    for scope in answer.scopes:
        comparison = scope.comparison
        key = "" if scope.kind == GROUP else scope.structures[0][1]
        for model in sorted(comparison.models, key=lambda name: comparison.ranks[name].value):
            score, rank = comparison.scores[model], comparison.ranks[model]
            yield (
                *(scope.kind, scope.name, key, model, comparison.n_patients, scope.n_cases, scope.n_left_out),
                *(len(scope.structures), score.value, score.low, score.high, rank.value, rank.low, rank.high),
                *("yes" if model in comparison.first else "no", comparison.friedman_p),
            )


def _pair_lines(answer: WhichModel) -> Iterable[Sequence[object]]:
    yield (
        *("scope", "name", "model_a", "model_b", "patients", "difference", "difference_low", "difference_high"),
        *("p_wilcoxon", "p_holm", "p_nemenyi", "effect"),
    )
    for scope in answer.scopes:
        for pair in scope.comparison.pairs:
            told = pair.difference
            yield (
                *(scope.kind, scope.name, pair.model_a, pair.model_b, scope.comparison.n_patients),
                *(told.value, told.low, told.high, pair.p, pair.p_holm, pair.p_nemenyi, pair.effect),
            )


def _selection_lines(answer: WhichModel) -> Iterable[Sequence[object]]:
    yield ("structure", "structure_key", "kept", "reason")
    for (name, key), reason in answer.selection.reasons.items():
        yield (name, key, "no" if reason else "yes", reason)


def _trait_lines(answer: WhichModel) -> Iterable[Iterable[Sequence[object]]]:
    yield [
        ("model", "missing", "low_score", "of", "rate", "rate_low", "rate_high"),
        *((f.model, f.missing, f.low, f.of, f.rate.value, f.rate.low, f.rate.high) for f in answer.failures),
    ]
    yield [
        ("structure", "model", "patients", "variation"),
        *((r.structure, r.model, r.n_patients, r.variation) for r in answer.repeatability),
    ]
    yield [
        ("scope", "model", "fact", "value", "patients", "score", "p_kruskal"),
        *(
            (one.scope, one.model, one.fact, level, n, mean, one.p)
            for one in answer.acquisition
            for level, (n, mean) in one.means.items()
        ),
    ]
    yield [
        ("structure", "model", "volume_ratio", "cases"),
        *((d.structure, d.model, d.ratio, d.n_cases) for d in answer.definitions),
    ]


def _page(answer: WhichModel, title: str, notes: Sequence[str]) -> str:
    groups = [scope for scope in answer.scopes if scope.kind == GROUP]
    structures = [scope for scope in answer.scopes if scope.kind != GROUP]
    body = [
        f"<h1>{html.escape(title)}</h1>",
        "<p>The score of a model is its mean Dice with the models of other families, each family counted once: no "
        "consensus is involved, and agreement is not correctness. Models that share an error agree.</p>",
        _paragraphs((answer.selection.sentence, _families(answer), *notes)),
        *(_scope_section(scope) for scope in groups),
        _failures(answer),
        _definitions(answer),
        "<h2>Structure by structure</h2>",
        *map(_structure_section, structures),
        "<h2>What this takes for granted</h2>",
        "<ul>" + "".join(f"<li>{_e(text)}</li>" for text in ASSUMPTIONS) + "</ul>",
    ]  # fmt: skip
    head = f'<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_e(_POLICY)}">'
    head += f'<meta name="viewport" content="width=device-width"><title>{_e(title)}</title><style>{_STYLE}</style>'
    return f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n' + "\n".join(body) + "\n</body></html>\n"


def _scope_section(scope: ScopeAnswer) -> str:
    n = len(scope.structures)
    counted = f"{n} structure{'s' * (n > 1)}, {scope.comparison.n_patients} patients, {scope.n_cases} cases"
    left = f"; {scope.n_left_out} cases left out, in which a model has no score" if scope.n_left_out else ""
    friedman = scope.comparison.friedman_p
    tested = f"; Friedman p = {_p(friedman)}" if friedman is not None else ""
    return (
        f'<h2>{_e(scope.name)}</h2><p class="answer">{_e(scope.sentence)}</p>'
        f'<p class="note">{counted}{left}{tested}</p>{_ranking(scope)}'
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


def _failures(answer: WhichModel) -> str:
    lines = [
        f"<tr><td>{_e(one.model)}</td><td class=number>{one.missing}</td><td class=number>{one.low}</td>"
        f"<td class=number>{one.of}</td><td class=number>{100 * one.rate.value:.1f} % "
        f"({100 * one.rate.low:.1f} to {100 * one.rate.high:.1f})</td></tr>"
        for one in sorted(answer.failures, key=lambda one: one.rate.value)
    ]
    head = "<tr><th>model</th><th>missing</th><th>score below 0.5</th><th>of</th><th>rate, 95 % interval</th></tr>"
    told = "Structures and cases in which more than half of the models that know the structure found it."
    return f'<h2>Failures</h2><p class="note">{told}</p><table>{head}{"".join(lines)}</table>' if lines else ""


def _definitions(answer: WhichModel) -> str:
    lines = [
        f"<tr><td>{_e(one.structure)}</td><td>{_e(one.model)}</td><td class=number>{one.ratio:.2f}</td>"
        f"<td class=number>{one.n_cases}</td></tr>"
        for one in answer.definitions
    ]
    told = "Larger, or smaller, than the others in nearly every case: perhaps another definition, and no error."
    head = "<tr><th>structure</th><th>model</th><th>its volume / the others'</th><th>cases</th></tr>"
    return f'<h2>Other definitions</h2><p class="note">{told}</p><table>{head}{"".join(lines)}</table>' if lines else ""


def _families(answer: WhichModel) -> str:
    members: dict[str, list[str]] = {}
    for model, family in answer.families.items():
        members.setdefault(family, []).append(model)
    told = "; ".join(f"{family}: {', '.join(models)}" for family, models in members.items())
    return f"Families, whose members are not held against each other: {told}." if told else ""


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f'<p class="note">{_e(text)}</p>' for text in texts if text)


def _of(interval: Interval, digits: int) -> str:
    return f"{interval.value:.{digits}f} ({interval.low:.{digits}f} to {interval.high:.{digits}f})"


def _p(value: float) -> str:
    return f"{value:.3f}" if value >= 0.001 else f"{value:.1e}"


def _e(text: str) -> str:
    return html.escape(text)
