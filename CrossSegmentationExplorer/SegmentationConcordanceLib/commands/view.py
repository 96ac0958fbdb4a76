"""Show a folder's images and segmentations in the browser, with OHIF, served by and to this machine alone."""

from __future__ import annotations

import argparse
import webbrowser
from typing import Any

from ..agreement.model_looks import looks_of
from ..anatomy.vocabulary import load_vocabulary, shipped_vocabularies
from ..errors import ConcordanceError
from ..imaging.seg_parts import description_of_whole
from ..near_matches import did_you_mean
from ..plurals import counted
from ..viewer.dicom_index import DicomIndex, index_folder
from ..viewer.dicomweb import LocalDicomWeb
from ..viewer.links import LOCAL_PORT
from ..viewer.ohif import PACKAGE, fetch_ohif, ohif_files
from ..viewer.remote import RemoteDicomWeb
from ..viewer.segment_labels import segment_labels, structure_to_open
from ..viewer.server import DicomWebService, ViewerServer
from ..viewer.showable import obstacles
from ..viewer.static_files import StaticFiles
from ..viewer.study_links import study_links, study_names
from . import arguments
from .interruption import interrupted
from .parser import examples
from .terminal import Terminal

_WAIT_SECONDS = 0.5


EXAMPLES = examples(
    "concordance view --study study",
    "concordance view --study study --structure spleen",
    "concordance view --dicomweb https://pacs.example.org/dicom-web",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of ``concordance view``."""
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument(
        "--study", type=arguments.path, metavar="DIR", help="folder with the DICOM images and segmentations"
    )
    source.add_argument(
        "--dicomweb",
        type=arguments.text,
        metavar="URL",
        help="show what another DICOMweb service has, through this one",
    )
    source.add_argument("--fetch-only", action="store_true", help=f"fetch {PACKAGE} into the cache, and no more")
    parser.add_argument(
        "--structure",
        type=arguments.text,
        metavar="NAME",
        help="open at this structure, e.g. spleen (default: one that most have)",
    )
    parser.add_argument(
        "--port", type=arguments.port, metavar="N", help=f"port (default: {LOCAL_PORT}, or any free one)"
    )
    parser.add_argument("--no-browser", action="store_true", help="print the addresses, open no browser")
    parser.add_argument("--ohif", type=arguments.path, metavar="DIR", help="a build of OHIF, instead of the cached one")


def run(args: argparse.Namespace, terminal: Terminal) -> dict[str, Any]:
    """Serve until interrupted; the summary has the addresses.

    :param terminal: where progress, notes and addresses go.
    :raises ConcordanceError: if there is nothing to show, or the viewer cannot be had.
    """
    folder = args.ohif or fetch_ohif(lambda what: terminal.progress(0.1, what))
    if args.fetch_only:
        terminal.say(f"OHIF is in {folder}")
        return {"ohif": str(folder)}
    static = ohif_files(folder, _model_colors())  # what is no build is refused before the study is read
    if args.study is None:
        return _serve(static, RemoteDicomWeb(args.dicomweb), [], args, terminal)
    index = index_folder(args.study, lambda done, of: terminal.progress(done / of, "reading the headers"))
    for reason, count in index.left_out.items():
        terminal.warn(f"{args.study}: {counted(count, 'file')} left out for {reason}")
    for obstacle in obstacles(index):
        terminal.warn(f"{args.study}: {obstacle}")
    terminal.say(_counted(index))
    links = study_links(index, _structures(index, args.structure))
    static = ohif_files(folder, _model_colors(index))
    names = study_names(index) if len(links) > 1 else [""]
    return _serve(static, LocalDicomWeb(index, terminal.warn), list(zip(names, links)), args, terminal)


def _structures(index: DicomIndex, asked: str | None) -> dict[str, str]:
    """The structure to open each study at: what was asked for, or one that its models can be compared on.

    :raises ConcordanceError: nothing is called so.
    """
    labels = {study: segment_labels(index, study) for study in index.studies}
    if not asked:
        return {study: structure_to_open(found) for study, found in labels.items()}
    known = list(dict.fromkeys(label for found in labels.values() for label in found))
    if known and asked not in known and ":" not in asked:  # a colon: codes
        meant = did_you_mean(asked, known) or f"There are {', '.join(known[:5])}{', ...' * (len(known) > 5)}."
        raise ConcordanceError(f"--structure {asked}", "no segmentation has a segment of this name", meant)
    return dict.fromkeys(index.studies, asked)


def _model_colors(index: DicomIndex | None = None) -> dict[str, str]:
    """Colours as everywhere in this project: of the models that have a label map here, and of those of the study."""
    names = [load_vocabulary(name).title for name in shipped_vocabularies()]
    for one in index.instances() if index else ():
        if str(one.header.get("Modality", "")) == "SEG":
            names.append(description_of_whole(str(one.header.get("SeriesDescription", ""))))
    return {name: look.color for name, look in looks_of(filter(None, names)).items()}


def _counted(index: DicomIndex) -> str:
    series = [len(study) for study in index.studies.values()]
    files = sum(1 for _ in index.instances())
    return ", ".join([counted(len(series), "study"), counted(sum(series), "series"), counted(files, "file")])


def _serve(
    static: StaticFiles,
    service: DicomWebService,
    paths: list[tuple[str, str]],
    args: argparse.Namespace,
    terminal: Terminal,
) -> dict[str, Any]:
    """Serve until interrupted.

    :param paths: by study what it is called, "" where that needs no saying, and its address from the path on.
    """
    with _listening(static, service, args.port, terminal) as server, interrupted() as end:
        named = [(name, server.address + path) for name, path in paths or [("", "/")]]
        for name, link in named:
            if name:
                terminal.say(f"{name}:")
            terminal.say(link)
        links = [link for _, link in named]
        terminal.say("Ctrl-C ends it.")
        if not args.no_browser:
            webbrowser.open(links[0])
        while not end.wait(_WAIT_SECONDS):  # without a limit, Windows would not notice Ctrl-C
            pass
    return {"address": server.address, "links": links}


def _listening(static: StaticFiles, service: DicomWebService, port: int | None, terminal: Terminal) -> ViewerServer:
    """A server on the port; without one on the usual one, which links in reports name, or on a free one."""
    if port is not None:
        return ViewerServer(static, service, port, terminal.warn)
    try:
        return ViewerServer(static, service, LOCAL_PORT, terminal.warn)
    except ConcordanceError:
        terminal.warn(f"port {LOCAL_PORT} is taken, so links in reports do not lead here")
        return ViewerServer(static, service, 0, terminal.warn)
