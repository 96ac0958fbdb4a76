"""Small models on a grid of 2 ml voxels."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import pytest

from SegmentationConcordanceLib.agreement.models import ModelSegmentation
from SegmentationConcordanceLib.anatomy.concepts import CodedConcept, CodedStructure
from SegmentationConcordanceLib.anatomy.identity import structure_identity
from SegmentationConcordanceLib.imaging.geometry import Geometry
from SegmentationConcordanceLib.imaging.label_map import LabelMap, Segment

ANATOMICAL_STRUCTURE = CodedConcept("123037004", "SCT", "Anatomical Structure")


def coded(value: str, meaning: str) -> CodedStructure:
    return CodedStructure(ANATOMICAL_STRUCTURE, CodedConcept(value, "SCT", meaning))


SPLEEN = coded("78961009", "Spleen")
LIVER = coded("10200004", "Liver")
AORTA = coded("15825003", "Aorta")


@pytest.fixture(scope="session")
def statistics() -> None:
    """Skips where the packages for models over patients are missing; loading them takes a second."""
    pytest.importorskip("statsmodels", reason="needs statsmodels: make setup-test")
    pytest.importorskip("scikit_posthocs", reason="needs scikit-posthocs: make setup-test")


@pytest.fixture
def structures() -> dict[str, CodedStructure]:
    return {"spleen": SPLEEN, "liver": LIVER, "aorta": AORTA}


@pytest.fixture
def make_model() -> Callable[..., ModelSegmentation]:
    """make_model(name, layers, {label or (layer, label): structure or text}, vocabulary) on voxels of 2 ml."""

    def make(
        name: str,
        layers: list[np.ndarray],
        meaning: dict[int | tuple[int, int], CodedStructure | str],
        vocabulary: Iterable[CodedStructure] = (),
    ) -> ModelSegmentation:
        layers = [np.asarray(layer, dtype=np.uint8) for layer in layers]
        geometry = Geometry.from_parts(layers[0].shape, (10.0, 10.0, 20.0), (0.0, 0.0, 0.0), np.eye(3))
        segments = []
        for place, what in meaning.items():
            layer, label = place if isinstance(place, tuple) else (0, place)
            text, structure = (what, None) if isinstance(what, str) else (what.type.meaning.lower(), what)
            segments.append(Segment(label, text, structure, (10 * label, 0, 0), layer))
        known = frozenset(structure_identity(structure) for structure in vocabulary)
        return ModelSegmentation(name, LabelMap(tuple(layers), geometry, tuple(segments)), known)

    return make
