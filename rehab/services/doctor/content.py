"""The program library, read as the server reads it."""

from collections.abc import Iterator

from rehab.programs.library import LibraryFault, read_library, shipped_folder
from rehab.services.doctor.examination import Verdict, fail, ok
from rehab.settings import Settings

SHOWN = 5


def look(settings: Settings) -> Iterator[Verdict]:
    extra = settings.library
    if extra is not None and not extra.is_dir():
        yield fail(f"REHAB_LIBRARY: there is no folder {extra}")
        return
    try:
        library = read_library(shipped_folder(), *([extra] if extra else []))
    except LibraryFault as found:
        lines = str(found).splitlines()
        yield from (fail(line) for line in lines[:SHOWN])
        if len(lines) > SHOWN:
            yield fail(f"{len(lines) - SHOWN} more: see `rehab library check`")
    else:
        yield ok(f"{len(library.programs)} programs of {len(library.exercises)} exercises, sound")
