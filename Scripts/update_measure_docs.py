"""Write the tables of measures in docs/measures.md and README.md from agreement/measures.py.

python Scripts/update_measure_docs.py          writes them
python Scripts/update_measure_docs.py --check  fails where they are not up to date
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

_TOP = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(_TOP / "CrossSegmentationExplorer"))

from SegmentationConcordanceLib.agreement.measures import MEASURES, Measure  # noqa: E402

FILES = (_TOP / "docs" / "measures.md", _TOP / "README.md")


def tables() -> dict[str, str]:
    """Markdown by the name of its place in a document."""
    sections = dict.fromkeys(measure.section for measure in MEASURES.values())
    made = {section: _table([one for one in MEASURES.values() if one.section == section]) for section in sections}
    return {**made, "titles": ", ".join(_in_a_list(one) for one in MEASURES.values() if one.section != "order")}


def updated(text: str) -> str:
    """A document with its tables as they are to be: between ``<!-- measures: NAME -->`` and ``<!-- end -->``."""
    for name, table in tables().items():
        begin, end = f"<!-- measures: {name} -->", "<!-- end -->"
        made = f"{begin} {table} {end}" if name == "titles" else f"{begin}\n\n{table}\n\n{end}"
        text = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", made.replace("\\", r"\\"), text, flags=re.S)
    return text


def _table(measures: list[Measure]) -> str:
    lines = ["| column | is | unit | range | better | empty input | after |", "|---|---|---|---|---|---|---|"]
    for one in measures:
        span = "0 and more" if one.highest is None else f"0 to {one.highest:g}"
        better = {"more is better": "more", "less is better": "less"}.get(one.better, "")
        cells = (f"`{one.key}`", one.sentence, one.unit, span, better, one.empty, one.source)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines)


def _in_a_list(measure: Measure) -> str:
    """The title as it stands within a sentence: abbreviations and names keep their capitals."""
    title = measure.title
    return title if title[1:2].isupper() or title in ("Dice", "Jaccard") else title[:1].lower() + title[1:]


def main() -> int:
    """Write or check; 1 where something is not up to date."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing, and fail where a table is not up to date")
    args = parser.parse_args()
    stale = [path for path in FILES if updated(path.read_text(encoding="utf-8")) != path.read_text(encoding="utf-8")]
    for path in () if args.check else stale:
        path.write_text(updated(path.read_text(encoding="utf-8")), encoding="utf-8")
    if args.check and stale:
        sys.stderr.write(f"{', '.join(map(str, stale))}: run Scripts/update_measure_docs.py\n")
    return int(args.check and bool(stale))


if __name__ == "__main__":
    sys.exit(main())
