"""What a command says where the terminal cannot show every letter."""

from __future__ import annotations

import io
import json
import sys

from SegmentationConcordanceLib.commands.terminal import Terminal, command_to_type


def stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="ascii", write_through=True)


def text_of(written: io.TextIOWrapper) -> str:
    return written.buffer.getvalue().decode("ascii")


def test_lines_spell_out_what_cannot_be_shown():
    out, err = stream(), stream()
    terminal = Terminal(out=out, err=err)
    terminal.say("Größe")
    terminal.warn("é")
    assert text_of(out) == "Gr\\xf6\\xdfe\n"
    assert text_of(err) == "concordance: note: \\xe9\n"


def test_the_summary_stays_json():
    out = stream()
    Terminal(quiet=True, out=out).print_json({"case": "Größe", "file": "bad\udcff"})
    assert json.loads(text_of(out)) == {"case": "Größe", "file": "bad\udcff"}


def test_the_summary_is_readable_where_all_can_be_shown():
    out = io.StringIO()
    Terminal(quiet=True, out=out).print_json({"case": "Größe"})
    assert "Größe" in out.getvalue()


def test_the_command_to_type_is_the_one_that_was_called(monkeypatch):
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "argv", [".venv/bin/concordance", "demo"])
    assert command_to_type("view", "--study", "my demo") == ".venv/bin/concordance view --study 'my demo'"
