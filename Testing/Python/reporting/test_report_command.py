"""``concordance report``: tables in, page out."""

from __future__ import annotations

import argparse
import io

import pytest

from SegmentationConcordanceLib.commands import report
from SegmentationConcordanceLib.commands.terminal import Terminal
from SegmentationConcordanceLib.errors import ConcordanceError
from SegmentationConcordanceLib.reporting.tables import write_agreement, write_pairwise


def call(*words):
    parser = argparse.ArgumentParser()
    report.add_arguments(parser)
    terminal = Terminal(out=io.StringIO(), err=io.StringIO())
    return report.run(parser.parse_args([str(word) for word in words]), terminal), terminal.out.getvalue()


def test_several_tables_become_one_page(tmp_path, agreement_row, pairwise_row):
    write_agreement(tmp_path / "a.csv", [agreement_row(case="a"), agreement_row(case="a", model="CADS", dice=0.5)])
    write_agreement(tmp_path / "b.csv", [agreement_row(case="b")])
    write_pairwise(tmp_path / "p.csv", [pairwise_row()])
    page = tmp_path / "page.html"
    tables = ["--agreement", tmp_path / "a.csv", tmp_path / "b.csv", "--pairwise", tmp_path / "p.csv"]
    summary, said = call(*tables, "--output", page)
    assert {name: summary[name] for name in ("rows", "cases", "models", "structures")} == {
        "rows": 3,
        "cases": 2,
        "models": 2,
        "structures": 1,
    }
    assert summary["report"] == str(page)
    assert summary["findings"][0].startswith("a, spleen: MOOSE and CADS agree little: Dice 0.500 to 0.800 with")
    assert said.splitlines()[:3] == [
        f"{page}: 3 rows, 2 cases, 2 models, 1 structure",
        "2 findings, the gravest first:",
        f"  Low agreement: {summary['findings'][0]}",
    ]
    assert "<title>Concordance of 2 models on 2 cases</title>" in page.read_text(encoding="utf-8")


def test_one_row_in_two_tables_is_refused(tmp_path, agreement_row):
    write_agreement(tmp_path / "a.csv", [agreement_row()])
    write_agreement(tmp_path / "b.csv", [agreement_row(consensus="majority"), agreement_row(dice=0.1)])
    with pytest.raises(ConcordanceError) as caught:
        call("--agreement", tmp_path / "a.csv", tmp_path / "b.csv", "--output", tmp_path / "page.html")
    assert str(caught.value).startswith(f"{tmp_path / 'b.csv'}: case case-01, structure spleen, model MOOSE")
    assert str(tmp_path / "a.csv") in str(caught.value)
    assert not (tmp_path / "page.html").exists()


def test_published_tables_with_cases_and_a_viewer(tmp_path):
    head = "page,structure,series_uid,model,model_name,"
    (tmp_path / "dice.csv").write_text(
        f"{head}dice\nsternum,sternum,1.2,cads,CADS,0.9\nsternum,sternum,1.2,moose,M,0.8\n"
    )
    (tmp_path / "cases.csv").write_text("series_uid,patient_id,study_uid,seg_cads\n1.2,P7,5,6\n")
    page = tmp_path / "page.html"
    summary, _ = call(
        *("--agreement", tmp_path / "dice.csv", "--cases", tmp_path / "cases.csv"),
        *("--viewer", "https://host/v?study={study}", "--output", page),
    )
    assert summary["findings"] == [
        "P7, sternum: CADS and MOOSE agree little: Dice 0.900 and 0.800 with the intersection."
        " Nothing tells which of them is right."
    ]
    text = page.read_text(encoding="utf-8")
    assert '"viewer":"https://host/v?study={study}"' in text
    assert '"dicom":{"study":[["1.2","5"]],"segs":[["1.2",[["CADS",["6"]]]]]}' in text


def test_a_viewer_that_is_no_web_address_is_refused(tmp_path, agreement_row):
    write_agreement(tmp_path / "a.csv", [agreement_row()])
    with pytest.raises(ConcordanceError):
        call(
            "--agreement", tmp_path / "a.csv", "--viewer", "javascript:alert({study})", "--output", tmp_path / "p.html"
        )
    assert not (tmp_path / "p.html").exists()


def test_structures_that_few_cases_show_can_be_left_out(tmp_path, rows, pairwise_row):
    write_agreement(tmp_path / "a.csv", rows)  # the aorta is in one of two cases; no model missed the liver in both
    page = tmp_path / "page.html"
    tables = ["--agreement", tmp_path / "a.csv", "--output", page]
    summary, said = call(*tables, "--min-case-share", "0.5")
    assert (summary["structures"], summary["notes"]) == (3, [])
    summary, said = call(*tables, "--min-case-share", "0.51")
    note = "Left out, found in less than 51% of the cases: aorta."
    assert (summary["structures"], summary["rows"], summary["notes"]) == (2, len(rows) - 1, [note])
    assert note in said and note in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", ["1.5", "-0.1", "half", "nan"])
def test_a_share_of_cases_that_is_none_is_refused(text, tmp_path, capsys):
    with pytest.raises(SystemExit):
        call("--agreement", tmp_path / "a.csv", "--output", tmp_path / "p.html", "--min-case-share", text)
    assert "--min-case-share" in capsys.readouterr().err
