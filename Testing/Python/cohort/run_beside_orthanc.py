"""Runs a cohort whose images lie in an Orthanc that is started here and stopped again; for test_web_image.py.

usage: run_beside_orthanc.py ORTHANC PLUGIN WORK_FOLDER DICOM_FOLDER COHORT_FILE OUTPUT; "{port}" in the cohort file
becomes Orthanc's.
"""

from __future__ import annotations

import sys
from pathlib import Path

from SegmentationConcordanceLib.cli import run
from viewer.orthanc_answers import running

if __name__ == "__main__":
    orthanc, plugin, work, dicom, cohort, output = sys.argv[1:]
    with running(orthanc, plugin, Path(work), Path(dicom)) as port:
        path = Path(cohort)
        path.write_text(path.read_text().replace("{port}", str(port)))
        words = ["run", "--cohort", cohort, "--output", output, "--workers", "1", "--no-surfaces", "--json"]
        code = run(words)
    sys.exit(code)
