"""A line of a view's label."""

from __future__ import annotations

from dataclasses import dataclass

from ..agreement.model_looks import Color


@dataclass(frozen=True, slots=True)
class LabelLine:
    """A line of text in a colour; untrusted text is drawn as it is."""

    text: str
    color: Color
