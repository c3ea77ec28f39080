"""What may be asked of a file system: names, bytes and lengths to change, and syncs; and a tree of names and files."""

import os
from dataclasses import dataclass
from pathlib import Path


class NotRecorded(Exception):
    """The process did something that the record has no word for."""


@dataclass(frozen=True, slots=True)
class Made:
    """A name for a new file or folder, or one more for a file that is there."""

    folder: int
    name: str
    node: int
    is_folder: bool = False


@dataclass(frozen=True, slots=True)
class Removed:
    """A name is taken away."""

    folder: int
    name: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A name becomes another; both change at once."""

    folder: int
    name: str
    to_folder: int
    to_name: str
    swapped: bool = False  # the other name becomes this one


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes of a file."""

    node: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """The length of a file."""

    node: int
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """A file, or the names in a folder, are on disk."""

    node: int


@dataclass(frozen=True, slots=True)
class Said:
    """Somebody was told something: what it promises holds from here on."""

    text: str


NameChange = Made | Removed | Renamed
Operation = NameChange | Written | Cut | Synced | Said


class Tree:
    """Folders, names and the files behind them, by number; 0 is the directory it was taken from."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[int, dict[str, int]] = {0: {}}
        self.files: dict[int, bytes] = {}
        self._take(root, 0)

    def _take(self, path: Path, folder: int) -> None:
        for each in sorted(path.iterdir()):
            node = self.new()
            self.names[folder][each.name] = node
            if each.is_symlink() or not (each.is_dir() or each.is_file()):
                raise NotRecorded(f"{each} is neither a file nor a folder")
            if each.is_dir():
                self.names[node] = {}
                self._take(each, node)
            else:
                self.files[node] = each.read_bytes()

    def new(self) -> int:
        """A number that nothing has."""
        return len(self.names) + len(self.files)

    def find(self, path: str) -> int | None:
        """The file or folder at a path, or None."""
        node: int | None = 0
        parts = self._parts(path)
        if parts is None:
            return None
        for part in parts:
            node = self.names.get(node, {}).get(part) if node is not None else None
        return node

    def place(self, path: str) -> tuple[int, str] | None:
        """The folder that a path's last name is in; None outside."""
        parts = self._parts(path)
        folder = self.find(str(Path(path).parent)) if parts else None
        return None if folder is None or not parts else (folder, parts[-1])

    def _parts(self, path: str) -> list[str] | None:
        root, path = str(self.root), os.path.normpath(path)
        if path != root and not path.startswith(root + "/"):
            return None
        return [part for part in path[len(root) :].split("/") if part]

    def path(self, node: int) -> str:
        """Where a folder is."""
        if node == 0:
            return str(self.root)
        for folder, names in self.names.items():
            for name, other in names.items():
                if other == node:
                    return f"{self.path(folder)}/{name}"
        raise NotRecorded("a folder is used after it was removed")

    def apply(self, change: NameChange) -> None:
        """Change names."""
        rename(self.names, change)
        if isinstance(change, Made) and change.is_folder:
            self.names[change.node] = {}
        elif isinstance(change, Made):
            self.files.setdefault(change.node, b"")


def rename(names: dict[int, dict[str, int]], change: NameChange) -> None:
    """Apply a change to names by folder."""
    match change:
        case Made(folder, name, node, _):
            names[folder][name] = node
        case Removed(folder, name):
            names[folder].pop(name, None)
        case Renamed(folder, name, to_folder, to_name, swapped):
            node = names[folder].pop(name)
            if swapped:
                names[folder][name] = names[to_folder][to_name]
            names[to_folder][to_name] = node
