"""The report: one HTML file that holds its data, its style, its scripts and the plotting library."""

from __future__ import annotations

import base64
import hashlib
import html
import os
from collections.abc import Sequence
from pathlib import Path
from string import Template
from urllib.parse import quote

from ..agreement.finding import finding_json
from ..agreement.table import AgreementRow, PairwiseRow
from ..agreement.table_findings import NO_FINDING, worst_findings
from ..imaging.whole_files import whole_files
from .case_table import NO_CASES, CaseTable
from .page_data import (
    agreement_columns,
    cases_for_page,
    embedded_json,
    groups_for_page,
    identifiers_for_page,
    pairwise_columns,
)

DATA_SUFFIX = ".data.js"

_FOLDER = Path(__file__).parent
_PLOTS = "page/plots/*.js"
"""Every file there is one plot, which puts itself in its place: they may come in any order."""
_SCRIPTS = (
    "vendor/echarts.min.js",
    "page/columns.js",
    "page/rows.js",
    "page/looks.js",
    "page/elements.js",
    "page/statistics.js",
    "page/case_facts.js",
    "page/choice.js",
    "page/gaps.js",
    "page/filter.js",
    "page/cells.js",
    "page/picker.js",
    "page/controls.js",
    "page/roving.js",
    "page/overview.js",
    "page/dice_color.js",
    "page/pair_map.js",
    "page/matrix.js",
    "page/hover.js",
    "page/plot.js",
    "page/structure_axis.js",
    _PLOTS,
    "page/cases.js",
    "page/details.js",
    "page/table.js",
    "page/table_svg.js",
    "page/plot_svg.js",
    "page/export.js",
    "page/report.js",
)


def write_report(
    path: str | os.PathLike[str],
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow] = (),
    *,
    title: str,
    notes: Sequence[str] = (),
    cases: CaseTable = NO_CASES,
    viewer: str = "",
    data_beside: bool = False,
) -> None:
    """Write the report, whole or not at all. It opens from disk and asks the network for nothing.

    Text of the rows is untrusted: it is shown as text and never read as HTML. A content security policy allows the
    scripts written here, by their hashes, and no other.

    :param agreement: rows of any number of cases and consensus methods, in the order in which structures and models
        are to be shown; may be empty.
    :param pairwise: tells which models agree with each other, and who stands out in the worst findings.
    :param title: heading of the page.
    :param notes: sentences on what was compared and how, e.g. what was left out.
    :param cases: what is known of the cases: codes to show, acquisition, DICOM identifiers.
    :param viewer: template of the link to a browser viewer, an http or https address with fields in braces behind its
        "?": study, ct, segs, series, seg, structure; empty for no links.
    :param data_beside: write the data into a second file, ``<name of the page>.data.js``, for more rows than one page
        should carry. The two stay together; the policy then also allows scripts from the page's own folder.
    :raises OutputError: the file cannot be written.
    """
    data = {
        "title": title,
        "notes": list(notes),
        "findings": [finding_json(one) for one in worst_findings(agreement, pairwise, case_labels=cases.labels)],
        "no_finding": NO_FINDING,
        "agreement": agreement_columns(agreement),
        "pairs": pairwise_columns(pairwise),
        "groups": groups_for_page(agreement),
        "cases": cases_for_page(cases, {row.case for row in agreement}),
        "dicom": identifiers_for_page(cases, {row.case for row in agreement}),
        "viewer": viewer,
    }
    path = Path(path)
    scripts = [file.read_text(encoding="utf-8") for name in _SCRIPTS for file in sorted(_FOLDER.glob(name))]
    held = embedded_json(data)
    beside = path.with_name(f"{path.stem}{DATA_SUFFIX}")
    source = f'<script src="{html.escape(quote(os.fsencode(beside.name)))}"></script>' if data_beside else ""
    page = Template(_part("page/report.html")).substitute(
        title=html.escape(title),
        policy=_content_security_policy(scripts, data_beside),
        style=_part("page/report.css"),
        data="" if data_beside else held,
        scripts="\n".join([source, *(f"<script>{script}</script>" for script in scripts)]),
    )
    with whole_files(path, *([beside] if data_beside else [])) as (temporary, *others):
        temporary.write_text(page, encoding="utf-8", errors="backslashreplace", newline="\n")
        for other in others:
            other.write_text(f"window.REPORT_DATA = {held};\n", encoding="ascii")


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _content_security_policy(scripts: Sequence[str], own_folder: bool) -> str:
    """Nothing from anywhere; scripts by hash; style attributes, which the plotting library sets."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests) + (" 'self'" if own_folder else "")
    return f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
