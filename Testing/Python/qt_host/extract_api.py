"""Write slicer_api.json: what PythonQt lets a module use of CTK's and Slicer's widget classes, by name.

    python extract_api.py <git directory of Slicer> <git directory of CTK>

Names only: Q_PROPERTY, public slots, Q_INVOKABLE methods, signals with their argument types, the base class, and values
of enums that are known to Qt's meta objects. Methods that the two add for Python alone ("decorators") count as
invokables. The file was made from Slicer v5.12.3 and from CTK 5056664a20, which that version builds.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

SLICER_VERSION = "v5.12.3"
CLASSES = (
    "ctkCheckableComboBox",
    "ctkCollapsibleButton",
    "ctkDICOMDatabase",
    "ctkDICOMIndexer",
    "ctkPathLineEdit",
    "ctkSliderWidget",
    "qMRMLNodeComboBox",
    "qMRMLPlotView",
    "qMRMLPlotWidget",
    "qMRMLSegmentsTableView",
    "qMRMLSliceControllerWidget",
    "qMRMLSliceView",
    "qMRMLSliceWidget",
    "qMRMLTableView",
    "qMRMLTableWidget",
    "qMRMLThreeDView",
    "qMRMLThreeDWidget",
    "qMRMLWidget",
    "qSlicerApplication",
    "qSlicerLayoutManager",
    "qSlicerModuleManager",
    "qSlicerScriptedLoadableModule",
    "qSlicerScriptedLoadableModuleWidget",
    "qSlicerTerminologyNavigatorWidget",
)
_MEMBERS = ("properties", "slots", "invokables", "signals", "enums")
_SECTION = re.compile(r"^\s*(public|protected|private|signals|Q_SIGNALS)(\s+(?:slots|Q_SLOTS))?\s*:\s*", re.M)
_METHOD = re.compile(r"([~\w]+)\s*\(((?:[^()]|\([^()]*\))*)\)[^()]*$", re.S)


def main(slicer: Path, ctk: Path) -> None:
    recipe = _git(slicer, "show", f"{SLICER_VERSION}:SuperBuild/External_CTK.cmake")
    ctk_commit = re.search(r'_GIT_TAG\s+"([0-9a-f]{40})"', recipe).group(1)
    headers = {}
    for repository, commit in ((slicer, SLICER_VERSION), (ctk, ctk_commit)):
        for path in _git(repository, "ls-tree", "-r", "--name-only", commit).splitlines():
            if path.endswith(".h"):
                headers.setdefault(Path(path).stem, (repository, "show", f"{commit}:{path}"))
    classes, waiting = {}, [*CLASSES]
    while waiting:
        name = waiting.pop()
        if name in headers and name not in classes:
            classes[name] = _api(name, _git(*headers[name]))
            waiting.append(classes[name]["base"])
    for stem in filter(re.compile("PythonQtDecorators$").search, headers):
        _add_decorated(classes, _git(*headers[stem]))
    for api in classes.values():
        api.update({member: sorted(set(api[member])) for member in _MEMBERS})
    content = {"slicer": SLICER_VERSION, "ctk": ctk_commit, "classes": dict(sorted(classes.items()))}
    Path(__file__).with_name("slicer_api.json").write_text(_readable(content), encoding="utf-8")


def _readable(content: dict) -> str:
    """JSON with one line per list of names."""
    text = json.dumps(content, indent=1)
    return re.sub(r"\[[^\[\]{}]*\]", lambda names: re.sub(r"\s*\n\s*", " ", names.group()), text) + "\n"


def _git(repository: Path, *arguments: str) -> str:
    command = ["git", "-C", str(repository), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout


def _plain(header: str) -> str:
    """The header without strings, comments and preprocessor lines."""
    text = re.sub(r'"[^"\n]*"', '""', header)
    text = re.sub(r"//[^\n]*|/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"^[ \t]*#(?:.*\\\n)*.*$", "", text, flags=re.M)


def _api(name: str, header: str) -> dict[str, object]:
    text = _plain(header)
    declaration = re.search(rf"class\s+(?:\w+\s+)*?{name}\b(?:\s+final)?\s*(?::\s*([^{{;]*))?\{{", text)
    body = _braced(text, declaration.end() - 1)
    bases = re.findall(r"public\s+(?:virtual\s+)?(\w+)", declaration.group(1) or "")
    api = {"base": bases[0] if bases else ""} | {member: [] for member in _MEMBERS}
    api["properties"] = re.findall(r"Q_PROPERTY\s*\(\s*[\w:<>, *]+?[\s*&](\w+)\s+(?:READ|MEMBER)", body)
    api["enums"] = _enum_values(body)
    body = _without_nested_classes(body)
    sections = list(_SECTION.finditer(body))
    for index, section in enumerate(sections):
        end = sections[index + 1].start() if index + 1 < len(sections) else len(body)
        for statement in _statements(body[section.end() : end]):
            kind = _kind(section, statement)
            method = _METHOD.search(statement)
            if kind and method and method.group(1).lstrip("~") != name:
                api[kind].append(_signature(*method.groups()) if kind == "signals" else method.group(1))
    return api


def _without_nested_classes(body: str) -> str:
    while nested := re.search(r"\b(?:class|struct)\s[^;{]*\{", body):
        body = body[: nested.start()] + body[nested.end() + len(_braced(body, nested.end() - 1)) + 1 :]
    return body


def _enum_values(body: str) -> list[str]:
    flags = dict(re.findall(r"Q_DECLARE_FLAGS\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", body))
    found = []
    for names in re.findall(r"Q_(?:ENUMS?|FLAGS?)\s*\(([^)]*)\)", body):
        for enum in names.split():
            values = re.search(rf"enum\s+(?:class\s+)?{flags.get(enum, enum)}\b[^{{]*\{{([^}}]*)\}}", body)
            found += re.findall(r"(\w+)\s*(?:=[^,]*)?(?:,|$)", values.group(1).strip()) if values else []
    return found


def _add_decorated(classes: dict[str, dict], header: str) -> None:
    """Methods that Slicer and CTK add for Python: the object is their first argument, or part of their name."""
    text = _plain(header)
    for method, name in re.findall(r"(\w+)\s*\(\s*((?:q|ctk)\w+)\s*\*", text):
        if name in classes:
            classes[name]["invokables"].append(method)
    for name, method in re.findall(r"\bstatic_([a-zA-Z]+)_(\w+)\s*\(", text):
        if name in classes:
            classes[name]["invokables"].append(method)


def _braced(text: str, start: int) -> str:
    depth = 0
    for position in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if not depth:
            return text[start + 1 : position]
    raise ValueError(f"no end: {text[start : start + 300]}")


def _statements(text: str) -> list[str]:
    while "{" in text:
        start = text.index("{")
        text = text[:start] + ";" + text[start + len(_braced(text, start)) + 2 :]
    return [
        re.sub(r"^\s*Q_(?:PROPERTY|ENUMS?|FLAGS?|DECLARE\w*)\s*\([^;]*?\)\s*$", "", part) for part in text.split(";")
    ]


def _kind(section: re.Match, statement: str) -> str:
    access, slots = section.groups()
    if access in ("signals", "Q_SIGNALS"):
        return "signals"
    if access == "public" and slots:
        return "slots"
    return "invokables" if "Q_INVOKABLE" in statement and access == "public" else ""


def _signature(name: str, arguments: str) -> str:
    kinds = []
    for argument in re.split(r",(?![^<]*>)", arguments):
        kind = re.sub(r"\s*=.*$", "", argument.strip())
        kind = re.sub(r"\bconst\b|&|\bclass\b", "", kind).strip()
        kind = re.sub(r"([*\s])\w+$", r"\1", kind) if re.search(r"[*\s]\w+$", kind) else kind
        if kind:
            kinds.append(re.sub(r"\s*\*", "*", re.sub(r"\s+", " ", kind)).strip())
    return f"{name}({','.join(kinds)})"


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
