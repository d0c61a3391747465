"""The program library: the only place where YAML and marshmallow are spoken."""

from rehab.programs.library.contents import Evidence, Library
from rehab.programs.library.faults import Fault, LibraryFault
from rehab.programs.library.reader import read_library, shipped_folder

__all__ = ["Evidence", "Fault", "Library", "LibraryFault", "read_library", "shipped_folder"]
