"""What the papers tell you to type works: their shell blocks are typed, in order, and looked at.

A block under a heading that stands in no table here fails: give it a walk, or say why it has none.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import click
import pytest
from flask_migrate import upgrade

from rehab import create_app
from rehab.cli import commands
from rehab.services import backups, clinics, enrolment
from rehab.services.keys import keep_keyring
from rehab.settings import Settings
from tests.conftest import NOON
from tests.faults.databases import database_beside
from tests.test_deploy import COMPOSE, OURS, UNITS
from tests.test_docs import MAKEFILE, PAPERS, ROOT

BIN = Path(sys.executable).parent
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SHELLS = ("bash", "sh", "shell", "console")

Place = tuple[str, str]
"""A paper, and the heading under which a block stands."""


@dataclass(frozen=True, slots=True)
class Block:
    """Lines to be typed, and where they stand."""

    paper: str
    heading: str
    text: str
    language: str = "bash"

    @property
    def place(self) -> Place:
        return self.paper, self.heading


@dataclass(frozen=True, slots=True)
class Walk:
    """Blocks that are typed one after the other in one empty folder, with one clinic.

    `begin` furnishes the folder and says what the reader knows, such as $PATIENT; `told` is what
    must have been printed, `made` the files that must be there in the end. `instead` are the names
    in a paper that stand for the reader's own.
    """

    places: tuple[Place, ...]
    begin: Callable[[Path, str], dict[str, str]]
    told: str = ""
    made: tuple[str, ...] = ()
    instead: dict[str, str] = field(default_factory=dict)


def nothing(_folder: Path, _postgres: str) -> dict[str, str]:
    return {}


def a_clinic(folder: Path, _postgres: str) -> dict[str, str]:
    """A database with Maya in it, in the data folder that is taken where none is set."""
    app = create_app(Settings(data_dir=folder / "var"))
    with app.app_context():
        upgrade()
        clinic = clinics.open_clinic("Riverside", "UTC", NOON)
        said = {"given_name": "Maya", "phone": "+442079460123", "zone": "UTC"}
        maya = enrolment.enrol(clinic.id, said, "ana@riverside.example", NOON).id
        keep_keyring(NOON)
        backups.let_go()
    return {"PATIENT": str(maya)}


def a_clinic_and_a_postgres(folder: Path, postgres: str) -> dict[str, str]:
    return {**a_clinic(folder, postgres), "MINE": database_beside(postgres)}


def own_library(folder: Path, _postgres: str) -> dict[str, str]:
    (folder / "my-library").mkdir()
    return {}


def the_checkout(folder: Path, _postgres: str) -> dict[str, str]:
    (folder / "tests").symlink_to(ROOT / "tests")
    return {}


def what_is_shipped(folder: Path, _postgres: str) -> dict[str, str]:
    shutil.copytree(ROOT / "deploy", folder / "deploy", ignore=shutil.ignore_patterns("secrets"))
    return {}


def under(paper: str, *headings: str) -> tuple[Place, ...]:
    return tuple((paper, heading) for heading in headings)


WALKS = {
    "first patient": Walk(under("README.md", "Your first patient"), nothing, '"exercises":'),
    "figures": Walk(under("docs/figures.md", "Drawing an exercise"), nothing, "no faults"),
    "own library": Walk(
        under("docs/writing-a-program.md", "Where files go"), own_library, "no faults"
    ),
    "twilio": Walk(
        under("docs/messaging.md", "Trying Twilio without Twilio"), the_checkout, '"ready"'
    ),
    "moving": Walk(
        under("docs/moving.md", "The move", "Back again"),
        a_clinic_and_a_postgres,
        "REHAB_DATABASE_URL=sqlite:////",
        instead={"postgresql+psycopg://rehab:password@db.internal/rehab": "$MINE"},
    ),
    "compose": Walk(
        under("docs/operations.md", "Installing with compose"),
        what_is_shipped,
        made=tuple(f"deploy/compose/{secret['file']}" for secret in COMPOSE["secrets"].values()),
    ),
}

ELSEWHERE = dict.fromkeys(
    under(
        "docs/operations.md",
        "Backups",
        "Putting one back",
        "Keys",
        "The audit",
        "Exporting, erasing, holding",
    ),
    "tests/cli/test_backup.py",
)
"""Blocks that a test of their own types."""


def target(line: str) -> bool:
    return bool(re.search(rf"^{line.split()[1]}:", MAKEFILE, re.MULTILINE))


def module(line: str) -> bool:
    name = line.split()[2]
    return find_spec(name) is not None


def suite(line: str) -> bool:
    return (ROOT / line.split()[1]).exists()


def unit(line: str) -> bool:
    named = re.findall(r"\brehab-[\w-]+(?:@|\.\w+)?", line)
    return all(any(path.name.startswith(name) for path in UNITS) for name in named)


def compose(line: str) -> bool:
    found = re.search(r" run --rm (\w+) ([a-z]+)", line)
    return not found or (found[1] in COMPOSE["services"] and f"rehab {found[2]}" in OURS)


def at_once(line: str) -> bool:
    """A command of ours in a unit of its own: with the secrets that the other units are handed."""
    given = re.findall(r"LoadCredential=\S+", line)
    as_shipped = all(text in path.read_text("utf-8") for path in SERVICES for text in given)
    return line.rstrip("'").endswith("/rehab db upgrade") and bool(given) and as_shipped


def shipped(line: str) -> bool:
    return all(any(ROOT.glob(name)) for name in re.findall(r"(?<!\S)deploy/\S+", line))


def requirements(line: str) -> bool:
    return all((ROOT / name).is_file() for name in re.findall(r" -r (\S+)", line))


def secret(line: str) -> bool:
    (path,) = re.findall(r"> (\S+)\)", line)
    return all(f":{path}\n" in unit.read_text("utf-8") for unit in SERVICES)


def anything(_line: str) -> bool:
    return True


SERVICES = [path for path in UNITS if path.suffix == ".service"]

LEFT_OUT: dict[str, tuple[str, Callable[[str], bool]]] = {
    r"make \w+": ("installs first, or runs all of the tests", target),
    r"(\S*/)?python -m (benchmarks|tests)\b": ("takes minutes", module),
    r"(\S*/)?pytest tests/\w+": ("it is the tests' own", suite),
    r"(sudo )?(systemctl|journalctl)\b": ("there is no systemd here", unit),
    r"(sudo )?systemd-run\b": ("there is no systemd here", at_once),
    r"(sudo )?docker\b": ("there is no Docker here", compose),
    r"(sudo )?(install|cp)\b": ("changes the machine", shipped),
    r"(sudo )?(apt|apt-get|adduser|useradd|chown)\b": ("changes the machine", anything),
    r"(python3 -m venv|ln -sfn rehab-1) /opt/": ("changes the machine", anything),
    r"/opt/\S+/pip install\b": ("changes the machine", requirements),
    r"\(umask 077; .* > /etc/": ("changes the machine", secret),
}
"""Lines that are not typed, why, and what is looked at in their place."""


def heading_of(text: str, at: int) -> str:
    found = re.findall(r"^#+ (.+)$", text[:at], re.MULTILINE)
    return str(found[-1]) if found else ""


def fences() -> Iterator[Block]:
    for path in PAPERS:
        text, paper = path.read_text(encoding="utf-8"), str(path.relative_to(ROOT))
        for found in FENCE.finditer(text):
            yield Block(paper, heading_of(text, found.start()), found[2], found[1])


def blocks() -> list[Block]:
    return [block for block in fences() if block.language in SHELLS]


def reason_to_leave_out(line: str) -> str | None:
    return next((why for why in LEFT_OUT if re.match(why, line.strip())), None)


def lines_of(block: Block) -> list[str]:
    """What is typed, with each line whole that a backslash breaks."""
    return re.sub(r" *\\\n *", " ", block.text).splitlines()


def lines_left_out(block: Block) -> list[str]:
    return [line for line in lines_of(block) if reason_to_leave_out(line)]


def is_left_out_whole(block: Block) -> bool:
    said = [line for line in lines_of(block) if line.strip() and line[0] != "#"]
    return len(lines_left_out(block)) == len(said)


def test_every_block_is_typed_or_says_why_not() -> None:
    known = {place for walk in WALKS.values() for place in walk.places} | set(ELSEWHERE)
    unknown = {b.place for b in blocks() if b.place not in known and not is_left_out_whole(b)}
    assert unknown == set(), "give them a walk in WALKS, or a line in ELSEWHERE or LEFT_OUT"
    gone = known - {block.place for block in blocks()}
    assert gone == set(), "these headings have no block any more"


def test_what_is_typed_elsewhere_is_typed_there() -> None:
    for (paper, _), test in ELSEWHERE.items():
        assert paper in (ROOT / test).read_text(encoding="utf-8")


COMMAND = re.compile(
    r"(/\S+/|\.venv/bin/)?(rehab|make|python3?|pytest|curl|sudo|pip|apt|apt-get|useradd|install|cp"
    r"|openssl|systemctl|systemd-run|journalctl|docker) [\w-]"
)


def test_no_command_hides_in_a_block_that_is_no_shells() -> None:
    hidden = [
        (block.place, line)
        for block in fences()
        if block.language not in SHELLS
        for line in block.text.splitlines()
        if COMMAND.match(line)
    ]
    assert hidden == []


def test_what_a_line_that_is_not_typed_names_is_there() -> None:
    for block in blocks():
        for line in lines_left_out(block):
            _, is_there = LEFT_OUT[str(reason_to_leave_out(line))]
            assert is_there(line.strip()), (block.place, line)


@dataclass
class Port:
    """A port that nobody has, in the place of one that a paper names."""

    told: str
    number: int


def free_ports(*told: str) -> list[Port]:
    held = [socket.create_server(("127.0.0.1", 0)) for _ in told]
    ports = [Port(name, one.getsockname()[1]) for name, one in zip(told, held, strict=True)]
    for one in held:
        one.close()
    return ports


LAST_ID = """$(python -c '
import json, pathlib
lines = pathlib.Path("told").read_text().splitlines()
print(json.loads([line for line in lines if line.startswith("{")][-1])["id"])')"""
"""What a reader copies from the answer before."""

SERVING = re.compile(r"^(.*\brehab serve) ?&?$", re.MULTILINE)
DOUBLE = re.compile(r"^(python tests/doubles/\w+\.py .*)$", re.MULTILINE)
WAIT = """
until curl -sf --max-time 5 {url} || ((SECONDS > 150)); do sleep 0.05; done
"""
PATIENCE = 240
"""Seconds that a walk may take; other tests may have both cores. A server that is not there after
150 is not waited for any longer: what is asked of it then says so."""

PREAMBLE = """
exec > told 2> faults
"""


def script_of(walk: Walk, ports: list[Port]) -> str:
    """What a reader types: servers are waited for, and ids that came back are copied."""
    typed = [block for block in blocks() if block.place in walk.places]
    lines = [line for block in typed for line in lines_of(block) if not reason_to_leave_out(line)]
    text = "\n".join(lines)
    for name, own in walk.instead.items():
        text = text.replace(name, own)
    text = text.replace("the-id-that-came-back", LAST_ID)
    web, double = ports
    ready = WAIT.format(url=f"http://127.0.0.1:{web.told}/readyz")
    listed = WAIT.format(url=f"http://127.0.0.1:{double.told}/double/messages")
    text = SERVING.sub(lambda found: f"{{ {found[1]}; }} &{ready}", text)
    text = DOUBLE.sub(lambda found: f"{found[1]} --quiet &{listed}", text)
    for port in ports:
        text = re.sub(rf"\b{port.told}\b", str(port.number), text)
    return PREAMBLE + text


def typed(script: str, folder: Path, environment: dict[str, str]) -> int:
    """What the shell ended with. Whatever it left running is stopped, and nothing else."""
    with subprocess.Popen(
        ["/bin/bash", "-euo", "pipefail", "-c", script],
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    ) as shell:
        try:
            return shell.wait(PATIENCE)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(shell.pid, signal.SIGTERM)


@pytest.mark.parametrize("name", WALKS)
def test_what_a_paper_says_can_be_typed(name: str, tmp_path: Path, postgres_url: str) -> None:
    walk, ports = WALKS[name], free_ports("8000", "4010")
    known = walk.begin(tmp_path, postgres_url)
    kept = {key: value for key, value in os.environ.items() if not key.startswith("REHAB_")}
    bind = {"REHAB_BIND": f"127.0.0.1:{ports[0].number}"}
    code = typed(
        script_of(walk, ports),
        tmp_path,
        {**kept, **bind, **known, "PATH": f"{BIN}:{os.environ['PATH']}"},
    )
    told, faults = ((tmp_path / name).read_text(encoding="utf-8") for name in ("told", "faults"))
    assert code == 0, faults[-2000:] + told[-500:]
    assert walk.told in told
    assert [name for name in walk.made if not (tmp_path / name).is_file()] == []
    assert [line for line in told.splitlines() if '"problem' in line] == []


def known_commands() -> dict[str, click.Command]:
    def below(some: list[click.Command], before: str) -> Iterator[tuple[str, click.Command]]:
        for command in some:
            name = f"{before} {command.name}"
            yield name, command
            if isinstance(command, click.Group):
                yield from below(list(command.commands.values()), name)

    return dict(below(list(commands().values()), "rehab"))


def test_every_command_in_a_sentence_is_there_with_its_options() -> None:
    known, lost = known_commands(), []
    for path in PAPERS:
        for said in re.findall(r"`(rehab [a-z][^`\n]*)`", path.read_text(encoding="utf-8")):
            words = said.split()
            names = [n for n in (" ".join(words[:3]), " ".join(words[:2])) if n in known]
            if said.startswith("rehab db"):
                continue
            options = {word.partition("=")[0] for word in words if word.startswith("--")}
            offered = {o for p in known[names[0]].params for o in p.opts} if names else set()
            if not options <= {*offered, "--help"} or not names:
                lost.append((path.name, said))
    assert lost == []


def test_the_shell_that_types_is_there() -> None:
    assert shutil.which("curl"), "install curl: the README calls the API with it"
