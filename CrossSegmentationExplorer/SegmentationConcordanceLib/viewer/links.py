"""Links that open a case in a browser viewer at one structure; one setting says for a whole report which viewer."""

from __future__ import annotations

import string
from collections.abc import Sequence
from urllib.parse import quote, urlsplit, urlunsplit

from ..errors import ConcordanceError

LOCAL_PORT = 8520

_OHIF_QUERY = "StudyInstanceUIDs={study}&SeriesInstanceUIDs={series}&initialSeriesInstanceUID={seg}"
# Other OHIFs ignore `structure` and show the segmentation to look at first, whole.
_ANY_OHIF_QUERY = f"{_OHIF_QUERY}&structure={{structure}}"
# Ours takes `seg`: OHIF's initialSeriesInstanceUID would open the segmentation first and the images after it.
_OUR_QUERY = "StudyInstanceUIDs={study}&SeriesInstanceUIDs={series}&seg={seg}&structure={structure}&place={place}"
LOCAL = "local"
NAMED_TEMPLATES = {
    LOCAL: f"http://127.0.0.1:{LOCAL_PORT}/viewer?{_OUR_QUERY}",
    # The viewer of NCI Imaging Data Commons, for the series that it publishes.
    "idc": f"https://viewer.imaging.datacommons.cancer.gov/v3/viewer/?{_OHIF_QUERY}",
    # The viewer of the published comparison, with its DICOMweb proxy.
    "segverify": f"https://segverify-viewer.web.app/viewer?{_OHIF_QUERY}"
    "&dicomweb=us-central1-idc-external-031.cloudfunctions.net/segverify_proxy1",
}
FIELDS = {
    "study": "StudyInstanceUID",
    "ct": "SeriesInstanceUID of the image series",
    "segs": "SeriesInstanceUIDs of the segmentations, joined by commas",
    "series": "{ct} and {segs}, joined by a comma",
    "seg": "SeriesInstanceUID of the segmentation to look at first",
    "structure": "name of the structure, as in the tables",
    "place": "place of a finding, x,y,z in LPS mm",
}


_REMEDY = f"Give {', '.join(NAMED_TEMPLATES)}, the http or https address of an OHIF, or a template with {{study}}."


def link_template(setting: str) -> str:
    """The template that a setting means.

    :param setting: a name of ``NAMED_TEMPLATES``; the address of any OHIF, such as "https://host/ohif"; the same with
        "?dicomweb=host/root" where that OHIF takes its DICOMweb root from the address; or a template of one's own, an
        address with the fields of ``FIELDS`` in braces behind its "?".
    :raises ConcordanceError: none of these, no http or https address, or a field that does not exist.
    """
    if setting in NAMED_TEMPLATES:
        return NAMED_TEMPLATES[setting]
    try:
        template = setting if "{" in setting or "}" in setting else _ohif_template(setting)
        _check_template(template, setting)
        return template
    except ValueError as error:
        raise ConcordanceError(setting, f"is no address of a viewer ({error})", _REMEDY) from error


def viewer_link(
    template: str,
    study_uid: str,
    ct_series_uid: str,
    seg_series_uids: Sequence[str],
    seg_uid: str,
    structure: str,
    place_lps: Sequence[float] = (),
) -> str:
    """The link for one point; every value is percent-encoded, parameters without a value are left out.

    :param template: what ``link_template`` gives.
    :param seg_series_uids: the series to show, such as those of the model and of the consensus.
    :param seg_uid: the series of the model that the point stands for.
    :param structure: SegmentLabel, or the structure's key such as "SCT:64033007|SCT:7771000"; may be empty.
    :param place_lps: where to look, in mm; empty for the structure's centre.
    """
    values = {"study": [study_uid], "ct": [ct_series_uid], "segs": [*seg_series_uids], "seg": [seg_uid]}
    values |= {"series": [ct_series_uid, *seg_series_uids], "structure": [structure]}
    values |= {"place": [f"{mm:g}" for mm in place_lps]}
    encoded = {name: ",".join(quote(text, safe="") for text in texts if text) for name, texts in values.items()}
    head, mark, query = template.partition("?")
    kept = [part for part in query.split("&") if not _is_left_empty(part, encoded)]
    return head + mark + "&".join(part.format_map(encoded) for part in kept)


def _fields(text: str) -> set[str]:
    """Names in braces; a positional field, a conversion or a format is kept whole and so matches no name."""
    found = string.Formatter().parse(text)
    return {
        f"{name}{'!' + conversion if conversion else ''}{':' + form if form else ''}"
        for _, name, form, conversion in found
        if name is not None
    }


def _is_left_empty(part: str, encoded: dict[str, str]) -> bool:
    fields = _fields(part)
    return bool(fields) and not any(encoded[name] for name in fields)


def _ohif_template(address: str) -> str:
    base = urlsplit(address)
    path = base.path.rstrip("/").removesuffix("/viewer") + "/viewer"
    query = "&".join(part for part in (base.query, _ANY_OHIF_QUERY) if part)
    return urlunsplit((base.scheme, base.netloc, path, query, ""))


def _check_template(template: str, setting: str) -> None:
    parts = urlsplit(template)
    fields, before_query = _fields(template), _fields(template.partition("?")[0])
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.username is not None:
        raise ConcordanceError(setting, "is no http or https address of a viewer", _REMEDY)
    unknown = sorted(fields - set(FIELDS))
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in FIELDS)
        raise ConcordanceError(setting, f"has the unknown field {{{unknown[0]}}}", f"The fields are {known}.")
    if before_query:
        raise ConcordanceError(setting, "has a field before its question mark", "Put the fields behind it.")
    if "study" not in fields:
        raise ConcordanceError(setting, "does not name the study", "Add StudyInstanceUIDs={study}.")
