"""concordance harmonize on the sample and on a real CT, and on input that must be refused."""

from __future__ import annotations

import gzip
import re
import shutil

import highdicom
import nibabel
import numpy as np
import pydicom
import pytest
import SimpleITK

TS2 = "totalsegmentator_v2"


def words(case, path, output, model=TS2):
    return [
        "harmonize",
        "--model",
        model,
        "--task",
        "total",
        "--ct",
        case.ct_folder,
        "--segmentation",
        path,
        "--output",
        output,
    ]


@pytest.mark.parametrize("model", ["totalsegmentator_v1", "auto3dseg", "moose", "multitalent", "cads"])
def test_every_model_layout_becomes_a_seg(concordance, case, outputs, tmp_path, model):
    output = tmp_path / "out.dcm"
    call = ["harmonize", "--model", model, "--ct", case.ct_folder, "--output", output, "--json", "--segmentation"]
    task = ["--task", "total"] if model == "totalsegmentator_v1" else []
    outcome = concordance(*call, *outputs[model], *task)
    assert (outcome.code, outcome.err) == (0, "")
    seg = pydicom.dcmread(output, stop_before_pixels=True)
    names = {item.SegmentLabel for item in seg.SegmentSequence}
    assert names == set(outcome.json()["volumes_ml"])
    assert "aorta" in names or model == "multitalent"


def test_without_a_model_it_is_recognized_and_said_why(concordance, case, outputs, tmp_path):
    call = ["harmonize", "--ct", case.ct_folder, "--output", tmp_path / "out.dcm", "--segmentation", *outputs["moose"]]
    outcome = concordance(*call)
    assert outcome.code == 0
    assert "segments of MOOSE, read back voxel by voxel" in outcome.out
    assert "is called as MOOSE calls its files" in outcome.out
    summary = concordance(*call, "--json").json()
    assert summary["label_map"] == "moose"
    assert '"moose" names MOOSE' in summary["recognized"]
    seg = pydicom.dcmread(tmp_path / "out.dcm", stop_before_pixels=True)
    assert seg.ContentDescription.startswith("label map moose")


def test_a_model_that_the_files_leave_open_is_asked_for(refused, case, outputs, tmp_path):
    call = ["harmonize", "--ct", case.ct_folder, "--output", tmp_path / "out.dcm", "--segmentation", *outputs[TS2]]
    line = refused(*call)
    assert "may be of totalsegmentator_v2 total or totalsegmentator_v2_0 total" in line
    assert "are other structures in TotalSegmentator 2.0" in line
    assert "--model" in line
    assert not (tmp_path / "out.dcm").exists()


@pytest.mark.parametrize("words", [("--redo",), ("--plan", "plan.csv")])
def test_options_for_many_cases_need_a_folder_of_them(refused, case, outputs, tmp_path, words):
    call = ["harmonize", "--ct", case.ct_folder, "--output", tmp_path / "out.dcm", "--segmentation", *outputs[TS2]]
    assert "Give --cases DIR with it" in refused(*call, *words)


def test_seg_holds_the_voxels_of_the_model_at_their_places(concordance, case, outputs, tmp_path):
    (path,) = outputs[TS2]
    assert concordance(*words(case, path, tmp_path / "ts.dcm")).code == 0
    seg = highdicom.seg.segread(tmp_path / "ts.dcm")
    volume = seg.get_volume(combine_segments=False)
    image = SimpleITK.DICOMOrient(SimpleITK.ReadImage(str(path)), "LPS")
    truth = SimpleITK.GetArrayFromImage(image)
    origin = np.array(image.GetOrigin())
    model_labels = {"lung_upper_lobe_left": 10, "heart": 51, "aorta": 52, "sternum": 116}
    for number in seg.segment_numbers:
        label = seg.get_segment_description(number).segment_label
        if label not in model_labels:
            continue
        found = np.argwhere(volume.array[..., number - 1])
        lps = found @ volume.affine[:3, :3].T + volume.affine[:3, 3]
        ijk = np.rint((lps - origin) / np.array(image.GetSpacing())).astype(int)
        expected = np.argwhere(truth == model_labels.pop(label))[:, ::-1]
        assert sorted(map(tuple, ijk)) == sorted(map(tuple, expected))
    assert model_labels == {}


def test_seg_is_clean_coloured_and_named(concordance, case, outputs, tmp_path, dciodvfy):
    output = tmp_path / "ts.dcm"
    assert concordance(*words(case, outputs[TS2][0], output), "--name", "TS run 7").code == 0
    assert dciodvfy(output) == []
    seg = pydicom.dcmread(output, stop_before_pixels=True)
    assert seg.SeriesDescription == "TS run 7"
    assert {item.SegmentAlgorithmName for item in seg.SegmentSequence} == {"TS run 7"}
    assert {item.SegmentAlgorithmType for item in seg.SegmentSequence} == {"AUTOMATIC"}
    aorta = next(item for item in seg.SegmentSequence if item.SegmentLabel == "aorta")
    assert aorta.SegmentedPropertyTypeCodeSequence[0].CodeValue == "15825003"
    slices = {str(pydicom.dcmread(path, stop_before_pixels=True).SOPInstanceUID) for path in case.ct_folder.iterdir()}
    (series,) = seg.ReferencedSeriesSequence
    assert {item.ReferencedSOPInstanceUID for item in series.ReferencedInstanceSequence} == slices


def test_paths_with_spaces_umlauts_and_signs(concordance, case, outputs, tmp_path):
    folder = tmp_path / "Köln; a & b <c>, 'd'"
    shutil.copytree(case.ct_folder, folder / "ct, mit Komma")
    segmentation = folder / "ts ü;.nii.gz"
    shutil.copy(outputs[TS2][0], segmentation)
    call = ["harmonize", "--model", TS2, "--task", "total", "--ct", folder / "ct, mit Komma"]
    assert concordance(*call, "--segmentation", segmentation, "--output", folder / "aus gäbe;.dcm").code == 0
    assert (folder / "aus gäbe;.dcm").stat().st_size > 0


def changed_copy(path, target, change):
    """A copy of a NIfTI file after ``change(voxels, affine) -> (voxels, affine)``; arrays (i, j, k), affine RAS."""
    image = nibabel.load(path)
    voxels, affine = change(np.asarray(image.dataobj), image.affine.copy())
    nibabel.save(nibabel.Nifti1Image(voxels, affine), target)
    return target


def moved(offset):
    def change(voxels, affine):
        affine[:3, 3] += offset
        return voxels, affine

    return change


def scaled(factor):
    return lambda voxels, affine: (voxels, affine @ np.diag([factor, 1, 1, 1]))


def with_label(value, dtype):
    def change(voxels, affine):
        voxels = voxels.astype(dtype)
        voxels[10, 10, 10] = value
        return voxels, affine

    return change


BAD_VOLUMES = {
    "half a slice": (moved([0, 0, 4.5]), r"origin off by \(.*\+4\.5\) mm"),
    "millimetres in plane": (moved([3, 0, 0]), r"origin off by \(-3, \+0, \+0\) mm"),
    "spacing": (scaled(1.01), "spacing 8.08 x 8 x 9 mm, not 8 x 8 x 9"),
    "more slices": (
        lambda voxels, affine: (np.pad(voxels, ((0, 0), (0, 0), (0, 2))), affine),
        "shape 48 x 48 x 32 voxels, not 48 x 48 x 30",
    ),
    "four axes": (lambda voxels, affine: (voxels[..., None].repeat(2, axis=3), affine), "has 4 axes"),
    "fractions": (with_label(1.5, np.float32), "1 voxels are no whole numbers, e.g. 1.5"),
    "negative": (with_label(-3, np.int16), "1 voxels are negative, the lowest -3"),
    "unknown label": (with_label(250, np.uint8), r"does not know 1 of \d+ labels: 250 \(1 voxels\)"),
    "nothing": (lambda voxels, affine: (np.zeros_like(voxels), affine), "nothing was segmented"),
}


@pytest.mark.parametrize("kind", BAD_VOLUMES)
def test_bad_volume_is_refused_and_nothing_is_written(refused, case, outputs, tmp_path, kind):
    change, message = BAD_VOLUMES[kind]
    path = changed_copy(outputs[TS2][0], tmp_path / "bad.nii.gz", change)
    before = path.read_bytes()
    line = refused(*words(case, path, tmp_path / "out" / "out.dcm"))
    assert re.search(message, line), line
    assert [entry.name for entry in tmp_path.iterdir()] == ["bad.nii.gz"]
    assert path.read_bytes() == before


BAD_FILES = {
    "missing": (lambda path: path.unlink(), "does not exist"),
    "empty": (lambda path: path.write_bytes(b""), "is empty"),
    "truncated": (lambda path: path.write_bytes(path.read_bytes()[:-2000]), "truncated"),
    "cut inside": (
        lambda path: path.write_bytes(gzip.compress(gzip.decompress(path.read_bytes())[:-5000])),
        "is truncated",
    ),
    "no NIfTI": (lambda path: path.write_bytes(gzip.compress(b"hello " * 100)), "is not a NIfTI file"),
}


@pytest.mark.parametrize("kind", BAD_FILES)
def test_bad_file_is_refused_and_nothing_is_written(refused, case, outputs, tmp_path, kind):
    change, message = BAD_FILES[kind]
    path = tmp_path / "bad.nii.gz"
    shutil.copy(outputs[TS2][0], path)
    change(path)
    line = refused(*words(case, path, tmp_path / "out.dcm"))
    assert message in line
    assert str(path) in line
    assert not (tmp_path / "out.dcm").exists()


def test_a_pure_flip_or_permutation_is_no_error(concordance, case, outputs, tmp_path):
    def turned(voxels, affine):
        turn = np.array([[0, 0, -1, voxels.shape[0] - 1], [1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1]], dtype=float)
        return voxels[::-1].transpose(1, 2, 0), affine @ turn

    path = changed_copy(outputs[TS2][0], tmp_path / "turned.nii.gz", turned)
    straight = concordance(*words(case, outputs[TS2][0], tmp_path / "a.dcm"), "--json").json()
    again = concordance(*words(case, path, tmp_path / "b.dcm"), "--json").json()
    assert again["volumes_ml"] == straight["volumes_ml"]


def test_ct_folder_without_ct(refused, case, outputs, tmp_path):
    (tmp_path / "empty").mkdir()
    call = ["harmonize", "--model", TS2, "--task", "total", "--segmentation", outputs[TS2][0]]
    line = refused(*call, "--ct", tmp_path / "empty", "--output", tmp_path / "out.dcm")
    assert str(tmp_path / "empty") in line


def test_ct_with_a_missing_slice(refused, case, outputs, tmp_path):
    shutil.copytree(case.ct_folder, tmp_path / "ct")
    sorted((tmp_path / "ct").iterdir())[20].unlink()
    call = ["harmonize", "--model", TS2, "--task", "total", "--segmentation", outputs[TS2][0]]
    assert "1 slice" in refused(*call, "--ct", tmp_path / "ct", "--output", tmp_path / "out.dcm")


def test_two_series_are_listed_and_one_can_be_named(concordance, refused, sample_cohort, case, outputs, tmp_path):
    for number, one in enumerate(sample_cohort.cases[:2]):
        shutil.copytree(one.ct_folder, tmp_path / "ct" / str(number))
    call = ["harmonize", "--model", TS2, "--task", "total", "--segmentation", outputs[TS2][0], "--ct", tmp_path / "ct"]
    line = refused(*call, "--output", tmp_path / "out.dcm")
    uid = str(pydicom.dcmread(next(case.ct_folder.iterdir()), stop_before_pixels=True).SeriesInstanceUID)
    assert uid in line
    assert concordance(*call, "--output", tmp_path / "out.dcm", "--series", uid).code == 0


def test_output_that_cannot_be_written(refused, case, outputs, tmp_path):
    (tmp_path / "file").write_text("x")
    assert "file, not a folder" in refused(*words(case, outputs[TS2][0], tmp_path / "file" / "out.dcm"))


def test_unknown_label_map_names_the_known_ones(refused, case, outputs, tmp_path):
    assert "totalsegmentator_v2" in refused(*words(case, outputs[TS2][0], tmp_path / "o.dcm", model="totalsegmentor"))


def test_real_ct_and_model(concordance, real_cases, tmp_path, dciodvfy):
    thorax = real_cases / "thorax_dicom"
    segmentation = thorax / "totalsegmentator_v2_total.nii.gz"
    output = tmp_path / "ts.dcm"
    call = ["harmonize", "--model", TS2, "--ct", thorax / "ct", "--segmentation", segmentation, "--output", output]
    assert concordance(*call).code == 0
    assert dciodvfy(output) == []
    seg = highdicom.seg.segread(output)
    counts = np.bincount(np.asarray(nibabel.load(segmentation).dataobj).astype(int).ravel())[1:]
    assert seg.number_of_segments == np.count_nonzero(counts) > 20
    frames = seg.get_volume(combine_segments=False).array
    assert sorted(frames.sum(axis=(0, 1, 2)).tolist()) == sorted(counts[counts > 0].tolist())


def test_real_ct_with_blank_uids(refused, real_cases, tmp_path):
    thorax = real_cases / "thorax_dicom"
    segmentation = thorax / "totalsegmentator_v2_total.nii.gz"
    call = ["harmonize", "--model", TS2, "--ct", thorax / "ct_blank_uids", "--segmentation", segmentation]
    assert "anonymi" in refused(*call, "--output", tmp_path / "ts.dcm")


def test_the_output_takes_the_place_of_no_input(refused, case, outputs, tmp_path):
    shutil.copytree(case.ct_folder, tmp_path / "ct")
    (moose,) = [path for path in outputs["moose"] if "organs" in path.name]
    own = tmp_path / moose.name
    shutil.copy(moose, own)
    link = tmp_path / "link.dcm"
    link.symlink_to(own)
    image = min((tmp_path / "ct").iterdir())
    call = ["harmonize", "--model", "moose", "--ct", tmp_path / "ct", "--segmentation", own, "--output"]
    for output, read in ((own, own), (link, own), (image, image)):
        before = read.read_bytes()
        line = refused(*call, output)
        assert "is one of the files that are read" in line or "lies in the folder of the images" in line
        assert read.read_bytes() == before


def test_a_name_that_a_seg_cannot_hold_is_told(concordance, case, outputs, tmp_path):
    call = ["harmonize", "--model", "moose", "--ct", case.ct_folder, "--output", tmp_path / "a.dcm", "--segmentation"]
    plain = concordance(*call, *outputs["moose"], "--name", "Run 7")
    assert (plain.code, plain.err) == (0, "")
    outcome = concordance(*call, *outputs["moose"], "--name", "Größe 模型")
    stored = pydicom.dcmread(tmp_path / "a.dcm", stop_before_pixels=True).SeriesDescription
    assert (outcome.code, stored) == (0, "Grosse ??")
    assert outcome.err.endswith(f"there it is called {stored}\n")
