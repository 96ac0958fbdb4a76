"""The place of a finding lies in the error, where another model failed on the same structure in another way."""

from __future__ import annotations

import numpy as np
import pytest

from agreement.bricks import LABEL, model, place_in, scan
from SegmentationConcordanceLib.agreement.analysis import Analysis
from SegmentationConcordanceLib.agreement.findings import findings_of


@pytest.mark.parametrize(
    ("kind", "taken_by"), [("split", "rib_left_13"), ("includes_neighbour", "vertebrae_T7"), ("merged", "vertebrae_T5")]
)
def test_the_place_is_where_the_model_has_another_structure(kind, taken_by):
    """Of T6 "Odd" calls a part, or all of it, by another name; "Short" has nothing there. At the other end of T6 "Odd"
    alone has a voxel too many: what is held against it alone is that voxel."""
    part = scan() == LABEL["vertebrae_T6"]
    if kind != "merged":
        part[28 if kind == "split" else 27 :] = False
    odd, short = scan(), scan()
    odd[part], short[part] = LABEL[taken_by], 0
    odd[30:32, 23, 29:31] = LABEL["vertebrae_T6"] if kind != "merged" else 0
    models = [model("Odd", odd), model("Short", short), *(model(f"M{n}", scan()) for n in range(4))]
    analysis = Analysis(models, case="case-01", series_uid="")
    told = findings_of("case-01", analysis.comparison, analysis.boxes)
    (finding,) = [one for one in told if one.kind == kind]
    assert finding.models == ("Odd",)
    assert place_in(finding, part.astype(np.uint8)) == 1
