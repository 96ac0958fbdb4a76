"""Files and folders become outputs of models, with a question where the files leave it open."""

from __future__ import annotations

from scene.harmonizer_files import ORGANS, RIBS, box, organs, own_files, write_output
from SegmentationConcordanceLib.harmonizing.output_content import read_content
from SegmentationConcordanceLib.harmonizing.output_recognition import new_outputs, recognize


def test_files_of_different_tasks_are_one_output(tmp_path, known_models):
    files = [organs(tmp_path), write_output(tmp_path / RIBS, {1: box(0)})]
    (output,) = new_outputs(files, known_models)
    assert output.paths == tuple(files)
    assert (output.name, output.label_map, output.task, output.is_confirmed) == ("MOOSE", "moose", "", True)
    content = read_content(output, known_models)
    assert content.tasks == ("clin_ct_organs", "clin_ct_ribs")


def test_two_runs_of_one_task_are_two_outputs_of_different_names(tmp_path, known_models):
    files = [organs(tmp_path / "full"), organs(tmp_path / "fast")]
    first, second = new_outputs(files, known_models, taken=["MOOSE (2)"])
    assert (first.paths, second.paths) == ((files[0],), (files[1],))
    assert (first.name, second.name) == ("MOOSE", "MOOSE (3)")


def test_a_folder_is_one_output_and_so_are_loose_structure_files_of_one_folder(tmp_path, known_models):
    folder = own_files(tmp_path / "run")
    loose = [str(tmp_path / "run" / f"{name}.nii.gz") for name in ("spleen", "liver")]
    as_folder, as_files = new_outputs([folder, *loose], known_models)
    assert as_folder.paths == (folder,)
    assert as_files.paths == tuple(loose)


def test_a_rib_of_unknown_version_is_asked_for(tmp_path, known_models):
    path = write_output(tmp_path / "x_total.nii.gz", {1: box(0), 92: box(1)})
    (output,) = new_outputs([path], known_models)
    assert not output.is_confirmed
    question = recognize([path], known_models).question
    assert "TotalSegmentator 2.6" in question and "TotalSegmentator 2.0" in question and "Choose" in question


def test_between_several_models_none_is_chosen_beforehand(tmp_path, known_models):
    folder = tmp_path / "run"
    for row, name in enumerate(("spleen", "liver", "aorta")):
        write_output(folder / f"{name}.nii.gz", {1: box(row)})
    (output,) = new_outputs([str(folder)], known_models)
    assert (output.name, output.label_map, output.is_confirmed) == ("run", "", False)
    assert "the files leave it open" in recognize([str(folder)], known_models).question


def test_what_no_model_wrote_is_called_as_the_file(tmp_path, known_models):
    path = write_output(tmp_path / "mine.nii.gz", {501: box(0)})
    (output,) = new_outputs([path], known_models)
    assert (output.name, output.label_map, output.is_confirmed) == ("mine", "", True)
    assert recognize([path], known_models).question == ""


def test_a_missing_file_is_told_in_words(tmp_path, known_models):
    (output,) = new_outputs([str(tmp_path / "gone.nii.gz")], known_models)
    assert "does not exist" in recognize(output.paths, known_models).problem
    assert "does not exist" in read_content(output, known_models).problem


def test_a_label_map_that_is_gone_is_told_in_words(tmp_path, known_models):
    from dataclasses import replace

    (output,) = new_outputs([organs(tmp_path, ORGANS)], known_models)
    content = read_content(replace(output, label_map="mine"), known_models)
    assert content.output is None and "no label map mine" in content.problem


def test_the_modality_of_the_image_decides_between_versions_for_ct_and_mr(tmp_path, known_models):
    from SegmentationConcordanceLib.harmonizing.known_models import version_of
    from SegmentationConcordanceLib.harmonizing.output_recognition import modality_of

    versions = [version_of(one) for one in known_models.versions("TotalSegmentator")]
    assert "2.2 to 2.6, CT" in versions and "2.6.0, MR" in versions
    (tmp_path / "run").mkdir()
    for name in ("spleen", "liver"):
        write_output(tmp_path / "run" / f"{name}.nii.gz", {1: box(0)})
    path = str(tmp_path / "run")
    both = {modality_of(known_models, one) for one in recognize([path], known_models).found}
    assert {"CT", "MR"} <= both
    for modality in ("CT", "MR"):
        left = {modality_of(known_models, one) for one in recognize([path], known_models, modality).found}
        assert left == (both - {"CT", "MR"}) | ({modality} & both)
    assert recognize([path], known_models, "PT").found  # nothing is lost where no version fits
