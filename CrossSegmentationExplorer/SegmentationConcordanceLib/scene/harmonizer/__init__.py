"""Any model's output becomes coded, coloured segments of a volume: what the module SegmentHarmonizer knows, without Qt.

From files to :class:`.output_choice.OutputChoice` (what the user decided), :class:`.output_content.OutputContent` (what
the files hold), :class:`.label_rows.LabelRow` (what each label is), and at last segmentation nodes and DICOM SEG.
"""
