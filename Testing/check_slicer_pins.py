"""Says which versions the tests run with, and fails unless they are those of Slicer; says what these cannot do."""

import sys
from importlib.metadata import version
from pathlib import Path

pins = Path(__file__).with_name("slicer_pins.txt").read_text(encoding="utf-8").split("\n")
wanted = dict(line.split("==") for line in pins if "==" in line)
python = sys.version.split()[0]
found = {name: version(name) for name in wanted}
if found != wanted or sys.version_info[:2] != (3, 12):
    sys.exit(f"These are not Slicer's versions: Python {python}, {found}; wanted Python 3.12, {wanted}")
sys.stdout.write(f"Python {python}, {', '.join(f'{name} {number}' for name, number in found.items())}\n")
sys.stdout.write(f"dcmqi {found['dcmqi']} cannot decompress JPEG-LS: docs/storage.md says what reads which file\n")
