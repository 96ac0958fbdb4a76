"""OHIF, the web viewer: its published build, fetched once through npm and kept in the user's cache."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from importlib import resources
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from ..errors import ConcordanceError, OutputError, Setting, UnreadableFileError
from .static_files import StaticFiles

VERSION = "3.13.2"
PACKAGE = f"@ohif/app@{VERSION}"
# `npm view @ohif/app@3.13.2 dist.integrity`
_SHA512 = "WZdxmpmG7rqFgW9ZJLcbgr3XCtLi1KDNPoMaeY5PPe6j4G4fjEjjkycZM6C6Zk2F87BKxFfpq+jd5xXZB9E8EA=="
_INSIDE = "package/dist/"
# Source maps, the AI runtime for drawing and the microscopy viewer: three quarters of the package, unused here.
_LEFT_OUT = ("ort/", "dicom-microscopy-viewer/")
_READ_AT_ONCE = 2**20
_NPM_SECONDS = 900


def cache_folder() -> Path:
    """Where this machine keeps the user's caches for us; may not exist yet."""
    home = Path.home()
    if os.name == "nt":
        base = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = home / "Library" / "Caches"
    else:
        base = home / ".cache"
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if Path(named).is_absolute() else base) / "segmentation-concordance"


def cached_ohif() -> Path | None:
    """The folder of the build that ``fetch_ohif`` left, or None."""
    folder = cache_folder() / f"ohif-{VERSION}"
    return folder if (folder / "index.html").is_file() else None


def fetch_ohif(progress: Callable[[str], None] | None = None) -> Path:
    """The folder of OHIF's build: from the cache or, once, about 50 MB through npm.

    The package is checked against the checksum of this version before anything of it is kept.

    :param progress: called with a few words at the begin of every step.
    :raises ConcordanceError: npm is missing, fails, or gives another package.
    :raises OutputError: the cache cannot be written to.
    """
    found = cached_ohif()
    if found is not None:
        return found
    report = progress or (lambda text: None)
    npm = shutil.which("npm")
    if npm is None:
        raise ConcordanceError(
            f"OHIF {VERSION}",
            "is not on this machine, and npm, which fetches it, is neither",
            f"Install npm and try again; or run `npm pack {PACKAGE}` elsewhere, unpack what it gives, and name its"
            " folder package/dist.",
            Setting("ohif"),
        )
    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".ohif-", dir=cache) as draft:
            report(f"fetching OHIF {VERSION} through npm (50 MB, once)")
            package = _packed(npm, Path(draft))
            _check(package)
            report("unpacking OHIF")
            unpack_ohif(package, Path(draft, "ohif"))
            return _put_in_place(Path(draft, "ohif"), cache / f"ohif-{VERSION}")
    except OSError as error:
        raise OutputError(cache, f"cannot be written to ({error.strerror})", "Set XDG_CACHE_HOME.") from error


def ohif_files(folder: Path, model_colors: Mapping[str, str] = MappingProxyType({})) -> StaticFiles:
    """The files of an OHIF build, with our configuration.

    :param model_colors: "#rrggbb" by the name of a model; others get colours as they come.
    :raises UnreadableFileError: the folder is no OHIF build.
    """
    if not (folder / "index.html").is_file() or not (folder / "app-config.js").is_file():
        raise UnreadableFileError(
            folder, "is no build of OHIF: index.html and app-config.js are not in it", "Name its folder dist."
        )
    return StaticFiles(folder, {"app-config.js": app_config(model_colors)})


def app_config(model_colors: Mapping[str, str] = MappingProxyType({})) -> bytes:
    """OHIF's configuration and our extension of it, as one script."""
    page = resources.files(__package__) / "page"
    # Pairs, as a model may be called __proto__.
    colors = json.dumps([[name.lower(), color] for name, color in model_colors.items()])
    return f"window.MODEL_COLORS = {colors};\n".encode("ascii") + b"\n".join(
        (page / name).read_bytes() for name in ("segmentations.js", "link_extension.js", "app_config.js")
    )


def unpack_ohif(package: Path, folder: Path) -> None:
    """Unpack the built application from npm's package, without what is not used here.

    Only regular files below ``package/dist`` are taken, whatever else the archive holds.

    :param package: what ``npm pack`` wrote, a .tgz.
    :param folder: is made where it is missing.
    """
    with tarfile.open(package, "r:gz") as archive:
        for member in archive:
            name = member.name.removeprefix(_INSIDE)
            parts = PurePosixPath(name).parts
            wanted = member.name.startswith(_INSIDE) and not name.startswith(_LEFT_OUT) and not name.endswith(".map")
            if not member.isfile() or not wanted or not parts or ".." in parts or PurePosixPath(name).is_absolute():
                continue
            target = folder.joinpath(*parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            packed = archive.extractfile(member)
            if packed is None:
                continue
            with packed as source, target.open("wb") as sink:
                shutil.copyfileobj(source, sink, _READ_AT_ONCE)


def _packed(npm: str, folder: Path) -> Path:
    """Let npm fetch the package into the folder."""
    command = [npm, "pack", PACKAGE, "--loglevel=error", "--ignore-scripts", "--pack-destination", str(folder)]
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, errors="replace", timeout=_NPM_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise ConcordanceError(
            f"npm pack {PACKAGE}", f"did not end within {_NPM_SECONDS} s", "Try again later."
        ) from error
    packages = list(folder.glob("*.tgz"))
    if done.returncode != 0 or len(packages) != 1:
        lines = [line for line in done.stderr.splitlines() if line.strip() and "warn" not in line]
        said = lines[0].strip() if lines else f"code {done.returncode}"
        raise ConcordanceError(
            f"npm pack {PACKAGE}", f"failed: {said}", "Check the network, or name a build.", Setting("ohif")
        )
    return packages[0]


def _check(package: Path) -> None:
    digest = hashlib.sha512()
    with package.open("rb") as stream:
        while chunk := stream.read(_READ_AT_ONCE):
            digest.update(chunk)
    if base64.b64encode(digest.digest()).decode() != _SHA512:
        raise ConcordanceError(
            PACKAGE, "is not the package that it should be: its SHA-512 differs", "Do not use it; try another network."
        )


def _put_in_place(draft: Path, folder: Path) -> Path:
    try:
        draft.rename(folder)
    except OSError:
        if cached_ohif() != folder:
            raise  # else another process was faster
    return folder
