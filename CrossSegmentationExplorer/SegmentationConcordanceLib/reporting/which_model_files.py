"""The answer "which model?" as tables and as a page."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..agreement.which_model import GROUP, STRUCTURE, WhichModel
from ..imaging.whole_files import whole_file
from .which_model_page import which_model_page

MODELS_FILE, PAIRS_FILE, SELECTION_FILE = "which_model.csv", "which_model_pairs.csv", "selection.csv"
TRAITS_FILES = ("failures_by_model.csv", "repeat_scans.csv", "acquisition.csv", "other_definitions.csv")
PAGE_FILE = "which_model.html"


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
        temporary.write_text(
            which_model_page(answer, title, notes), encoding="utf-8", errors="backslashreplace", newline="\n"
        )
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
                *("yes" if model in scope.first else "no", comparison.friedman_p),
            )
    for (name, structure_key), models in answer.unanswered.items():
        for model in models:
            yield (STRUCTURE, name, structure_key, model, *("",) * 12)


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
        ("model", "missing", "low_score", "of", "patients", "rate", "rate_low", "rate_high"),
        *(
            (f.model, f.missing, f.low, f.of, f.n_patients, f.rate.value, f.rate.low, f.rate.high)
            for f in answer.failures
        ),
    ]
    yield [
        ("structure", "model", "patients", "scans", "variation", "variation_low", "variation_high"),
        *(
            (r.structure, r.model, r.n_patients, r.n_scans, r.variation.value, r.variation.low, r.variation.high)
            for r in answer.repeatability
        ),
    ]
    yield [
        ("scope", "model", "fact", "value", "patients", "score", "test", "p", "p_holm"),
        *(
            (one.scope, one.model, one.fact, level, n, mean, one.test, one.p, one.p_holm)
            for one in answer.acquisition
            for level, (n, mean) in one.means.items()
        ),
    ]
    yield [
        ("structure", "model", "volume_ratio", "cases"),
        *((d.structure, d.model, d.ratio, d.n_cases) for d in answer.definitions),
    ]
