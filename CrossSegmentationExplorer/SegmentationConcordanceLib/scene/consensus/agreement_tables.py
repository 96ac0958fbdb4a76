"""The tables of a comparison as table nodes."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

import numpy as np
import slicer
from numpy.typing import NDArray

from ...agreement.table import AGREEMENT_COLUMNS, AgreementRow, PairwiseRow, StapleRow, heading_of
from ..table_node import TableColumn, add_table_node

_NOT_SHOWN = ("case", "series_uid")

_STAPLE_COLUMNS = {
    "structure": heading_of("structure"),
    "structure_key": heading_of("structure_key"),
    "model": ("Model", "", "A model that has a say in the structure"),
    "left_out": ("Left out", "", "The model that is held against the consensus and has no say in it"),
    "sensitivity": ("Sensitivity", "", "Share of the estimated true voxels that the model marks"),
    "specificity": ("Specificity", "", "Share of the other voxels of the region that the model leaves unmarked"),
    "margin_mm": ("Margin", "mm", "Margin of the region around all that was marked"),
    "region_ml": ("Region", "ml", "The region: it sets the prior, and thereby the result"),
    "prior": ("Prior", "", "Share of the region that is expected to be the structure"),
}


def add_agreement_table(scene: slicer.vtkMRMLScene, name: str, rows: Sequence[AgreementRow]) -> slicer.vtkMRMLTableNode:
    """The rows in the order given; columns as in agreement.csv, without case and series, which are the volume.

    :param rows: of one case; without any the table has its columns only.
    """
    columns = [
        TableColumn(column, [getattr(row, column) for row in rows], title, description, unit)
        for column, (title, unit, description) in ((name, heading_of(name)) for name in AGREEMENT_COLUMNS)
        if column not in _NOT_SHOWN
    ]
    return add_table_node(scene, name, columns)


def add_pairwise_table(
    scene: slicer.vtkMRMLScene, name: str, models: Sequence[str], rows: Sequence[PairwiseRow]
) -> slicer.vtkMRMLTableNode:
    """Who agrees with whom: one row and column per model, mean Dice over the structures that both know.

    A cell is nan where two models share no structure.

    :param models: in the order of rows and columns.
    :param rows: of one case; a pair without a Dice does not count.
    """
    means = mean_pairwise_dice(models, rows)
    columns = [TableColumn("model", list(models), "Model")]
    for column, model in enumerate(models):
        about = f"Mean Dice with {model} over the structures that both know"
        columns.append(TableColumn(model, means[:, column].tolist(), model, about))
    return add_table_node(scene, name, columns)


def mean_pairwise_dice(models: Sequence[str], rows: Sequence[PairwiseRow]) -> NDArray[np.float64]:
    """Mean Dice of every two models over the structures that both know: (n, n), symmetric, 1 on the diagonal.

    Structures that neither of the two found do not count; nan where there is no other.

    :param models: in the order of both axes.
    :param rows: of any number of cases and structures, either order of the two models.
    :returns: float64.
    """
    of_pair: dict[frozenset[str], list[float]] = {}
    for row in rows:
        if row.dice is not None:
            of_pair.setdefault(frozenset((row.model_a, row.model_b)), []).append(row.dice)
    means = np.eye(len(models))
    for a, model_a in enumerate(models):
        for b, model_b in enumerate(models):
            if a != b:
                found = of_pair.get(frozenset((model_a, model_b)))
                means[a, b] = mean(found) if found else np.nan
    return means


def add_staple_table(scene: slicer.vtkMRMLScene, name: str, rows: Sequence[StapleRow]) -> slicer.vtkMRMLTableNode:
    """What STAPLE estimated; columns as in staple.csv, without the case.

    :param rows: of one case; without any the table has its columns only.
    """
    columns = [
        TableColumn(column, [getattr(row, column) for row in rows], title, description, unit)
        for column, (title, unit, description) in _STAPLE_COLUMNS.items()
    ]
    return add_table_node(scene, name, columns)
