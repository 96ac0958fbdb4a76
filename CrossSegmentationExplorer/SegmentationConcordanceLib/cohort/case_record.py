"""What was done on a case, kept beside its results: by it a later run knows what need not be done again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from ..imaging.whole_files import whole_file

RECORD_FILE = "case.json"


@dataclass(frozen=True)
class CaseRecord:
    """The record of one case.

    :param made_from: fingerprint of all that the results depend on; "" where something failed.
    :param segs: by file name in the case's folder: what it was made from, and the hash of its content.
    :param results: by file name the hash of each result.
    :param inputs: by path: stamp and hash, so that an unchanged file is not read again.
    :param study_uid: StudyInstanceUID of the image; "" where there is none.
    :param seg_uids: SeriesInstanceUIDs of each model's SEG, several where it is in parts; of the consensus under "".
    :param notes: sentences that were said about the case.
    """

    made_from: str = ""
    segs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    results: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, list[str]] = field(default_factory=dict)
    study_uid: str = ""
    seg_uids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def read_record(folder: Path) -> CaseRecord:
    """The record in a case's folder; an empty one where there is none, or none that can be read."""
    try:
        held = json.loads((folder / RECORD_FILE).read_text(encoding="utf-8", errors="surrogateescape"))
        segs = {name: (made, digest) for name, (made, digest) in held.pop("segs").items()}
        uids = {model: tuple(own) for model, own in held.pop("seg_uids").items()}
        return CaseRecord(segs=segs, seg_uids=uids, notes=tuple(held.pop("notes")), **held)
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return CaseRecord()  # work is done again rather than trusted to a record that is not whole


def write_record(folder: Path, record: CaseRecord) -> None:
    """Write the record, whole or not at all.

    :raises OutputError: it cannot be written.
    """
    with whole_file(folder / RECORD_FILE) as temporary:
        temporary.write_text(json.dumps(asdict(record), indent=1) + "\n", encoding="ascii")
