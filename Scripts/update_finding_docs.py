"""Write the tables of docs/findings.md: the kinds from agreement/finding_kinds.py, and what was measured on planted
errors from Testing/Benchmarks/findings_measured.csv.

python Scripts/update_finding_docs.py          writes it
python Scripts/update_finding_docs.py --check  fails where it is not up to date
"""

from __future__ import annotations

import argparse
import importlib.util
import re
import sys
from pathlib import Path

_TOP = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(_TOP / "CrossSegmentationExplorer"), str(_TOP / "Testing" / "Benchmarks")]

from SegmentationConcordanceLib.agreement.finding_kinds import KINDS, NUMBERS  # noqa: E402

FILE = _TOP / "docs" / "findings.md"


def updated(text: str) -> str:
    """The document with its tables as they are to be: between ``<!-- findings: NAME -->`` and ``<!-- end -->``."""
    kinds = ["| kind | title | means | numbers | code |", "|---|---|---|---|---|"]
    for kind in KINDS.values():
        numbers = ", ".join(f"`{key}`" for key in kind.numbers)
        kinds.append(f"| `{kind.key}` | {kind.title} | {kind.meaning} | {numbers} | `{kind.code.value}` |")
    numbers = ["| number | is | unit | code |", "|---|---|---|---|"]
    for number in NUMBERS.values():
        numbers.append(
            f"| `{number.key}` | {number.title} | {number.unit} | {number.code.scheme} {number.code.value} |"
        )
    for name, lines in (("kinds", kinds), ("numbers", numbers), ("measured", _measured())):
        begin, end = f"<!-- findings: {name} -->", "<!-- end -->"
        made = f"{begin}\n\n" + "\n".join(lines) + f"\n\n{end}"
        text = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", lambda _, made=made: made, text, flags=re.DOTALL)
    return text


def _measured() -> list[str]:
    """The tables that the benchmark makes of what it kept."""
    spec = importlib.util.spec_from_file_location("findings_benchmark", _TOP / "Testing" / "Benchmarks" / "findings.py")
    assert spec is not None and spec.loader is not None
    benchmark = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(benchmark)
    lines: list[str] = benchmark.measured_lines()
    return lines


def main() -> int:
    """Write or check; 1 where something is not up to date."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing, and fail where a table is not up to date")
    args = parser.parse_args()
    text = FILE.read_text(encoding="utf-8")
    if args.check and updated(text) != text:
        sys.stderr.write(f"{FILE}: run Scripts/update_finding_docs.py\n")
        return 1
    if not args.check:
        FILE.write_text(updated(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
