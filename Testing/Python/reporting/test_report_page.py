"""The page of the report in a browser: what a reader sees, sorts, filters and hovers over."""

from __future__ import annotations

import pytest

from reporting.report_views import SERIES, address, count, download, hover, series, table
from SegmentationConcordanceLib.agreement.finding import Finding
from SegmentationConcordanceLib.agreement.measures import MEASURES
from SegmentationConcordanceLib.reporting.case_table import CaseTable
from SegmentationConcordanceLib.reporting.report import write_report

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"


def test_the_head_says_what_was_compared(page):
    assert page.title() == page.locator("h1").inner_text() == "Two cases"
    assert page.locator("#answer").inner_text() == (
        "The 3 models agree on none of 2 structures; "
        "the gravest of 3 findings is “Missing” (CADS or MOOSE) in b, liver."
    )
    assert page.locator("#compared dd").all_inner_texts() == [
        "2a, b",
        "3MOOSE, CADS, Other",
        "2known to two or more models, 1 more to one only",
        "Intersectionthe voxels that every model that knows the structure has marked",
    ]
    assert page.locator("#notes").inner_text().splitlines() == [
        "A note.",
        "Worst first is estimated from volumes and Dice where the tables hold no depth of the disagreement.",
    ]
    assert page.locator("#findings li").first.inner_text() == (
        "Missing\nb, liver: CADS found nothing, MOOSE did. Nothing tells which of them is right."
    )
    assert page.locator("[data-intersection]:visible").count() == 4
    assert page.locator("#pairs td").all_inner_texts()[1:] == ["–", "0.750", "0.750", "0.750", "–", "0.750"]
    assert [text.strip() for text in page.locator("#vocabulary li").all_inner_texts()] == [
        "Other does not know 2 of 3: liver, aorta.",
        "CADS does not know 1 of 3: aorta.",
    ]


def missed(agreement_row, case, model, structure):
    nothing = {"status": "missing", "volume_ml": 0.0, "dice": None, "jaccard": None, "volume_ratio": None}
    return agreement_row(case=case, model=model, structure=structure, structure_key="", **nothing)


def test_a_click_on_a_finding_selects_the_row_that_its_first_words_name(
    browser_page, agreement_row, pairwise_row, tmp_path
):
    """MOOSE stands apart on T6 of a, which comes first in the table, and missed the sternum; the heart in a, b, c."""
    place = {"case": "a", "structure": "vertebrae_T6", "structure_key": ""}
    rows = [agreement_row(model=model, **place) for model in ("MOOSE", "CADS", "Other")]
    pairs = [
        pairwise_row(model_a=a, model_b=b, dice=0.2 if a == "MOOSE" else 0.9, **place)
        for a, b in (("MOOSE", "CADS"), ("MOOSE", "Other"), ("CADS", "Other"))
    ]
    for case, structure in (("a", "sternum"), ("a", "heart"), ("b", "heart"), ("c", "heart")):
        rows.append(missed(agreement_row, case, "MOOSE", structure))
        found = {"case": case, "structure": structure, "structure_key": "", "status": "empty_consensus", "dice": 0.0}
        rows += [agreement_row(model=model, **found) for model in ("CADS", "Other")]
    template = "https://viewer.example/?s={study}&at={structure}"
    cases = CaseTable(study_uids={"a": "5"})
    write_report(tmp_path / "page.html", rows, pairs, title="Findings", cases=cases, viewer=template)
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#findings b").all_inner_texts() == ["a, 2 structures", "heart in 3 cases"]
    for line, said, structure in ((0, "MOOSE found no sternum", "sternum"), (1, "MOOSE found nothing", "heart")):
        link = page.locator("#findings a").nth(line)
        assert said in link.inner_text()
        link.click()
        page.locator("#details-heading", has_text=f"{structure}, MOOSE").wait_for()
        assert "missing" in page.locator("#details-body").inner_text()
        assert page.locator("#viewer-link").get_attribute("href") == f"https://viewer.example/?s=5&at={structure}"


def test_a_click_on_low_agreement_of_all_models_selects_the_gravest_row(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(model=name, dice=dice) for name, dice in (("MOOSE", 0.88), ("CADS", 0.8), ("Other", 0.85))]
    write_report(tmp_path / "page.html", rows, title="Low")
    page = browser_page.open(tmp_path / "page.html")
    assert "MOOSE, CADS and Other agree little" in page.locator("#findings a").inner_text()
    page.locator("#findings a").click()
    page.locator("#details-heading", has_text="spleen, CADS").wait_for()


def test_the_cases_have_as_many_findings_as_the_list_has_of_them(browser_page, agreement_row, tmp_path):
    """One about the spleen of a, one about the liver of a and b; none about the liver of c, whose Dice is 0.5."""

    def finding(name, cases, kind="hole"):
        return Finding(
            kind=kind, case=cases[0], cases=cases if len(cases) > 1 else (), structures=(name,), names=(name,),
            models=("MOOSE",), sentence=f"{name}: it", lead=name,
        )  # fmt: skip

    rows = [
        agreement_row(case=case, structure=name, structure_key="", model=model, dice=dice)
        for case, dice in (("a", 0.95), ("b", 0.95), ("c", 0.5))
        for name in ("spleen", "liver")
        for model in ("MOOSE", "CADS")
        if (case, name) != ("c", "spleen")
    ]
    findings = [finding("spleen", ("a",)), finding("liver", ("a", "b"), "other_definition")]
    write_report(tmp_path / "page.html", rows, title="Cases", findings=findings)
    page = browser_page.open(tmp_path / "page.html")

    def counted():
        cells = "all => all.map((row) => [...row.cells].map((cell) => cell.textContent))"
        lines = page.locator("#case-table tbody tr").evaluate_all(cells)
        return {line[0]: line[1:3] for line in lines}

    assert page.locator("#case-table thead th").all_text_contents()[1:3] == ["Findings", "Dice < 0.75"]
    assert counted() == {"a": ["2", "0 of 2"], "b": ["1", "0 of 2"], "c": ["0", "1 of 1"]}
    _, text = download(page, page.locator("[data-export=cases] button", has_text="CSV"))
    lines = [line.split(",") for line in text.splitlines()]
    assert lines[0][2:5] == ["findings", "low_structures", "structures"]
    assert {line[0]: line[2:5] for line in lines[1:]} == {
        "a": ["2", "0", "2"], "b": ["1", "0", "2"], "c": ["0", "1", "1"],
    }  # fmt: skip
    page.locator("#findings a").first.click()
    page.locator("#case-table tbody tr", has_text="0 of 1").first.wait_for()
    assert counted() == {"a": ["1", "0 of 1"], "b": ["0", "0 of 1"]}


def test_agreement_is_no_finding(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(model=model, dice=1.0) for model in ("MOOSE", "CADS")]
    write_report(tmp_path / "page.html", rows, title="Agreement")
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#findings-section p:visible").all_inner_texts() == [
        "No finding: no structure is missing or without a consensus, and every Dice is at least 0.9."
    ]


@pytest.mark.parametrize("with_pairs", [True, False])
def test_the_words_on_pairs_head_the_findings_only_where_there_are_pairs(
    browser_page, agreement_row, pairwise_row, tmp_path, with_pairs
):
    rows = [agreement_row(), agreement_row(model="CADS"), agreement_row(model="Other", status="missing", volume_ml=0.0)]
    write_report(tmp_path / "page.html", rows, [pairwise_row(dice=0.8)] if with_pairs else [], title="Pairs")
    page = browser_page.open(tmp_path / "page.html")
    said = page.locator("#findings-caption").inner_text()
    assert "A click on the words shows" in said
    assert ("Pairwise Dice" in said) == with_pairs


@pytest.mark.parametrize(("structures", "labels"), [(11, ["", "0.75"]), (3, ["0.9", "0.75"])])
def test_a_reference_line_does_not_repeat_the_number_of_the_axis_above(
    browser_page, agreement_row, tmp_path, structures, labels
):
    """From eleven structures on an axis is above the plot: here 0.3, 0.4 to 1.0."""
    rows = [
        agreement_row(structure=f"s{i}", structure_key="", model=model, dice=dice)
        for i in range(structures)
        for model, dice in (("MOOSE", 0.35), ("CADS", 0.95))
    ]
    write_report(tmp_path / "page.html", rows, title="Lines")
    page = browser_page.open(tmp_path / "page.html")
    chart = "echarts.getInstanceByDom(document.getElementById('dice-plot'))"
    lines = f"{chart}.getOption().series[0].markLine"
    assert page.evaluate(f"{lines}.data.map(({{ xAxis }}) => {lines}.label.formatter({{ value: xAxis }}))") == labels
    shown = page.evaluate(f"{chart}.getZr().storage.getDisplayList().map((one) => one.style.text).filter(Boolean)")
    assert shown.count("0.9") == 2  # on the axis below, and once above


def test_the_table_holds_every_row_and_the_vocabulary_gaps_worst_first(page, rows):
    shown = table(page)
    # CADS and Other do not know the aorta, Other not the liver, which was found in both cases.
    gaps = [row for row in shown if row[3] == "not in model"]
    assert [row[:3] for row in gaps] == [["2 cases", "liver", "Other"], ["a", "aorta", "CADS"], ["a", "aorta", "Other"]]
    assert len(shown) == len(rows) + len(gaps)
    assert [row[3] for row in shown[:2]] == ["missing", "empty consensus"]
    # By the volume that is not shared: 30, 10.4, 7.5, 5 and 4.5 ml; then the spleen that the scan cuts; then one alone.
    assert [row[4] for row in shown[1:11]] == [
        "0.000", "0.800", "0.920", "0.950", "0.960", "0.970", "0.840", "0.900", "0.940", ""
    ]  # fmt: skip
    assert page.locator("#row-count").text_content() == "14 of 14 rows, worst first."


def test_numbers_are_rounded_with_the_full_value_on_hover(page):
    share = page.locator("#rows tbody tr", has_text="Other").first.locator("td").nth(5)
    assert share.text_content() == "92.3"
    assert share.get_attribute("title") == "0.9230769"


def test_every_measure_of_the_tables_is_a_column_and_a_line_of_what_a_mark_says(browser_page, agreement_row, tmp_path):
    """Whatever measure is declared: here the three by which rows are put in order."""
    rows = [agreement_row(model=model, dice_others=0.7, disputed_ml=12.34, severity=5.0) for model in ("MOOSE", "CADS")]
    write_report(tmp_path / "page.html", rows, title="Measures")
    page = browser_page.open(tmp_path / "page.html")
    shown = ("dice_others", "disputed_ml", "severity")
    headings = [MEASURES[name].heading for name in shown]
    columns = page.locator("#rows thead th").all_text_contents()
    row = dict(zip(columns, table(page)[0]))
    assert [row[heading] for heading in headings] == ["0.700", "12.3", "5.0"]
    assert MEASURES["depth_mm"].heading not in columns
    assert page.locator("#rows th", has_text=headings[0]).get_attribute("title") == MEASURES["dice_others"].sentence
    said = hover(page, "dice-plot", "points CADS", 0)
    assert all(heading in said for heading in headings)


def test_sorting_by_a_heading_and_back(page):
    heading = page.locator("#rows thead th", has_text="Dice")
    heading.locator("button").click()
    assert heading.get_attribute("aria-sort") == "ascending"
    rising = [row[4] for row in table(page)]
    assert rising[0] == "0.000"
    assert rising[:9] == sorted(rising[:9])
    heading.locator("button").press("Enter")
    assert heading.get_attribute("aria-sort") == "descending"
    falling = [row[4] for row in table(page)]
    assert falling[:9] == sorted(falling[:9], reverse=True)
    assert falling[9:] == rising[9:] == [""] * 5


def test_finding_words_in_the_table(page):
    page.fill("#find", "LIVER b")
    assert [row[2] for row in table(page)] == ["CADS", "MOOSE"]
    assert page.locator("#row-count").text_content() == "2 of 14 rows, worst first."


def test_the_dice_plot_has_a_mark_for_every_compared_row(page):
    marks = series(page, "dice-plot")
    assert count(page, "dice-plot", "points") == 8
    assert {name: len(own) for name, own in marks.items() if own and name.startswith("margin")} == {
        "margin MOOSE": 1,
        "margin CADS": 1,
    }
    assert "Not drawn: 1 row without a Dice" in page.locator("#dice-note").inner_text()
    # Rows of the plot count from the top: spleen 0, liver 1. Three lanes lie around the centre of the row.
    heights = {name: marks[f"points {name}"][0][1] for name in ("MOOSE", "CADS", "Other")}
    assert heights["CADS"] == 0
    assert heights["MOOSE"] == -heights["Other"] < 0
    assert [dice for dice, _, _ in marks["points MOOSE"]] == [0.8, 0.95, 0.84]
    # Median, quartiles, range. The liver of MOOSE: 0.95, and 0 where there was no consensus.
    spleen, liver = marks["distribution MOOSE"]
    assert [spleen[0], *spleen[2:6]] == pytest.approx([0.82, 0.81, 0.83, 0.8, 0.84])
    assert [liver[0], *liver[2:6]] == pytest.approx([0.475, 0.2375, 0.7125, 0, 0.95])
    assert [median for median, *_ in marks["distribution CADS"]] == pytest.approx([0.91, 0.97])


def test_the_share_plot_has_a_mark_for_every_volume_and_says_what_is_missing(page):
    marks = series(page, "share-plot")
    assert count(page, "share-plot", "points") == 9
    assert marks["points CADS"][0][:2] == pytest.approx([70.0, 600 / 7])
    assert "liver, CADS, b" in page.locator("#share-note").text_content()  # also where it is not scrolled to
    page.check("#share-log")
    assert series(page, "share-plot")["points CADS"][0][0] == pytest.approx(1.845098)


def test_lines_join_the_models_of_one_case_and_structure_by_volume(page):
    (lines,) = [data for name, data in page.evaluate(SERIES, "share-plot") if name == "lines"]
    for value, expected in zip(lines, [[65, 1200 / 13], [70, 600 / 7], [90, 200 / 3]]):
        assert value == pytest.approx(expected)
    assert lines[3] == [None, None]
    # spleen a, liver a, spleen b, liver b
    assert sum(value == [None, None] for value in lines) == 4


def test_the_dice_axis_fits_the_marks_and_can_be_full(page):
    option = "echarts.getInstanceByDom(document.getElementById('dice-plot')).getOption().xAxis[0]"
    page.click("#structures summary")
    page.uncheck("#structures-list input >> nth=1")
    assert page.evaluate(f"[{option}.min, {option}.max]") == pytest.approx([0.78, 0.98])
    page.check("#dice-full")
    assert page.evaluate(f"[{option}.min, {option}.max]") == [0, 1]


def test_hovering_tells_everything_about_a_mark(page):
    text = hover(page, "dice-plot", "points CADS", 0)
    for words in ("CADS", "spleen", "a", "0.920", "70.0 ml", "60.0 ml", "85.7 %", "ok"):
        assert words in text
    assert "Median Dice\n0.820" in hover(page, "dice-plot", "distribution MOOSE", 0)
    assert "missing" in hover(page, "dice-plot", "margin CADS", 0)
    assert "Other" in hover(page, "share-plot", "points Other", 0)


def test_switching_a_model_off_takes_its_points_from_both_plots(page):
    button = page.locator("#models button", has_text="CADS")
    button.focus()
    button.press("Space")
    assert button.get_attribute("aria-pressed") == "false"
    for plot in ("dice-plot", "share-plot"):
        assert "points CADS" not in series(page, plot)
        assert "points MOOSE" in series(page, plot)
    button.click()
    assert count(page, "dice-plot", "points") == 8


def test_choosing_structures(page):
    page.click("#structures summary")
    page.uncheck("#structures-list input >> nth=0")
    assert count(page, "dice-plot", "points") == 2
    page.click("[data-pick=none]")
    assert count(page, "dice-plot", "points") == 0
    page.click("[data-pick=all]")
    assert count(page, "dice-plot", "points") == 8
    assert page.locator("#structures-shown").inner_text() == "all 3"


def test_structures_are_the_same_by_code_not_by_name(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(), agreement_row(model="CADS", structure="Milz"), agreement_row(structure_key="SCT:1")]
    write_report(tmp_path / "page.html", rows, title="Names")
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#structures-shown").inner_text() == "all 2"


def test_another_consensus(browser_page, agreement_row, tmp_path):
    rows = [agreement_row(), agreement_row(model="CADS"), agreement_row(consensus="majority", volume_ratio=1.2)]
    write_report(tmp_path / "page.html", rows, title="Two consensus methods")
    page = browser_page.open(tmp_path / "page.html")
    assert count(page, "dice-plot", "points") == 2
    page.select_option("#consensus", "majority")
    assert count(page, "dice-plot", "points") == 1
    assert page.locator("[data-intersection]:visible").count() == 0
    axis = "echarts.getInstanceByDom(document.getElementById('share-plot')).getOption().yAxis[0].max"
    assert page.evaluate(axis) == 120


def test_many_structures_start_with_the_worst_and_the_table_with_its_first_rows(browser_page, agreement_row, tmp_path):
    rows = [
        agreement_row(structure=f"s{i}", structure_key="", model=model, dice=0.5 + i / 1000)
        for i in range(55)
        for model in ("MOOSE", "CADS")
    ]
    write_report(tmp_path / "page.html", rows, title="Many")
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("#structures-shown").inner_text() == "all 55"
    assert page.locator("#matrix tbody tr").count() == 55
    assert count(page, "dice-plot", "points") == 24
    assert len(table(page)) == 100
    page.click("#show-all")
    assert len(table(page)) == 110
    page.check("#draw-all")
    assert count(page, "dice-plot", "points") == 110


def test_hostile_names_are_text_everywhere(browser_page, agreement_row, pairwise_row, tmp_path):
    names = {"case": HOSTILE, "structure": HOSTILE, "structure_key": HOSTILE}
    rows = [agreement_row(**names, model=HOSTILE), agreement_row(**names, model="CADS")]
    rows.append(agreement_row(case=HOSTILE))
    pairs = [pairwise_row(model_a=HOSTILE, model_b="CADS")]
    write_report(tmp_path / "page.html", rows, pairs, title=HOSTILE, notes=[HOSTILE])
    page = browser_page.open(tmp_path / "page.html")
    assert page.locator("h1").inner_text() == HOSTILE
    assert page.locator("img").count() == 0
    assert HOSTILE in hover(page, "dice-plot", f"points {HOSTILE}", 0)
    page.fill("#find", HOSTILE.split()[0])
    assert HOSTILE in table(page)[0]
    assert page.locator("img").count() == 0


NAMES = ("__proto__", "constructor", "toString", "hasOwnProperty")


@pytest.mark.parametrize("beside", [False, True])
def test_names_that_objects_of_the_language_have(browser, agreement_row, pairwise_row, tmp_path, beside):
    """Each as a model, a case, a structure and a column of the cases, in which its own case alone has "first"."""
    rows, pairs = [agreement_row(model="CADS")], []
    for name in NAMES:
        place = {"case": name, "structure": name, "structure_key": ""}
        rows += [agreement_row(**place, model=name), agreement_row(**place, model="CADS")]
        pairs.append(pairwise_row(**place, model_a=name, model_b="CADS", dice=0.75))
    cases = CaseTable(
        columns=NAMES,
        values={case: tuple("first" if case == name else "second" for name in NAMES) for case in (*NAMES, "case-01")},
        labels={name: f"Patient {number}" for number, name in enumerate(NAMES)},
        study_uids={name: f"5.{number}" for number, name in enumerate(NAMES)},
        seg_uids={
            (name, model): (f"{first}.{number}",)
            for number, name in enumerate(NAMES)
            for model, first in ((name, 6), ("CADS", 7))
        },
    )
    path = tmp_path / "page.html"
    template = "https://viewer.example/?s={study}&seg={seg}"
    write_report(path, rows, pairs, title=NAMES[0], cases=cases, viewer=template, data_beside=beside)
    page = browser.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(path.as_uri())
    assert len(table(page)) == 9
    assert count(page, "dice-plot", "points") == 9
    with_cads = page.locator("#pairs tbody tr", has_text="CADS").locator("td").all_inner_texts()
    assert dict(zip(page.locator("#pairs thead th").all_inner_texts(), with_cads)) == {
        "CADS": "–", **dict.fromkeys((*NAMES, "Mean of its pairs"), "0.750")
    }  # fmt: skip
    assert page.locator("#models button").count() == 5
    for number, name in enumerate(NAMES):
        row = page.locator("#rows tbody tr", has=page.get_by_text(name, exact=True))
        row.locator("button", has_text=f"Patient {number}").first.click()
        assert page.locator("#details-heading").inner_text().endswith(f", {name}"), name
        link = page.locator("#viewer-link").get_attribute("href")
        assert link == f"https://viewer.example/?s=5.{number}&seg=6.{number}", name
        page.click(f"#attribute-{number} summary")
        page.locator(f"#attribute-{number}-list label", has_text="first").locator("input").uncheck()
        assert f"where {name}=second" in address(page)
        assert count(page, "dice-plot", "points") == 9 - 2 * (number + 1), name
    page.reload()
    assert count(page, "dice-plot", "points") == 1
    assert said == []
    page.close()


def test_a_page_without_its_data_says_which_file_it_wants(browser_page, agreement_row, tmp_path):
    write_report(tmp_path / "page.html", [agreement_row()], title="Apart", data_beside=True)
    (tmp_path / "page.data.js").rename(tmp_path / "elsewhere.js")
    page = browser_page.page
    page.goto((tmp_path / "page.html").as_uri())
    assert "page.data.js, which is not beside it" in page.locator("main").inner_text()
    # The browser says that the file is not there, and asks for it: both are as they have to be.
    browser_page.messages.clear()
    browser_page.requests.clear()
    browser_page.requests.append("file:///page.html")


def test_no_rows_at_all(browser_page, tmp_path):
    write_report(tmp_path / "page.html", [], title="Nothing")
    page = browser_page.open(tmp_path / "page.html")
    assert "There is nothing to compare." in page.locator("main").inner_text()
    assert table(page) == []
