"""The report: one HTML file that holds its data, its style, its scripts and the plotting library."""

from __future__ import annotations

import base64
import hashlib
import html
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from ..agreement.finding import Finding, finding_json
from ..agreement.severity import estimate_note
from ..agreement.share_bands import SHARE_BANDS
from ..agreement.table import AgreementRow, PairwiseRow
from ..agreement.table_findings import NO_FINDING, worst_findings
from ..imaging.whole_files import whole_file, whole_files
from .answer import answer
from .case_table import NO_CASES, CaseTable
from .page_data import (
    agreement_columns,
    cases_for_page,
    embedded_json,
    groups_for_page,
    identifiers_for_page,
    measures_for_page,
    pairwise_columns,
    spreads_for_page,
)
from .pictures import Picture, ShownPictures, pictures_of_findings

DATA_SUFFIX = ".data.js"
MOST_FINDINGS = 200
MOST_PICTURES = 200

_FOLDER = Path(__file__).parent
_PLOTS = "page/plots/*.js"
"""Every file there is one plot, which puts itself in its place: they may come in any order."""
_SCRIPTS = (
    "vendor/echarts.min.js",
    "page/columns.js",
    "page/rows.js",
    "page/looks.js",
    "page/elements.js",
    "page/theme.js",
    "page/statistics.js",
    "page/case_facts.js",
    "page/choice.js",
    "page/gaps.js",
    "page/filter.js",
    "page/cells.js",
    "page/picker.js",
    "page/controls.js",
    "page/roving.js",
    "page/picture.js",
    "page/findings.js",
    "page/overview.js",
    "page/dice_color.js",
    "page/pair_map.js",
    "page/matrix.js",
    "page/map_order.js",
    "page/known_to_one.js",
    "page/model_map.js",
    "page/table.js",
    "page/hover.js",
    "page/plot.js",
    "page/structure_axis.js",
    _PLOTS,
    "page/cases.js",
    "page/details.js",
    "page/table_svg.js",
    "page/plot_svg.js",
    "page/export.js",
    "page/review.js",
    "page/report.js",
)
_STYLES = (
    "page/styles/colors.css",
    "page/styles/frame.css",
    "page/styles/model_map.css",
    "page/styles/findings.css",
    "page/styles/overview.css",
    "page/styles/details.css",
    "page/styles/tables.css",
    "page/styles/narrow.css",
    "page/styles/print.css",
    "page/styles/review.css",
)
"""In this order: of two rules that are as strong the later one counts."""


def write_report(
    path: str | os.PathLike[str],
    agreement: Sequence[AgreementRow],
    pairwise: Sequence[PairwiseRow] = (),
    *,
    title: str,
    notes: Sequence[str] = (),
    cases: CaseTable = NO_CASES,
    viewer: str = "",
    findings: Sequence[Finding] | None = None,
    pictures: Sequence[Picture] = (),
    data_beside: bool = False,
    review: Mapping[str, Any] | None = None,
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
    :param findings: the gravest first, as the voxels tell them; None for those that the tables tell.
    :param pictures: of findings; at most ``MOST_PICTURES`` of those that the page's findings show are kept.
    :param data_beside: write the data into a second file, ``<name of the page>.data.js``, for more rows than one page
        should carry. The two stay together; the policy then also allows scripts from the page's own folder.
    :param review: what readers said, as :func:`..review.report_section.report_section` gives it; None for no section.
    :raises OutputError: the file cannot be written.
    """
    if findings is None:
        findings = worst_findings(agreement, pairwise, limit=MOST_FINDINGS, case_labels=cases.labels)
    findings = findings[:MOST_FINDINGS]
    shown = pictures_of_findings(findings, pictures, MOST_PICTURES)
    data = {
        "title": title,
        "notes": [*notes, *filter(None, [estimate_note(agreement)])],
        "viewer": viewer,
        "review": review,
        **_data_of_findings(agreement, findings, shown),
        **_data_of_tables(agreement, pairwise, cases),
    }
    held, drawn = embedded_json(data), [embedded_json(picture.data) for picture in shown.pictures]
    path = Path(path)
    if not data_beside:
        with whole_file(path) as temporary:
            _write_page(temporary, title, data=held, pictures="\n".join(map(_picture_element, drawn)))
        return
    beside = path.with_name(f"{path.stem}{DATA_SUFFIX}")
    with whole_files(path, beside) as (temporary, other):
        _write_page(temporary, title, data_file=beside.name)
        # Pictures as texts, which the page reads one by one where they are looked at.
        other.write_text(
            f"window.REPORT_DATA = {held};\nwindow.REPORT_PICTURES = {embedded_json(drawn)};\n", encoding="ascii"
        )


def _write_page(path: Path, title: str, *, data: str = "", pictures: str = "", data_file: str = "") -> None:
    scripts = [file.read_text(encoding="utf-8") for name in _SCRIPTS for file in sorted(_FOLDER.glob(name))]
    source = f'<script src="{html.escape(quote(os.fsencode(data_file)))}"></script>' if data_file else ""
    page = Template(_part("page/report.html")).substitute(
        title=html.escape(title),
        policy=_content_security_policy(scripts, own_folder=bool(data_file)),
        style="".join(map(_part, _STYLES)),
        data=data,
        pictures=pictures,
        scripts="\n".join([source, *(f"<script>{script}</script>" for script in scripts)]),
    )
    path.write_text(page, encoding="utf-8", errors="backslashreplace", newline="\n")


def _data_of_findings(
    agreement: Sequence[AgreementRow], findings: Sequence[Finding], shown: ShownPictures
) -> dict[str, Any]:
    return {
        "answer": answer(agreement, findings),
        "findings": [finding_json(one) | {"picture": number} for one, number in zip(findings, shown.numbers)],
        "pictures": [[picture.case, picture.structure] for picture in shown.pictures],
        "no_finding": NO_FINDING,
    }


def _data_of_tables(
    agreement: Sequence[AgreementRow], pairwise: Sequence[PairwiseRow], cases: CaseTable
) -> dict[str, Any]:
    present = {row.case for row in agreement}
    return {
        "agreement": agreement_columns(agreement),
        "pairs": pairwise_columns(pairwise),
        "spreads": spreads_for_page(agreement),
        "share_bands": SHARE_BANDS,
        "groups": groups_for_page(agreement),
        "cases": cases_for_page(cases, present),
        "dicom": identifiers_for_page(cases, present),
        "measures": measures_for_page(),
    }


def _picture_element(drawn: str) -> str:
    return f'<script type="application/json" class="picture-data">{drawn}</script>'


def _part(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")


def _content_security_policy(scripts: Sequence[str], own_folder: bool) -> str:
    """Nothing from anywhere; scripts by hash; style attributes, which the plotting library sets; own pictures."""
    digests = (base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests) + (" 'self'" if own_folder else "")
    own = "style-src 'unsafe-inline'; img-src blob:; base-uri 'none'; form-action 'none'"
    return f"default-src 'none'; script-src {allowed}; {own}"
