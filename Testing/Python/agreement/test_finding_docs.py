"""The tables of docs/findings.md are those of the code."""

from __future__ import annotations

import importlib.util
from pathlib import Path

TOP = Path(__file__).resolve().parents[3]


def test_the_tables_of_findings_are_up_to_date():
    spec = importlib.util.spec_from_file_location("update_finding_docs", TOP / "Scripts" / "update_finding_docs.py")
    docs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(docs)
    text = docs.FILE.read_text(encoding="utf-8")
    assert docs.updated(text) == text, "run Scripts/update_finding_docs.py"
    assert "| `label_shift` | Names shifted |" in text
