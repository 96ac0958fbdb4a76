"""Tables of users are read in one way, whoever reads them, and what is wrong is said in one way."""

from __future__ import annotations

import csv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from SegmentationConcordanceLib.anatomy.groups import read_groups
from SegmentationConcordanceLib.cohort.case_comparison import Settings
from SegmentationConcordanceLib.cohort.cohort_file import read_cohort
from SegmentationConcordanceLib.cohort.harmonize_plan import read_plan
from SegmentationConcordanceLib.cohort.harmonized_table import read_table
from SegmentationConcordanceLib.commands.compose import _order
from SegmentationConcordanceLib.csv_tables import cell_number, separator_of, table_lines, table_rows, table_text
from SegmentationConcordanceLib.errors import ConcordanceError, UnreadableFileError
from SegmentationConcordanceLib.reporting.case_table import read_cases
from SegmentationConcordanceLib.reporting.finding_tables import read_findings
from SegmentationConcordanceLib.reporting.tables import read_agreement, read_pairwise

READERS = {
    "agreement": read_agreement,
    "pairwise": read_pairwise,
    "findings": read_findings,
    "facts of cases": lambda path: read_cases(path, []),
    "cohort": lambda path: read_cohort(path, Settings()),
    "plan": read_plan,
    "harmonized": read_table,
    "groups": read_groups,
    "models of which": lambda path: _order(path, False),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a,b\n1,\xff\n", "is no UTF-8 text (byte 6). Save the table as CSV in UTF-8."),
        (b"a,b\n1,\0\n", "byte 6 is zero, which no text has. Give a CSV file."),
    ],
    ids=["Latin-1", "no text"],
)
def test_what_is_no_text_is_refused_alike(tmp_path, reader, content, words):
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        reader(path)
    assert str(caught.value) == f"{path}: {words}"


@pytest.mark.parametrize("name", [name for name in READERS if name not in ("harmonized", "facts of cases", "cohort")])
def test_a_missing_column_is_named_with_those_that_are_needed(tmp_path, name):
    path = written(tmp_path, "quite,other\n1,2\n")
    with pytest.raises(ConcordanceError) as caught:
        READERS[name](path)
    assert str(caught.value).startswith(f"{path}: has no column ")
    assert "The first line must name the columns " in str(caught.value)


@pytest.mark.parametrize("separator", [",", ";"])
def test_marks_of_spreadsheets_blanks_and_short_lines_do_no_harm(tmp_path, separator):
    lines = ["\ufeff# a, b and c; with marks", "", " name ,value", "liver, 1 ", "", "spleen", "x,y,z", ""]
    text = "\n".join(lines).replace(",", separator)
    assert table_lines(written(tmp_path, text), ("name",), comments=True) == [
        (4, {"name": "liver", "value": "1"}),
        (6, {"name": "spleen", "value": ""}),
        (7, {"name": "x", "value": "y"}),
    ]


def test_blanks_stay_where_they_belong_to_the_cell(tmp_path):
    path = written(tmp_path, 'model,note\n A ,"two\nlines"\n')
    assert table_lines(path, verbatim=True) == [(3, {"model": " A ", "note": "two\nlines"})]


def test_a_broken_line_is_named(tmp_path):
    path = written(tmp_path, 'a,b\n1,2\n"3,4\n')
    with pytest.raises(ConcordanceError, match=r"table\.csv: line 3: unexpected end of data\. Write the table again"):
        table_lines(path)


def test_a_cell_may_be_longer_than_csv_allows_by_itself(tmp_path):
    (line,) = table_lines(written(tmp_path, f"a\n{'x' * 200_000}\n"))
    assert len(line[1]["a"]) == 200_000


def test_an_empty_table_has_no_lines_and_no_column(tmp_path):
    assert table_lines(written(tmp_path, "")) == []
    with pytest.raises(UnreadableFileError, match=r"is empty\. The first line must name the columns a, b\."):
        table_lines(tmp_path / "table.csv", ("a", "b"))


@pytest.mark.parametrize(("text", "value"), [("", None), (" 1.5 ", 1.5), ("-2", -2.0)])
def test_a_number(text, value):
    assert cell_number(Path("t.csv"), 3, "rank", {"rank": text}) == value
    assert cell_number(Path("t.csv"), 3, "other", {"rank": text}) is None


@pytest.mark.parametrize("text", ["one", "nan", "inf", "1,5"])
def test_what_is_no_number_is_named_with_its_place(text):
    with pytest.raises(ConcordanceError, match=rf"^t\.csv, line 3, column rank: '{text}' is not a number"):
        cell_number(Path("t.csv"), 3, "rank", {"rank": text})


def test_decimal_commas_are_points_in_columns_of_numbers_where_no_comma_divides_cells(tmp_path):
    path = written(tmp_path, "Name;VALUE;other\n1,5;1,5;1,5\n2;-2,25E-05;\n3;1.234,5;x\n")
    lines = [cells for _, cells in table_lines(path, ("name",), numbers=("value",))]
    assert lines == [
        {"name": "1,5", "value": "1.5", "other": "1,5"},
        {"name": "2", "value": "-2.25E-05", "other": ""},
        {"name": "3", "value": "1.234,5", "other": "x"},
    ]
    # Between commas it may divide thousands.
    assert table_lines(written(tmp_path, 'a,value\n1,"1,234"\n'), numbers=("value",)) == [
        (2, {"a": "1", "value": "1,234"})
    ]


def test_unicode_text_of_a_spreadsheet_is_read(tmp_path):
    path = tmp_path / "table.txt"
    path.write_text("name\tvalue\r\nMilz \u2013 \u00fc\t1\r\n", encoding="utf-16", newline="")
    assert table_lines(path) == [(2, {"name": "Milz \u2013 \u00fc", "value": "1"})]


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        *(("a,b;c,d\n", ","), ("# x,y,z\na;b\n", ";"), ("", ","), ("a\tb,c\td\n", "\t")),
        *(("sep=;\na,b\n", ";"), ('"SEP=\t"\r\na\n', "\t")),
    ],
)
def test_the_separator_is_that_of_the_header(text, separator):
    assert separator_of(text) == separator


def test_tables_with_wide_cells_are_read_side_by_side(tmp_path):
    wide = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path in wide:
        path.write_text(f"case\n{'x' * 140_000}\n{'y' * 140_000}\n", encoding="utf-8")
    limit = csv.field_size_limit()
    first, second = (table_rows(path, table_text(path)) for path in wide)
    for rows in (first, second, first, second):
        next(rows)
        assert csv.field_size_limit() == limit
    first.close()
    assert [(number, len(cells[0])) for number, cells in second] == [(3, 140_000)]
    with ThreadPoolExecutor(8) as pool:
        read = list(pool.map(table_lines, wide * 40))
    assert all(len(lines) == 2 for lines in read)
    assert csv.field_size_limit() == limit
