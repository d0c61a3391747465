"""The library's files on disk: which there are, and their YAML read without leniency."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from rehab.programs.library.faults import Fault

FOLDERS = ("exercises", "programs", "policies", "measures", "messages", "figures")
"""One file an entry in each of these."""

SINGLES = ("evidence.yaml", "safety.yaml")
"""One file for all entries."""

TRANSLATIONS = "translations"
TRANSLATED = ("exercises", "programs", "safety")
"""The files of a folder of TRANSLATIONS, one folder a language."""


@dataclass(frozen=True, slots=True)
class Document:
    """One file's content; `kind` is its outermost folder, or its own name without the ending."""

    file: str
    kind: str
    name: str
    content: dict[str, Any]


def documents(folder: Path) -> tuple[list[Document], list[Fault]]:
    """Every library file under `folder` in the order of their names, and what cannot be read."""
    if not folder.is_dir():
        return [], [Fault(folder.as_posix(), "folder", "is not there")]
    found: list[Document] = []
    faults: list[Fault] = []
    for path in _yaml_files(folder):
        read = _document(path, path.relative_to(folder))
        if isinstance(read, Fault):
            faults.append(read)
        else:
            found.append(read)
    return found, faults


def _yaml_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
        if path.suffix.lower() in (".yaml", ".yml") and not hidden:
            yield path


def _document(path: Path, place: Path) -> Document | Fault:
    file = place.as_posix()
    if not _is_looked_for(place):
        return Fault(file, "file", "is not in a place where the library looks")
    if path.suffix != ".yaml":
        return Fault(file, "file", "must end in .yaml")
    try:
        raw = path.read_bytes()
    except OSError as error:
        return Fault(file, "yaml", f"cannot be read ({_first_line(error)})")
    content = parsed(file, raw)
    if isinstance(content, Fault):
        return content
    return Document(file, place.parts[0].removesuffix(".yaml"), place.stem, content)


def parsed(file: str, raw: bytes) -> dict[str, Any] | Fault:
    """What a file says, or why it cannot be told."""
    try:
        content = yaml.load(raw, Loader=_Loader)  # noqa: S506 (it is a SafeLoader)
    except yaml.YAMLError as error:
        return Fault(file, "yaml", _said(error))
    except (ValueError, RecursionError) as error:
        return Fault(file, "yaml", f"cannot be read ({_first_line(error)})")
    if not isinstance(content, dict):
        return Fault(file, "yaml", "must be a mapping of fields to values")
    return content


def _is_looked_for(place: Path) -> bool:
    match place.parts:
        case (folder, _):
            return folder in FOLDERS
        case (outer, _, _):
            return outer == TRANSLATIONS and place.stem in TRANSLATED
    return place.as_posix() in SINGLES


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """PyYAML's safe loader, but a key given twice or a key that is not text is an error."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                problem = f"the key {_written(key_node)} must be text; put it in quotes"
                raise _refused(problem, key_node)
            if key in seen:
                raise _refused(f"the key {key} is given twice", key_node)
            seen.add(key)
        return super().construct_mapping(node, deep=deep)  # type: ignore[no-any-return]


def _written(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "that is not one word"


def _refused(problem: str, node: yaml.Node) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _said(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or _first_line(error)
    return f"{problem} (line {mark.line + 1})" if mark else problem


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
