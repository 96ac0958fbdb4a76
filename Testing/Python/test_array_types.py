"""Arrays in public signatures say what they hold: ``NDArray[np.bool_]``, not ``np.ndarray``."""

from __future__ import annotations

import ast
from collections.abc import Iterator


def public_annotations(node: ast.Module | ast.ClassDef) -> Iterator[ast.expr]:
    """The annotations of what is public in a module or class: functions, methods and fields."""
    for child in node.body:
        if isinstance(child, ast.ClassDef) and not child.name.startswith("_"):
            yield from public_annotations(child)
        elif isinstance(child, ast.FunctionDef) and (not child.name.startswith("_") or child.name == "__init__"):
            arguments = (*child.args.posonlyargs, *child.args.args, *child.args.kwonlyargs)
            also = (one for one in (child.args.vararg, child.args.kwarg) if one is not None)
            yield from (one.annotation for one in (*arguments, *also) if one.annotation is not None)
            if child.returns is not None:
                yield child.returns
        elif isinstance(child, ast.AnnAssign) and not ast.unparse(child.target).startswith("_"):
            yield child.annotation


def test_every_array_has_a_type(repository):
    bare = []
    for package in ("SegmentationConcordanceLib", "segmentation_concordance"):
        for path in sorted((repository / "CrossSegmentationExplorer" / package).rglob("*.py")):
            for annotation in public_annotations(ast.parse(path.read_text(encoding="utf-8"))):
                if "np.ndarray" in ast.unparse(annotation):
                    bare.append(f"{path.name}, line {annotation.lineno}: {ast.unparse(annotation)}")
    assert bare == []
