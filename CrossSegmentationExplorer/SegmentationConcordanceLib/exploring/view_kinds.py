"""The kinds of views that a row can have, in Slicer's colours."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ViewKind:
    """One kind of view.

    :param letter: ends the view's name, as in "CSE1R", and is its short label.
    :param title: what a person reads.
    :param class_name: of its view node.
    :param color: of its controller bar, as Slicer's layouts have it.
    """

    letter: str
    title: str
    class_name: str
    color: str

    @property
    def is_slice(self) -> bool:
        """Whether it is a slice view; its title is then the name of its orientation."""
        return self.class_name == "vtkMRMLSliceNode"


AXIAL = ViewKind("R", "Axial", "vtkMRMLSliceNode", "#F34A33")
CORONAL = ViewKind("G", "Coronal", "vtkMRMLSliceNode", "#6EB04B")
SAGITTAL = ViewKind("Y", "Sagittal", "vtkMRMLSliceNode", "#EDD54C")
THREE_D = ViewKind("V", "3D", "vtkMRMLViewNode", "#7483E9")
VIEW_KINDS = (AXIAL, SAGITTAL, CORONAL, THREE_D)


def view_name(row: int, kind: ViewKind) -> str:
    """Layout name and singleton tag of a row's view. Of our own making: names of segmentations never are ids.

    :param row: its number, from 1 on.
    """
    return f"CSE{row}{kind.letter}"
