"""Names of nodes that a saved scene can be read with.

Names come from files and models. Slicer 5.12 makes the name of a node's file from the node's name, and writes it into
the scene without escaping it: with a "&" in it, the saved scene is not well-formed and can never be read again.
"""

from __future__ import annotations

import slicer

_HIDDEN_NAME = "SegmentationConcordance.HiddenName"
_FULL_NAME = "SegmentationConcordance.FullName"


def scene_name(text: str) -> str:
    """The name that a node gets for a text: "+" for "&". Slicer saves and reads all other signs, as tests show."""
    return text.replace("&", "+")


def set_name(node: slicer.vtkMRMLNode, text: str) -> None:
    """Name a node, and keep the full text where it had to be changed.

    :param text: any text; :func:`full_name` gives it back.
    """
    node.SetName(scene_name(text))
    if scene_name(text) != text:
        node.SetAttribute(_FULL_NAME, text)
    elif node.GetAttribute(_FULL_NAME) is not None:
        node.RemoveAttribute(_FULL_NAME)


def renaming_note(node: slicer.vtkMRMLNode) -> str:
    """A sentence where the node is not called by its full name; "" where it is."""
    if has_hidden_name(node) or full_name(node) == node.GetName():
        return ""
    return (
        f"{full_name(node)} is called {node.GetName()} in the scene: Slicer cannot read a saved scene with & in a name."
    )


def full_name(node: slicer.vtkMRMLNode) -> str:
    """The text that the node was named by, unless somebody has renamed it since; also where its name is hidden."""
    text, name = node.GetAttribute(_FULL_NAME), node.GetAttribute(_HIDDEN_NAME) or node.GetName()
    return text if text is not None and scene_name(text) == name else name or ""


def hide_name(node: slicer.vtkMRMLNode, alias: str) -> None:
    """Call a node otherwise for a time; :func:`full_name` still tells its own name.

    :param node: is renamed.
    :param alias: what it is called meanwhile.
    """
    if node.GetName() != alias:
        if node.GetAttribute(_HIDDEN_NAME) is None:
            node.SetAttribute(_HIDDEN_NAME, node.GetName() or "")
        node.SetName(alias)


def has_hidden_name(node: slicer.vtkMRMLNode) -> bool:
    """Whether :func:`hide_name` has renamed it."""
    return node.GetAttribute(_HIDDEN_NAME) is not None


def give_name_back(node: slicer.vtkMRMLNode) -> None:
    """Undo :func:`hide_name`."""
    node.SetName(node.GetAttribute(_HIDDEN_NAME))
    node.RemoveAttribute(_HIDDEN_NAME)
