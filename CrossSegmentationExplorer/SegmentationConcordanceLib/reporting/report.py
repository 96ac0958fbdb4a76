"""The report: one HTML file that holds its data, its style, its scripts and the plotting library."""

from __future__ import annotations

import base64
import hashlib
import html
import os
from collections.abc import Sequence
from pathlib import Path
from string import Template

from ..agreement.table import AgreementRow, PairwiseRow
from ..imaging.whole_files import whole_file
from .findings import worst_findings
from .page_data import agreement_columns, embedded_json, mean_pairwise_dice

_FOLDER = Path(__file__).parent
_SCRIPTS = (
    "vendor/echarts.min.js",
    "page/rows.js",
    "page/looks.js",
    "page/elements.js",
    "page/hover.js",
    "page/dice_plot.js",
    "page/share_plot.js",
    "page/pairs.js",
    "page/table.js",
    "page/selection.js",
    "page/report.js",
)


def write_report(
    path: str | os.PathLike[str],
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow] = (),
    *,
    title: str,
    notes: Sequence[str] = (),
) -> None:
    """Write the report, whole or not at all. It opens from disk and asks the network for nothing.

    Text of the rows is untrusted: it is shown as text and never read as HTML. A content security policy allows the
    scripts written here, by their hashes, and no other.

    :param agreement: rows of any number of cases and consensus methods, in the order in which structures and models
        are to be shown; may be empty.
    :param pairwise: tells which models agree with each other, and who stands out in the worst findings.
    :param title: heading of the page.
    :param notes: sentences on what was compared and how, e.g. what was left out.
    :raises OutputError: the file cannot be written.
    """
    data = {
        "title": title,
        "notes": list(notes),
        "findings": worst_findings(agreement, pairwise),
        "agreement": agreement_columns(agreement),
        "pairs": mean_pairwise_dice(pairwise),
    }
    scripts = [_part(name) for name in _SCRIPTS]
    page = Template(_part("page/report.html")).substitute(
        title=html.escape(title),
        policy=_content_security_policy(scripts),
        style=_part("page/report.css"),
        data=embedded_json(data),
        scripts="\n".join(f"<script>{script}</script>" for script in scripts),
    )
    with whole_file(path) as temporary:
        temporary.write_text(page, encoding="utf-8", errors="backslashreplace", newline="\n")


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _content_security_policy(scripts: Sequence[str]) -> str:
    """Nothing from anywhere; scripts by hash; style attributes, which the plotting library sets."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
