"""Text of files as a tool tip."""

from __future__ import annotations

import html


def tool_tip(text: str) -> str:
    """The text as it stands, for a tool tip: Qt would else take a file name like "<img ...>" for HTML."""
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>' if text else ""
