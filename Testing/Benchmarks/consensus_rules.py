"""Which consensus blames the right model: candidates for the default, measured on the sample's planted errors.

Writes the table of docs/measures.md. It is no matter of time: run it after a change of a rule or of the sample.

    python Testing/Benchmarks/consensus_rules.py --seeds 20
"""

from __future__ import annotations

import argparse
import csv
import itertools
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean

import numpy as np
import SimpleITK

from SegmentationConcordanceLib.agreement.comparison import Comparison, compare_models
from SegmentationConcordanceLib.agreement.consensus import Consensus, LeaveOneOut, leave_one_out
from SegmentationConcordanceLib.agreement.finders import of_finders
from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.agreement.overlap import dice
from SegmentationConcordanceLib.agreement.subset import with_models
from SegmentationConcordanceLib.agreement.votes import majority, strict_intersection
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary
from SegmentationConcordanceLib.imaging.harmonization import output_on_grid
from SegmentationConcordanceLib.imaging.image_series import read_image_series
from SegmentationConcordanceLib.sample.cohort import Sample, SampleCase, make_sample

DOCUMENT = Path(__file__).parents[2] / "docs" / "measures.md"
BEGIN, END = "<!-- made by Testing/Benchmarks/consensus_rules.py -->", "<!-- end -->"

Values = dict[str, list[float | None]]
"""By structure, a number per model; None for a model that does not know it or has no number."""


def against(comparison: Comparison, consensus: Consensus | LeaveOneOut, *, missing_is_zero: bool) -> Values:
    """Dice of each model with its consensus."""
    own = comparison.model_counts()
    reference = consensus.reference_counts(comparison)
    common = consensus.common_counts(comparison)
    values: Values = {}
    for index, structure in enumerate(comparison.structures):
        of_models: list[float | None] = []
        for bit in range(len(comparison.models)):
            if not structure.voters >> bit & 1 or structure.n_voters < 2:
                of_models.append(None)
            elif not own[index, bit] and missing_is_zero:
                of_models.append(0.0)
            else:
                of_models.append(dice(int(own[index, bit]), int(reference[index, bit]), int(common[index, bit])))
        values[structure.name] = of_models
    return values


def mean_of_pairs(comparison: Comparison) -> Values:
    """Mean pairwise Dice of each model with the others that know the structure."""
    members, own = comparison.pattern_members(), comparison.model_counts()
    values: Values = {}
    for index, structure in enumerate(comparison.structures):
        known = [bit for bit in range(len(comparison.models)) if structure.voters >> bit & 1]
        of_pair = defaultdict(list)
        for a, b in itertools.combinations(known, 2):
            common = int(comparison.counts[index] @ (members[:, a] & members[:, b]))
            found = dice(int(own[index, a]), int(own[index, b]), common)
            for bit in (a, b) if found is not None else ():
                of_pair[bit].append(found)
        values[structure.name] = [mean(of_pair[bit]) if of_pair[bit] else None for bit in range(len(comparison.models))]
    return values


RULES: dict[str, Callable[[Comparison], Values]] = {
    "intersection of all that know it (published)": lambda c: against(c, strict_intersection(c), missing_is_zero=False),
    "majority of all that know it": lambda c: against(c, majority(c), missing_is_zero=False),
    "majority of the finders, a miss is 0": lambda c: against(c, majority(of_finders(c)), missing_is_zero=True),
    "majority of the other finders, a miss is 0": lambda c: against(
        c, leave_one_out(of_finders(c), majority), missing_is_zero=True
    ),
    "mean Dice with every other model": mean_of_pairs,
}


@dataclass
class Score:
    """What was counted of one rule.

    :param blamed: of each planted structure, whether a model with the error is alone at the end of the list.
    :param gaps: how far the worst of the models without error lies above the worst with one.
    :param off: of each model without error on such a structure, how far its number lies below its Dice to the truth.
    :param off_anywhere: of every model and structure, how far the number is from the Dice to the truth.
    :param missing_wins: structures on which a model that missed it stands above one that found it.
    """

    blamed: list[bool] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)
    off: list[float] = field(default_factory=list)
    off_anywhere: list[float] = field(default_factory=list)
    missing_wins: int = 0


def judge(
    score: Score, values: Values, truth: Values, missed: dict[str, list[bool]], wrong: dict[str, set[int]]
) -> None:
    """Add one comparison. ``wrong``: by structure, the models with a planted error on it."""
    for structure, of_models in values.items():
        true = truth.get(structure)
        if true is None:
            continue
        numbers = {bit: number for bit, number in enumerate(of_models) if number is not None}
        score.off_anywhere += [abs(number - (true[bit] or 0.0)) for bit, number in numbers.items()]
        finders = [number for bit, number in numbers.items() if not missed[structure][bit]]
        missing = [
            of_models[bit] if of_models[bit] is not None else 1.0
            for bit, is_missed in enumerate(missed[structure])
            if is_missed
        ]
        score.missing_wins += bool(finders and missing and max(missing) > min(finders))
        guilty = wrong.get(structure, set())
        right = [number for bit, number in numbers.items() if bit not in guilty]
        if not guilty or len(right) <= len(guilty):
            continue
        # Without a number nobody is told that the model failed.
        lowest = min(numbers.get(bit, 1.0) for bit in guilty)
        score.blamed.append(lowest < min(right))
        score.gaps.append(min(right) - lowest)
        score.off += [(true[bit] or 0.0) - number for bit, number in numbers.items() if bit not in guilty]


def measure(seeds: Iterable[int], size: str, n_models: int) -> dict[str, Score]:
    """Every rule on every case of the sample of each seed, with every choice of so many models of its six."""
    scores = {rule: Score() for rule in RULES}
    for comparison, truth, wrong in cases(seeds, size):
        for chosen in itertools.combinations(range(len(comparison.models)), n_models):
            compared = with_models(comparison, [comparison.models[bit] for bit in chosen])
            missed = {
                s.name: [bool(s.voters >> bit & 1) and not n for bit, n in enumerate(counts)]
                for s, counts in zip(compared.structures, compared.model_counts().tolist())
            }
            here = {s: {chosen.index(bit) for bit in bits if bit in chosen} for s, bits in wrong.items()}
            true = {s: [of_models[bit] for bit in chosen] for s, of_models in truth.items()}
            for rule, score in scores.items():
                judge(score, RULES[rule](compared), true, missed, here)
    return scores


def cases(seeds: Iterable[int], size: str) -> Iterator[tuple[Comparison, Values, dict[str, set[int]]]]:
    """Of each case the counts, each model's Dice to the truth, and who has a planted error on which structure."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            sample = make_sample(Path(folder) / "sample", size=size, seed=seed)
            for case in sample.cases:
                geometry = read_image_series(case.ct_folder).geometry
                models = []
                for output in case.outputs:
                    vocabulary = load_vocabulary(output.label_map_name)
                    read = output_on_grid(output.paths, vocabulary, geometry, output.task)
                    known = frozenset().union(*(vocabulary.for_task(task).identities for task in read.tasks))
                    models.append(ModelSegmentation(output.title, read.label_map, known))
                comparison = compare_models(models)
                yield comparison, _true_dice(case, models, comparison), _wrong(sample, case)


def _wrong(sample: Sample, case: SampleCase) -> dict[str, set[int]]:
    order = [output.label_map_name for output in case.outputs]
    wrong: dict[str, set[int]] = {}
    for error in sample.planted_errors:
        if error.case == case.name:
            for structure in error.structures:
                wrong.setdefault(structure, set()).add(order.index(error.model))
    return wrong


def _true_dice(case: SampleCase, models: list[ModelSegmentation], comparison: Comparison) -> Values:
    truth = SimpleITK.GetArrayFromImage(SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(case.truth)), "LPS"))
    with case.truth.with_suffix("").with_suffix(".csv").open(encoding="utf-8", newline="") as stream:
        labels = {line["structure"]: list(map(int, line["labels"].split())) for line in csv.DictReader(stream)}
    keys = {structure.identity: structure.name for structure in comparison.structures}
    values: Values = {}
    for bit, model in enumerate(models):
        masks: dict[str, np.ndarray] = {}
        for segment in model.label_map.segments:
            name = keys[model.structure_of(segment)]
            mask = model.label_map.mask(segment)
            masks[name] = masks[name] | mask if name in masks else mask
        for structure, mask in masks.items():
            if structure in labels:
                true = np.isin(truth, labels[structure])
                of_models = values.setdefault(structure, [None] * len(models))
                of_models[bit] = dice(int(mask.sum()), int(true.sum()), int((mask & true).sum()))
    return values


def table(scores: dict[str, Score]) -> list[str]:
    """The scores as lines of Markdown."""
    lines = [
        "| each model is held against | erring model alone at the end | gap to the next |"
        " models without error are rated too low by | all rows: distance from the Dice to the truth |"
        " a miss stands above a find |",
        "|---|---|---|---|---|---|",
    ]
    for rule, score in scores.items():
        lines.append(
            f"| {rule} | {sum(score.blamed)} of {len(score.blamed)} ({mean(score.blamed):.1%}) |"
            f" {mean(score.gaps):.3f} | {mean(score.off):.3f} | {mean(score.off_anywhere):.3f} |"
            f" {score.missing_wins} |"
        )
    return lines


def main() -> None:
    """Measure, print, and write the document's table where asked to."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--seeds", type=int, default=20, help="how many samples (default: %(default)d)")
    parser.add_argument("--size", default="small", choices=("small", "full"))
    parser.add_argument("--write", action="store_true", help=f"write the tables into docs/{DOCUMENT.name}")
    args = parser.parse_args()
    parts = []
    for n_models, words in ((6, "All six models"), (4, "Every four of them"), (3, "Every three of them")):
        scores = measure(range(args.seeds), args.size, n_models)
        parts += [f"{words}, {args.seeds} seeds, {args.size} sample:", "", *table(scores), ""]
    text = "\n".join(parts)
    sys.stdout.write(text)
    if args.write:
        whole = DOCUMENT.read_text(encoding="utf-8")
        pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
        DOCUMENT.write_text(pattern.sub(lambda _: f"{BEGIN}\n\n{text.strip()}\n\n{END}", whole), encoding="utf-8")


if __name__ == "__main__":
    main()
