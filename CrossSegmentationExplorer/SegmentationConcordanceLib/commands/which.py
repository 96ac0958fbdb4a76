"""Which model, for which structure? Tables of a cohort -> rankings with their uncertainty, tests, failures, a page.

A model's score is its agreement with the models of other families, never with an intersection, which the model that
marks least would win. Families are those that the label maps name, and --family. "No difference shown" is said where
that is so."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..agreement.structure_selection import SelectionRules
from ..agreement.table import AgreementRow
from ..agreement.which_model import GROUP, known_families, which_model
from ..errors import ConcordanceError
from ..reporting.case_table import read_cases
from ..reporting.tables import read_agreement, read_pairwise
from ..reporting.which_model_files import write_which_model
from . import arguments
from .parser import examples
from .terminal import Terminal

_PATIENT = ("patient_code", "patient_id", "patient")
_NO_ACQUISITION = (*_PATIENT, "compared", "failed")


EXAMPLES = examples(
    "concordance which --run results --output answer",
    "concordance which --run results --family 'TS=TotalSegmentator 1.5,TotalSegmentator 2.6' --output answer",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance which``."""
    parser.add_argument(
        "--run", type=Path, metavar="DIR", help="the output of concordance run: its tables, its cases.csv"
    )
    parser.add_argument("--agreement", type=Path, metavar="FILE", help="agreement.csv, instead of --run")
    parser.add_argument("--pairwise", type=Path, metavar="FILE", help="pairwise.csv of the same")
    parser.add_argument(
        "--cases", type=Path, metavar="FILE",
        help="a line per case: patient_id, so that scans of one patient count together, kernel and other facts",
    )  # fmt: skip
    parser.add_argument(
        "--family", action="append", default=[], metavar="NAME=MODEL,MODEL",
        help="models that were trained on the same data or are versions of one: they are not held against each other "
        "(default: as the label maps say); NAME=MODEL takes a model out of its family",
    )  # fmt: skip
    group = parser.add_argument_group("which structures")
    group.add_argument(
        "--min-models", type=int, default=2, metavar="N", help="known by N models (default: %(default)d)"
    )
    group.add_argument(
        "--min-case-share",
        type=arguments.share,
        default=0.0,
        metavar="SHARE",
        help="found in this share of the cases, 0 to 1",
    )
    group.add_argument(
        "--max-truncated-share", type=arguments.share, default=1.0, metavar="SHARE",
        help="truncated by the field of view in at most this share of the cases that show it, 0 to 1",
    )  # fmt: skip
    group.add_argument("--only-groups", nargs="+", default=(), metavar="GROUP", help="these groups, e.g. Ribs")
    parser.add_argument("--title", default="Which model?", help="heading of the page")
    parser.add_argument("--output", required=True, type=Path, metavar="DIR", help="folder for tables and page")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Do it; the summary has the sentence of each group.

    :param terminal: where the sentences go.
    :raises ConcordanceError: if the call is wrong or a table cannot be read.
    """
    if (args.run is None) == (args.agreement is None):
        fact = "or --agreement is needed, one of the two"
        raise ConcordanceError("--run", fact, "Give the output of concordance run.")
    place = args.run
    agreement_path = args.agreement or place / "agreement.csv"
    pairwise_path = args.pairwise or (place / "pairwise.csv" if place else None)
    if pairwise_path is None:
        raise ConcordanceError("--pairwise", "is missing", "Give pairwise.csv of the same cases.")
    cases_path = args.cases or (place / "cases.csv" if place and (place / "cases.csv").is_file() else None)
    agreement = _of_one_method(read_agreement(agreement_path))
    facts = _facts(cases_path, agreement) if cases_path else {}
    answer = which_model(
        agreement,
        read_pairwise(pairwise_path),
        rules=SelectionRules(args.min_models, args.min_case_share, args.max_truncated_share, tuple(args.only_groups)),
        families={**known_families(agreement), **_families(args.family, {row.model for row in agreement})},
        patients={case: patient for case, known in facts.items() if (patient := _patient(known))},
        facts={case: {n: v for n, v in known.items() if n not in _NO_ACQUISITION} for case, known in facts.items()},
    )
    files = write_which_model(args.output, answer, title=args.title)
    terminal.say(answer.selection.sentence)
    for sentence in filter(None, (answer.families_in_words, answer.unanswered_in_words)):
        terminal.say(sentence)
    groups = {scope.name: scope.sentence for scope in answer.scopes if scope.kind == GROUP}
    for name, sentence in groups.items():
        terminal.say(f"{name}: {sentence}")
    for path in files:
        terminal.say(str(path))
    return {"selection": answer.selection.sentence, "groups": groups, "files": [str(path) for path in files]}


def _of_one_method(rows: list[AgreementRow]) -> list[AgreementRow]:
    """The rows of the first consensus method: what was found is the same for all."""
    return [row for row in rows if row.consensus == rows[0].consensus] if rows else []


def _facts(path: Path, agreement: Sequence[AgreementRow]) -> dict[str, dict[str, str]]:
    table = read_cases(path, agreement)
    return {case: dict(zip(table.columns, values)) for case, values in table.values.items()}


def _patient(known: Mapping[str, str]) -> str:
    return next((known[name] for name in _PATIENT if known.get(name)), "")


def _families(texts: Sequence[str], models: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, members = text.partition("=")
        names = [one.strip() for one in members.split(",") if one.strip()]
        if not equals or not name.strip() or not names:
            raise ConcordanceError(f"--family {text!r}", "names no family and its models", "Write NAME=MODEL,MODEL.")
        for one in names:
            if one not in models:
                known = ", ".join(sorted(models))
                raise ConcordanceError(f"--family {text!r}", f"there is no model {one}", f"There are {known}.")
            if one in found:
                raise ConcordanceError(
                    f"--family {text!r}", f"{one} is of family {found[one]} already", "Name it once."
                )
            found[one] = name.strip()
    return found
