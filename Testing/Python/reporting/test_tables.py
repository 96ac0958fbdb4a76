"""agreement.csv and pairwise.csv: round trips, tables of other origin, and tables that are refused."""

from __future__ import annotations

import re

import pytest

from SegmentationConcordanceLib.agreement.table import AGREEMENT_COLUMNS
from SegmentationConcordanceLib.errors import ConcordanceError, OutputError, UnreadableFileError
from SegmentationConcordanceLib.reporting.tables import read_agreement, read_pairwise, write_agreement, write_pairwise

HEADER = (
    "case,series_uid,structure,structure_key,model,status,consensus,n_models,volume_ml,consensus_volume_ml,dice,"
    "jaccard,volume_ratio,hd95_mm,assd_mm,nsd,nsd_tolerance_mm"
)
MORE = ",".join(AGREEMENT_COLUMNS[HEADER.count(",") + 1 :])
LINE = "case-01,1.2.3,spleen,SCT:78961009,MOOSE,ok,intersection,3,90.0,60.0,0.8,0.5,0.75,,,,"
PAIR_HEADER = "case,structure,structure_key,model_a,model_b,dice,volume_a_ml,volume_b_ml"
NAMES = [
    'says "spleen"',
    "a, b; c",
    "two\nlines",
    "carriage\rreturn",
    "windows\r\nline",
    "Größe ß 脾臓",
    "line\u2028separator",
    "=HYPERLINK(1)",
    "+1",
    "-1",
    "@x",
    " blanks ",
    "<b>&",
]


def written(tmp_path, text):
    path = tmp_path / "agreement.csv"
    path.write_bytes(text.encode())
    return path


def test_the_file_as_it_is_written(tmp_path, agreement_row):
    path = tmp_path / "new folder" / "agreement.csv"
    write_agreement(path, [agreement_row(jaccard=0.5, volume_ratio=0.75)])
    assert path.read_bytes() == f"{HEADER},{MORE}\n{LINE}{',' * (MORE.count(',') + 1)}\n".encode()


def test_the_pairwise_file_as_it_is_written(tmp_path, pairwise_row):
    path = tmp_path / "pairwise.csv"
    write_pairwise(path, [pairwise_row(), pairwise_row(dice=None, volume_a_ml=0.0, volume_b_ml=0.0)])
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[0] == PAIR_HEADER
    assert lines[1] == "case-01,spleen,SCT:78961009,CADS,MOOSE,0.9,80.0,90.0"
    assert lines[2] == "case-01,spleen,SCT:78961009,CADS,MOOSE,,0.0,0.0"
    assert read_pairwise(path) == [pairwise_row(), pairwise_row(dice=None, volume_a_ml=0.0, volume_b_ml=0.0)]


@pytest.mark.parametrize("name", NAMES)
def test_names_come_back_exactly(tmp_path, agreement_row, name):
    rows = [agreement_row(case=name, structure=name, model=name), agreement_row()]
    write_agreement(tmp_path / "agreement.csv", rows)
    assert read_agreement(tmp_path / "agreement.csv") == rows


def test_numbers_come_back_exactly_and_none_as_none(tmp_path, agreement_row):
    rows = [
        agreement_row(dice=0.1 + 0.2, volume_ml=1e-17, consensus_volume_ml=123456789.123456789, hd95_mm=1 / 3),
        agreement_row(status="missing", volume_ml=0.0, dice=None, jaccard=None, volume_ratio=None),
        agreement_row(consensus_volume_ml=None, dice=None, jaccard=None, volume_ratio=None, n_models=1),
    ]
    write_agreement(tmp_path / "agreement.csv", rows)
    assert read_agreement(tmp_path / "agreement.csv") == rows


def test_no_rows_are_a_header(tmp_path):
    write_agreement(tmp_path / "agreement.csv", [])
    assert (tmp_path / "agreement.csv").read_text() == f"{HEADER},{MORE}\n"
    assert read_agreement(tmp_path / "agreement.csv") == []


def test_a_failing_row_leaves_the_earlier_file(tmp_path, agreement_row):
    def rows():
        yield agreement_row()
        raise OutputError("row", "cannot be made")

    path = written(tmp_path, "earlier")
    with pytest.raises(OutputError):
        write_agreement(path, rows())
    assert path.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [path]


def test_columns_in_any_order_and_others_ignored(tmp_path, agreement_row):
    cells = dict(zip(HEADER.split(","), LINE.split(",")))
    names = ["scanner", *reversed(AGREEMENT_COLUMNS[:13])]
    cells["scanner"] = "any"
    path = written(tmp_path, ",".join(names) + "\n" + ",".join(cells[name] for name in names) + "\n")
    assert read_agreement(path) == [agreement_row(jaccard=0.5, volume_ratio=0.75)]


def decimal_commas(text):
    """Numbers of one point alone: a UID is none."""
    return re.sub(r"(?<![\d.])(\d+)\.(\d+)(?![\d.])", r"\1,\2", text)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n{LINE}\n".replace(",", ";"),
        f"\ufeff{HEADER}\r\n{LINE}\r\n",
        f"{HEADER}\n\n{LINE}",
        f"{HEADER}\n{LINE}\n{',' * 16}\n",
        decimal_commas(f"{HEADER}\n{LINE}\n".replace(",", ";")),
        decimal_commas(f"{HEADER}\n{LINE}\n".replace(",", "\t")),
        f"sep=;\r\n{HEADER}\r\n{LINE}\r\n".replace(",", ";"),
        f"{HEADER.upper()}\n{LINE}\n",
    ],
    ids=[
        *("semicolons", "byte order mark and CRLF", "blank line, no last line end", "row of empty cells"),
        *("semicolons and decimal commas", "tabs and decimal commas", "separator announced", "capitals"),
    ],
)
def test_tables_as_spreadsheets_write_them(tmp_path, agreement_row, text):
    assert read_agreement(written(tmp_path, text)) == [agreement_row(jaccard=0.5, volume_ratio=0.75)]


@pytest.mark.parametrize(
    ("cell", "bad", "words"),
    [
        ("0.8", "1.01", "line 3, column dice: '1.01' is outside 0 to 1"),
        ("0.8", "-0.1", "line 3, column dice: '-0.1' is outside 0 to 1"),
        ("0.8", "high", "line 3, column dice: 'high' is not a number"),
        ("0.8", '"0,8"', "line 3, column dice: '0,8' is not a number"),
        ("0.8", "nan", "line 3, column dice: 'nan' is not a number"),
        ("90.0", "inf", "line 3, column volume_ml: 'inf' is not a number"),
        ("90.0", "-1", "line 3, column volume_ml: '-1' is negative"),
        (",3,", ",2.5,", "line 3, column n_models: '2.5' is not a number of models"),
        (",3,", ",,", "line 3, column n_models: '' is not a number"),
        (
            ",ok,",
            ",fine,",
            "column status: 'fine' is not a status. Use one of ok, missing, empty_consensus, truncated,"
            " not_looked_for.",
        ),
        ("MOOSE", "", "line 3, column model: '' is empty"),
        ("MOOSE", "a,b", "line 3 has 18 cells, the header 17"),
        ("MOOSE", '"a', "line 3: unexpected end of data"),
    ],
)
def test_a_bad_cell_is_named_with_file_and_line(tmp_path, cell, bad, words):
    path = written(tmp_path, f"{HEADER}\n{LINE}\n{LINE.replace(cell, bad)}\n")
    with pytest.raises(ConcordanceError) as caught:
        read_agreement(path)
    assert str(caught.value).startswith(str(path))
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty. The first line must name the columns case, series_uid"),
        (f"{HEADER}\n".replace(",dice,", ",").replace("model,", ""), "has no column model, dice."),
        (f"{HEADER},dice\n{LINE},0.5\n", "has the column dice twice"),
    ],
)
def test_a_bad_header(tmp_path, text, words):
    path = written(tmp_path, text)
    with pytest.raises(ConcordanceError) as caught:
        read_agreement(path)
    assert words in str(caught.value)


def test_a_pairwise_table_is_no_agreement_table(tmp_path, pairwise_row):
    write_pairwise(tmp_path / "pairwise.csv", [pairwise_row()])
    with pytest.raises(ConcordanceError, match=r"pairwise\.csv: has no column series_uid, model, status"):
        read_agreement(tmp_path / "pairwise.csv")


def test_a_volume_of_a_pair_cannot_be_empty(tmp_path):
    path = written(tmp_path, f"{PAIR_HEADER}\ncase,spleen,,a,b,0.5,,1\n")
    with pytest.raises(ConcordanceError, match="line 2, column volume_a_ml: '' is not a number"):
        read_pairwise(path)


def test_files_that_cannot_be_read(tmp_path):
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_agreement(tmp_path / "absent.csv")
    with pytest.raises(UnreadableFileError, match="cannot be read"):
        read_agreement(tmp_path)
    (tmp_path / "latin.csv").write_bytes(f"{HEADER}\n".encode() + "Größe".encode("latin-1"))
    with pytest.raises(UnreadableFileError, match="is no UTF-8"):
        read_agreement(tmp_path / "latin.csv")
