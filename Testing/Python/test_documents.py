"""The pages for people: what they link to is there, and each question of a newcomer is two links away from README."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

PAGES = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", ".github/pull_request_template.md")
QUESTIONS = ("a measure", "a label map", "a finding", "a plot", "a reader")


def links_of(page: Path) -> list[str]:
    """The relative links of a Markdown page, pictures included."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:|#", link)]


def anchors_of(page: Path) -> set[str]:
    """The anchors that a Markdown page has, one per heading, made as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_link_leads_to_a_file_and_to_a_heading(repository):
    pages = [*(repository / page for page in PAGES), *sorted((repository / "docs").glob("*.md"))]
    broken = []
    for page in pages:
        for link in links_of(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
                broken.append(f"{page.relative_to(repository)}: {link}")
    assert broken == []


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_newcomer_finds_where_to_add_it_in_two_steps(repository, question):
    assert "CONTRIBUTING.md" in links_of(repository / "README.md")
    contributing = (repository / "CONTRIBUTING.md").read_text(encoding="utf-8")
    answer = contributing.split(f"### ... {question}\n")[1].split("\n#")[0]
    files = [link for link in re.findall(r"\]\(([^)]+)\)", answer) if not link.endswith(".md")]
    assert files
    assert [file for file in files if not (repository / file).exists()] == []


def test_every_folder_of_the_library_is_on_both_maps(repository):
    library = repository / "CrossSegmentationExplorer" / "SegmentationConcordanceLib"
    folders = {path.name for path in library.iterdir() if path.is_dir() and path.name != "__pycache__"}
    maps = {
        "CONTRIBUTING.md": r"`(\w+)/`",
        "README.md": r"^  (\w+)/ ",
    }
    for page, pattern in maps.items():
        named = set(re.findall(pattern, (repository / page).read_text(encoding="utf-8"), flags=re.MULTILINE))
        assert folders - named == set(), page
