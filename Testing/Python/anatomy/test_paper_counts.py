"""How many structures the models have: the paper's numbers from its own scope by name, ours by code."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

from SegmentationConcordanceLib.anatomy.groups import group_of, shipped_groups
from SegmentationConcordanceLib.anatomy.structure_table import structure_table
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary, shipped_vocabularies

SIX = ("totalsegmentator_v1", "totalsegmentator_v2", "auto3dseg", "multitalent", "moose", "cads")


def counted(models_of: dict) -> tuple[int, int, list[int], Counter]:
    """(all, in two or more models, [in six, five, four, three, two models], by model those that it alone has)."""
    how_many = Counter(len(models) for models in models_of.values())
    alone = Counter(next(iter(models)) for models in models_of.values() if len(models) == 1)
    several = sum(count for models, count in how_many.items() if models > 1)
    return len(models_of), several, [how_many[n] for n in (6, 5, 4, 3, 2)], alone


def read(path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_papers_numbers_from_its_own_scope_by_name(shared_reference):
    models_of = defaultdict(set)
    for model in SIX:
        for row in read(shared_reference / "labelmaps" / f"{model}.csv"):
            if row["in_paper_mapping"] == "yes":
                models_of[row["harmonized_name"]].add(model)
    # The paper also counts three names of TotalSegmentator's task for MR.
    for row in read(shared_reference / "structures.csv"):
        if row["totalsegmentator_v2_scope"] == "mr_only":
            models_of[row["name"]].add("totalsegmentator_v2")
    total, several, by_models, alone = counted(models_of)
    assert (total, several, by_models) == (326, 130, [91, 7, 5, 21, 6])
    assert alone == {"totalsegmentator_v2": 116, "cads": 53, "moose": 27}


def test_our_numbers_by_code():
    rows = structure_table(map(load_vocabulary, SIX))
    total, several, by_models, alone = counted({row.identity: set(row.labels) for row in rows})
    assert (total, several, by_models) == (365, 145, [97, 1, 11, 16, 20])
    assert alone == {"totalsegmentator_v2": 138, "cads": 51, "moose": 31}
    assert len(structure_table(map(load_vocabulary, shipped_vocabularies()))) == 377


def test_the_docs_state_both(repository):
    documented = (repository / "docs" / "label_maps.md").read_text(encoding="utf-8")
    assert "| the paper, by name | 326 | 130 | 91 | 7 | 5 | 21 | 6 | 116 | 53 | 27 |" in documented
    assert "| these maps, by code | 365 | 145 | 97 | 1 | 11 | 16 | 20 | 138 | 51 | 31 |" in documented


def test_the_docs_have_the_table_of_groups_and_maps(repository):
    documented = (repository / "docs" / "label_maps.md").read_text(encoding="utf-8")
    names = shipped_vocabularies()
    rows = structure_table(map(load_vocabulary, names))
    for title in (group.title for group in shipped_groups()):
        members = [row for row in rows if group_of(row.name, shipped_groups()) == title]
        counts = [len(members), *(sum(name in row.labels for row in members) for name in names)]
        assert f"| {title} | {' | '.join(map(str, counts))} |" in documented
