"""The entry for Slicer's Extensions Index, by the rules of the Index and of its schema (v1.0.2)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import urlparse

import pytest

SCHEMA = "https://raw.githubusercontent.com/Slicer/Slicer/main/Schemas/slicer-extension-catalog-entry-schema-v{}.json#"
ALLOWED = {
    "$schema": str,
    "category": str,
    "scm_url": str,
    "scm_revision": str,
    "scm_type": str,
    "build_dependencies": list,
    "dicom_support_rule": str,
    "build_subdirectory": str,
    "enabled": bool,
    "tier": int,
}
CATEGORIES = {"Segmentation", "Quantification"}  # those of the Index that fit


@pytest.fixture(scope="module")
def project(repository: Path) -> str:
    text = (repository / "CMakeLists.txt").read_text(encoding="utf-8")
    return re.search(r"^project\((\w+)\)", text, flags=re.MULTILINE).group(1)


@pytest.fixture(scope="module")
def entry(repository: Path, project: str) -> dict:
    raw = (repository / f"{project}.json").read_bytes()  # the Index names the file after the project
    assert b"\r" not in raw and raw.endswith(b"}\n")
    return json.loads(raw)


def test_the_entry_has_the_fields_of_the_schema_and_no_others(entry):
    assert entry["$schema"] in (SCHEMA.format("1.0.1"), SCHEMA.format("1.0.2"))
    assert {"$schema", "category", "scm_url"} <= set(entry) <= set(ALLOWED)
    for name, value in entry.items():
        assert type(value) is ALLOWED[name], name
    assert entry["category"] in CATEGORIES
    assert 1 <= entry.get("tier", 1) <= 5
    if "dicom_support_rule" in entry:
        assert entry["$schema"] == SCHEMA.format("1.0.2")  # older schemas do not know it


def test_names_follow_the_index(entry, project):
    url = urlparse(entry["scm_url"])
    assert (url.scheme, url.netloc) == ("https", "github.com") and url.path.endswith(".git")
    assert not project.lower().startswith("slicer")
    assert url.path.rsplit("/", 1)[1] == f"Slicer{project}.git"


def test_cmake_says_what_the_catalog_shows(repository, entry):
    text = (repository / "CMakeLists.txt").read_text(encoding="utf-8")
    said = dict(re.findall(r'^set\(EXTENSION_(\w+) "(.*)"\)$', text, flags=re.MULTILINE))
    home = entry["scm_url"].removesuffix(".git")
    assert said["HOMEPAGE"] == home
    assert said["CONTRIBUTORS"] and len(said["DESCRIPTION"]) > 40
    raw = f"https://raw.githubusercontent.com{urlparse(home).path}/main/"
    for url in (said["ICONURL"], *said["SCREENSHOTURLS"].split()):
        assert url.startswith(raw)  # a page of GitHub with the picture on it would be refused
        assert (repository / url.removeprefix(raw)).is_file()
    assert (repository / "LICENSE").is_file()
    assert "LICENSE" in (repository / "README.md").read_text(encoding="utf-8")
