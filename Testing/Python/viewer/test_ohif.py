"""Fetching OHIF: through npm, checked, unpacked without what is not used, kept; and what is said when it cannot be."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import re
import tarfile
from pathlib import Path

import pytest

from SegmentationConcordanceLib.agreement.model_looks import looks_of
from SegmentationConcordanceLib.errors import ConcordanceError, Setting, UnreadableFileError
from SegmentationConcordanceLib.viewer import ohif

FILES = {
    "package/LICENSE": b"MIT",
    "package/dist/index.html": b"page",
    "package/dist/app-config.js": b"stock",
    "package/dist/app.bundle.js": b"code",
    "package/dist/app.bundle.js.map": b"map",
    "package/dist/assets/logo.svg": b"<svg/>",
    "package/dist/ort/big.wasm": b"big",
    "package/dist/dicom-microscopy-viewer/big.js": b"big",
    "package/dist/../escaped": b"bad",
    "package/dist//tmp/absolute": b"bad",
    "/package/dist/rooted": b"bad",
}


@pytest.fixture
def package(tmp_path) -> Path:
    path = tmp_path / "ohif.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in FILES.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
        link = tarfile.TarInfo("package/dist/link")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return path


@pytest.fixture
def npm(tmp_path, monkeypatch, package):
    """A program called npm that copies the package to where npm would, and writes down how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    called = tmp_path / "called"
    script = folder / "npm"
    script.write_text(f'#!/bin/sh\necho "$@" >> "{called}"\ncp "{package}" "$6/ohif-app.tgz"\n', encoding="utf-8")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    monkeypatch.setattr(ohif, "_SHA512", digest)
    return called


def everything_below(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir())


def test_it_is_fetched_once_and_kept(npm, tmp_path):
    said = []
    folder = ohif.fetch_ohif(said.append)
    assert folder == tmp_path / "cache" / "segmentation-concordance" / "ohif-3.13.2"
    assert everything_below(folder.parent) == [
        f"ohif-3.13.2/{name}" for name in ("app-config.js", "app.bundle.js", "assets/logo.svg", "index.html")
    ]
    assert [words.split()[0] for words in said] == ["fetching", "unpacking"]
    assert ohif.fetch_ohif() == folder
    (call,) = npm.read_text(encoding="utf-8").splitlines()
    assert call.startswith("pack @ohif/app@3.13.2 ")


def test_another_package_is_refused_and_leaves_nothing(npm, monkeypatch, tmp_path):
    monkeypatch.setattr(ohif, "_SHA512", "AAAA")
    with pytest.raises(ConcordanceError, match="is not the package that it should be"):
        ohif.fetch_ohif()
    assert everything_below(tmp_path / "cache") == []
    assert ohif.cached_ohif() is None


def test_npms_failure_is_said(npm, tmp_path):
    (tmp_path / "bin" / "npm").write_text("#!/bin/sh\necho 'npm warn x' >&2\necho 'npm error E404' >&2\nexit 1\n")
    with pytest.raises(ConcordanceError, match="failed: npm error E404"):
        ohif.fetch_ohif()
    assert everything_below(tmp_path / "cache") == []


def test_without_npm_the_way_out_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConcordanceError, match=r"npm pack @ohif/app@3\.13\.2") as refused:
        ohif.fetch_ohif()
    assert refused.value.setting == Setting("ohif")


def test_a_relative_cache_folder_is_not_used(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert ohif.cache_folder() == tmp_path / ".cache" / "segmentation-concordance"


def test_a_folder_that_is_no_build_is_refused(tmp_path):
    with pytest.raises(UnreadableFileError, match="is no build of OHIF"):
        ohif.ohif_files(tmp_path)


def test_our_configuration_takes_the_place_of_the_stock_one(tmp_path):
    for name in ("index.html", "app-config.js"):
        (tmp_path / name).write_text("stock", encoding="utf-8")
    script = ohif.ohif_files(tmp_path).answer("/app-config.js").body.decode()
    assert "window.config = {" in script
    assert "const linkExtension = {" in script
    assert not re.search(r"https?://", script)


def test_models_have_the_colours_that_are_handed_over():
    """As everywhere in this project; names of files are pairs, as one may be __proto__."""
    colors = {name: look.color for name, look in looks_of(["MOOSE", "__proto__"]).items()}
    script = ohif.app_config(colors).decode()
    (held,) = re.findall(r"^window\.MODEL_COLORS = (.*);$", script, flags=re.MULTILINE)
    assert json.loads(held) == [["moose", colors["MOOSE"]], ["__proto__", colors["__proto__"]]]
