"""Which browser viewer the points of a report open."""

from __future__ import annotations

import argparse

from ..viewer.links import FIELDS, LOCAL, NAMED_TEMPLATES, link_template

_NONE = "none"


def add_viewer_argument(parser: argparse.ArgumentParser, default: str = LOCAL) -> None:
    """The option that sets the viewer for a whole report.

    :param default: the viewer without the option: a name or a template.
    """
    parser.add_argument(
        "--viewer",
        metavar="LINK",
        default=default,
        help=f"browser viewer that a point of the report opens: {', '.join(NAMED_TEMPLATES)}, {_NONE}, the address of"
        f" an OHIF, or a template with {', '.join('{' + name + '}' for name in FIELDS)} (default: %(default)s;"
        " local is what concordance view serves)",
    )


def viewer_of(args: argparse.Namespace) -> str:
    """The template of the links; "" for none.

    :raises ConcordanceError: the setting is none of these.
    """
    return "" if args.viewer == _NONE else link_template(args.viewer)
