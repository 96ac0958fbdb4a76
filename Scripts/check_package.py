"""Say whether a package of the extension holds every file of the three modules.

python Scripts/check_package.py SegmentationConcordance-linux-amd64.tar.gz
"""

from __future__ import annotations

import sys
import tarfile
from pathlib import Path, PurePosixPath

from update_cmake_lists import MODULES, REPOSITORY, installed_files


def missing_files(package: Path) -> list[str]:
    """The files of the checkout that the package lacks.

    :param package: what CPack wrote, a .tar.gz. Slicer installs the modules' files below qt-scripted-modules.
    """
    with tarfile.open(package) as archive:
        names = (PurePosixPath(member.name).parts for member in archive.getmembers() if member.isfile())
        packed = {"/".join(parts[parts.index("qt-scripted-modules") + 1 :]) for parts in names if _is_script(parts)}
    wanted = [name for module in MODULES for name in installed_files(REPOSITORY / module)]
    return [name for name in wanted if name not in packed]


def _is_script(parts: tuple[str, ...]) -> bool:
    return "qt-scripted-modules" in parts


if __name__ == "__main__":
    missing = missing_files(Path(sys.argv[1]))
    sys.exit(f"The package lacks {', '.join(missing)}" if missing else 0)
