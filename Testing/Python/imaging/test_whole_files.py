"""Output files appear whole or not at all."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from SegmentationConcordanceLib.errors import ConcordanceError, OutputError
from SegmentationConcordanceLib.imaging.whole_files import require_no_input, whole_file, whole_files


def test_text_is_written_and_nothing_else_remains(tmp_path):
    target = tmp_path / 'bericht für <A & "B">; 1.csv'
    with whole_file(target) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")
        temporary.write_text("a;b", encoding="utf-8")
        assert not target.exists()
    assert target.read_text(encoding="utf-8") == "a;b"
    assert list(tmp_path.iterdir()) == [target]


def test_another_program_writes_the_file_and_sees_its_suffix(tmp_path):
    target = tmp_path / "labels.nii.gz"
    with whole_file(target) as temporary:
        program = "import sys; open(sys.argv[1], 'wb').write(sys.argv[1][-7:].encode())"
        subprocess.run([sys.executable, "-c", program, str(temporary)], check=True)
    assert target.read_bytes() == b".nii.gz"


def test_missing_parent_folders_are_made(tmp_path):
    target = tmp_path / "new" / "deeper" / "file.txt"
    with whole_file(target) as temporary:
        temporary.write_text("x")
    assert target.read_text() == "x"


@pytest.mark.parametrize("error", [ConcordanceError("ct", "is wrong"), ValueError("bug"), KeyboardInterrupt()])
def test_failing_block_leaves_nothing_new_and_raises_its_own_error(tmp_path, error):
    with pytest.raises(type(error)) as raised, whole_file(tmp_path / "new" / "deeper" / "file.txt") as temporary:
        temporary.write_text("half")
        raise error
    assert raised.value is error
    assert list(tmp_path.iterdir()) == []


def test_failing_block_keeps_the_file_that_was_there(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with pytest.raises(ValueError, match="bug"), whole_file(target) as temporary:
        temporary.write_text("half")
        raise ValueError("bug")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_good_block_replaces_the_file_that_was_there(tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")
    with whole_file(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "new"


def test_failure_keeps_a_made_folder_that_others_have_used_since(tmp_path):
    with pytest.raises(ValueError, match="bug"), whole_file(tmp_path / "new" / "file.txt"):
        (tmp_path / "new" / "other.txt").write_text("theirs")
        raise ValueError("bug")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["other.txt"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a full disk: make test on Linux")
def test_full_disk_is_said_and_nothing_remains(tmp_path):
    target = tmp_path / "new" / "file.txt"
    with pytest.raises(OutputError, match="no space left on the disk") as raised, whole_file(target) as temporary:
        temporary.symlink_to("/dev/full")
        temporary.write_text("x" * 100_000)
    assert str(target) in str(raised.value)
    assert "\n" not in str(raised.value)
    assert list(tmp_path.iterdir()) == []


def test_disk_that_is_full_at_the_last_step_keeps_the_old_file(tmp_path, monkeypatch):
    target = tmp_path / "file.txt"
    target.write_text("old")

    def full(self, other):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self), None, str(other))

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OutputError, match="no space left"), whole_file(target) as temporary:
        temporary.write_text("new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_working_folder_as_the_path():
    with pytest.raises(OutputError, match="is a folder, not a file"), whole_file(""):
        pytest.fail("the block must not run")


def test_path_below_a_regular_file(tmp_path):
    (tmp_path / "file").write_text("I am no folder")
    with (
        pytest.raises(OutputError, match="a part of its path is a file, not a folder"),
        whole_file(tmp_path / "file" / "deeper" / "out.csv"),
    ):
        pytest.fail("the block must not run")


@pytest.mark.parametrize("name", [".", "..", "made"])
def test_folder_at_the_path(tmp_path, name):
    (tmp_path / "made").mkdir()
    with pytest.raises(OutputError, match="is a folder, not a file"), whole_file(tmp_path / name):
        pytest.fail("the block must not run")


@pytest.fixture
def ordinary_user():
    """Root may write everywhere, so a test that runs as root becomes nobody for a while."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    yield
    os.seteuid(0)


def test_read_only_folder(tmp_path, ordinary_user):
    with pytest.raises(OutputError, match="no permission"), whole_file("/out.csv") as temporary:
        temporary.write_text("x")


def test_no_permission_is_said(tmp_path):
    with pytest.raises(OutputError, match="no permission to write here"), whole_file(tmp_path / "out.csv") as temporary:
        raise PermissionError(errno.EACCES, "Permission denied", str(temporary))


def test_name_too_long(tmp_path):
    with pytest.raises(OutputError, match="too long"), whole_file(tmp_path / ("x" * 300)) as temporary:
        temporary.write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_block_that_writes_nothing(tmp_path):
    with pytest.raises(OutputError, match="was not written"), whole_file(tmp_path / "new" / "out.csv"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_missing_input_of_the_block_is_not_blamed_on_the_output(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"input\.csv"), whole_file(tmp_path / "out.csv"):
        (tmp_path / "input.csv").read_text()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_read_is_not_written(tmp_path):
    read, other, link = tmp_path / "read", tmp_path / "other", tmp_path / "link"
    read.touch()
    other.touch()
    link.symlink_to(read)
    for output, inputs in ((read, [read]), (read, [other, link]), (link, [read])):
        with pytest.raises(OutputError, match="is one of the files that are read"):
            require_no_input(output, inputs)
    require_no_input(other, [read, link, tmp_path / "absent"])
    require_no_input(tmp_path / "absent", [read, tmp_path / "absent"])


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs /proc, which takes no folder: make test on Linux")
def test_a_folder_that_cannot_be_made():
    with pytest.raises(OutputError, match="its folder cannot be made"), whole_file("/proc/absent/a.csv"):
        pytest.fail("there is nowhere to write to")


def test_files_that_belong_together_all_take_their_places(tmp_path):
    (tmp_path / "page").write_text("old page")
    with whole_files(tmp_path / "page", tmp_path / "data") as (page, data):
        page.write_text("new page")
        data.write_text("new data")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"page": "new page", "data": "new data"}


@pytest.mark.parametrize("fails", ["while writing", "page", "data"])
def test_files_that_belong_together_stay_as_they_were_when_one_fails(tmp_path, monkeypatch, fails):
    """The disk fills while the second is written, or one of them cannot take its place."""
    (tmp_path / "page").write_text("old page")
    (tmp_path / "data").write_text("old data")
    replace = Path.replace

    def failing(self, target):
        if Path(target).name == fails and self.read_text().startswith("new"):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self), None, str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", failing)
    with (
        pytest.raises(OutputError, match="no space left"),
        whole_files(tmp_path / "page", tmp_path / "data") as (page, data),
    ):
        page.write_text("new page")
        if fails == "while writing":
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        data.write_text("new data")
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"page": "old page", "data": "old data"}
