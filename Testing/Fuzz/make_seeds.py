"""Make the seeds: small sound files of every kind that a target reads. Run it again when a format changes:
PYTHONPATH=CrossSegmentationExplorer:Testing/Python python Testing/Fuzz/make_seeds.py"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import nibabel
import numpy as np
import SimpleITK
from pydicom.uid import DeflatedExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless

from imaging.seg_cases import AXIAL, ct_series, highdicom_seg, kidney_cyst_spleen
from SegmentationConcordanceLib.anatomy.vocabulary import load_vocabulary

SEEDS = Path(__file__).with_name("seeds")


def keep(target: str, name: str, content: bytes | str) -> None:
    folder = SEEDS / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


def dicom(folder: Path) -> None:
    series = ct_series(folder / "ct")
    keep("series", "slice.dcm", series.files[2].read_bytes())
    for kind in ("BINARY", "FRACTIONAL", "LABELMAP"):
        for syntax in (None, ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, RLELossless):
            dataset = highdicom_seg(kidney_cyst_spleen(), series, kind)
            if syntax == RLELossless:
                if kind == "BINARY":
                    continue
                dataset.compress(RLELossless)
            elif syntax is not None:
                dataset.file_meta.TransferSyntaxUID = syntax
            path = folder / "seg.dcm"
            dataset.save_as(path, enforce_file_format=True)
            for target in ("seg", "seg_header", "served"):
                if target == "seg" or syntax is None:
                    keep(
                        target,
                        f"{kind.lower()}-{syntax.name.split()[0].lower() if syntax else 'plain'}.dcm",
                        path.read_bytes(),
                    )


def volumes(folder: Path) -> None:
    voxels = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    affine = np.diag([-1.0, -1, 1, 1]) @ AXIAL.ijk_to_lps
    names = b'<?xml version="1.0"?><L><Label Key="1" Red="1">spleen</Label><Label Key="2">liver</Label></L>'
    for kind, name in ((nibabel.Nifti1Image, "one"), (nibabel.Nifti2Image, "two")):
        image = kind(voxels, affine)
        image.header.extensions.append(nibabel.nifti1.Nifti1Extension(0, names))
        content = image.to_bytes()
        keep("nifti", f"{name}.nii", content)
        keep("nifti_names", f"{name}.nii", content)
        keep("nifti_gz", f"{name}.nii.gz", gzip.compress(content, mtime=0))
    image = SimpleITK.GetImageFromArray(voxels)
    for target, suffix in (("nrrd", ".nrrd"), ("metaimage", ".mha")):
        for packed in (False, True):
            path = folder / f"{'packed' if packed else 'plain'}{suffix}"
            SimpleITK.WriteImage(image, str(path), useCompression=packed)
            keep(target, path.name, path.read_bytes())


def tables() -> None:
    own = load_vocabulary("auto3dseg").path.read_text(encoding="utf-8").splitlines()
    keep("label_map", "map.csv", "\n".join(own[:14]) + "\n")
    keep("dataset_json", "two.json", '{"labels": {"background": 0, "liver": 1, "spleen": [2]}}')
    keep("dataset_json", "one.json", '{"labels": {"0": "background", "1": "liver"}}')
    keep("color_table", "slicer.txt", "# a\n0 Background 0 0 0 0\n1 liver 221 130 101 255\n")
    keep("color_table", "snap.txt", '0 0 0 0 0 0 0 "Clear Label"\n1 255 0 0 1 1 1 "liver"\n')
    coded = "SegmentedPropertyTypeCodeSequence.CodeValue,SegmentedPropertyTypeCodeSequence.CodingSchemeDesignator"
    keep(
        "color_csv",
        "colors.csv",
        f"LabelValue,Name,Color_R,Color_G,Color_B,{coded}\n1,liver,221,130,101,10200004,SCT\n",
    )
    code = '"CodingSchemeDesignator": "SCT", "CodeValue": "123037004", "CodeMeaning": "Anatomical Structure"'
    keep("terminology", "terms.json", f'{{"SegmentationCodes": {{"Category": [{{{code}, "Type": [{{{code}}}]}}]}}}}')
    agreement = "case,series_uid,structure,structure_key,model,status,consensus,n_models,volume_ml,consensus_volume_ml"
    agreement += ",dice,jaccard,volume_ratio,hd95_mm,assd_mm,nsd,nsd_tolerance_mm\n"
    keep(
        "report_tables", "agreement.csv", agreement + "a,1.2,liver,SCT:10200004,M,ok,intersection,2,1,1,0.9,0.8,1,,,,\n"
    )
    pairwise = "case,structure,structure_key,model_a,model_b,dice,volume_a_ml,volume_b_ml\n"
    keep("report_tables", "pairwise.csv", pairwise + "a,liver,SCT:10200004,M,N,0.9,1,1\n")


def texts() -> None:
    keep("request", "studies", "studies?PatientName=*&limit=1&includefield=all")
    keep("request", "frames", "studies/1.2/series/1.3/instances/1.4/frames/1,2")
    keep("request", "bulk", "studies/1.2/series/1.3/instances/1.4/bulkdata/00091001")
    keep("link", "ohif", "https://host/ohif?dicomweb=host/root")
    keep("link", "template", "https://host/?study={study}&seg={seg}&structure={structure}")
    keep("pattern", "case", "{case}/ct/**/a?[b]*.nii.gz")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        dicom(Path(folder))
        volumes(Path(folder))
    tables()
    texts()


if __name__ == "__main__":
    main()
