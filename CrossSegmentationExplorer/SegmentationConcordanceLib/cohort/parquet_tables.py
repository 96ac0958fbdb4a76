"""The tables of a cohort as Parquet, in folders by case, with a manifest: for pandas, DuckDB, Spark and the like.

``parquet/agreement/case=P01/part.parquet`` holds the rows of one case; the name of the folder is the column ``case``,
as in Hive. manifest.json says by which version, with which settings and of which contents they were made.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .. import __version__
from ..agreement.table import AgreementRow, PairwiseRow, StapleRow
from ..csv_tables import table_lines
from ..errors import ConcordanceError
from ..imaging.whole_files import whole_file
from ..reporting.case_files import AGREEMENT_FILE, PAIRWISE_FILE, STAPLE_FILE
from .case_comparison import Settings
from .case_work import CaseTask, text_of_settings

PARQUET = "parquet"
MANIFEST_FILE = "manifest.json"
_CASE = "case"
_ROWS = {AGREEMENT_FILE: AgreementRow, PAIRWISE_FILE: PairwiseRow, STAPLE_FILE: StapleRow}
_TYPES = {"str": "string", "int": "int64", "float | None": "float64", "float": "float64", "int | None": "int64"}


def require_parquet() -> Any:
    """pyarrow.

    :raises ConcordanceError: it is not installed.
    """
    try:
        import pyarrow.parquet
    except ImportError as error:
        remedy = "Install it: pip install 'segmentation-concordance[cohort]'."
        raise ConcordanceError("Parquet", "needs the Python package pyarrow", remedy) from error
    return pyarrow


def write_parquet(output: Path, compared: Sequence[CaseTask], settings: Settings) -> Path:
    """Write the tables of all cases; a part whose rows are as the manifest says is left as it is.

    :returns: the manifest.
    :raises OutputError: a file cannot be written.
    """
    arrow = require_parquet()
    folder = output / PARQUET
    before = _parts_before(folder / MANIFEST_FILE)
    parts: dict[str, dict[str, object]] = {}
    for name, row_type in _ROWS.items():
        for task in compared:
            source = task.folder / name
            if not source.is_file():
                continue
            part = f"{name.removesuffix('.csv')}/{_CASE}={quote(task.case.name, safe='')}/part.parquet"
            digest = hashlib.sha256(source.read_bytes()).hexdigest()
            known = before.get(part)
            if known and known["csv_sha256"] == digest and (folder / part).is_file():
                parts[part] = known
                continue
            table = arrow.table(_columns(source, row_type), schema=_schema(arrow, row_type))
            with whole_file(folder / part) as temporary:
                arrow.parquet.write_table(table, temporary, compression="zstd")
            parts[part] = {"rows": table.num_rows, "csv_sha256": digest}
    for part in before.keys() - parts.keys():
        (folder / part).unlink(missing_ok=True)
    manifest = {"version": __version__, "settings": json.loads(text_of_settings(settings)), "parts": parts}
    with whole_file(folder / MANIFEST_FILE) as temporary:
        temporary.write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="ascii")
    return folder / MANIFEST_FILE


def _parts_before(path: Path) -> dict[str, dict[str, object]]:
    try:
        return dict(json.loads(path.read_text(encoding="ascii"))["parts"])
    except (OSError, ValueError, TypeError, KeyError):
        return {}


def _schema(arrow: Any, row_type: type) -> Any:
    return arrow.schema([(field.name, _TYPES.get(str(field.type), "string")) for field in _fields(row_type)])


def _fields(row_type: type) -> Iterator[Any]:
    return (field for field in fields(row_type) if field.name != _CASE)


def _columns(source: Path, row_type: type) -> dict[str, list]:
    lines = [cells for _, cells in table_lines(source, verbatim=True)]
    return {
        field.name: [_value(line.get(field.name) or "", _TYPES.get(str(field.type), "string")) for line in lines]
        for field in _fields(row_type)
    }


def _value(text: str, kind: str) -> str | int | float | None:
    if kind == "string":
        return text
    return None if text == "" else int(text) if kind == "int64" else float(text)
