"""What Whoosh may load from an index: the classes that our indexes consist of, and nothing else.

Whoosh pickles its schema, its list of segments and the directory within a segment's file (in its own formats postings,
too); a pickle names the functions that are called when it is loaded. An index that others can write to is not opened in
the first place (backfile/ownership.py). This is for what that does not see: an index that came by mail, a disk, an
unpacked archive.
"""

import io
import pickle
from typing import Any, BinaryIO

import whoosh.index
from whoosh.codec import whoosh3
from whoosh.filedb import structfile

# All that was met in indexes of 3,000 articles with deletions and merged segments; none of them runs anything but what
# sets its own attributes.
_ALLOWED = frozenset(
    {
        ("builtins", "int"),
        ("collections", "defaultdict"),
        ("index.whoosh_files", "BulkCodec"),
        ("index.whoosh_files", "NumbersColumn"),
        ("index.whoosh_files", "Packed"),
        ("whoosh.codec.whoosh3", "W3Segment"),
        ("whoosh.columns", "VarBytesColumn"),
        ("whoosh.fields", "FieldType"),
        ("whoosh.fields", "Schema"),
        ("whoosh.formats", "Existence"),
    }
)


class _Unpickler(pickle.Unpickler):
    """Loads numbers, texts, collections of them, and the allowed classes."""

    def find_class(self, module: str, name: str) -> Any:
        """The class; raises `UnpicklingError` for any other."""
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it names {module}.{name}, which no index of ours does")
        return super().find_class(module, name)


def load(file: BinaryIO) -> Any:
    """What the next pickle in the file holds."""
    return _Unpickler(file).load()


def loads(data: bytes) -> Any:
    """What the pickle holds."""
    return _Unpickler(io.BytesIO(data)).load()


class _Pickle:
    """`pickle`, as Whoosh's table of contents uses it."""

    dumps = staticmethod(pickle.dumps)
    loads = staticmethod(loads)


def restrict() -> None:
    """Have Whoosh load what it loads by `load` and `loads`: these are the places from which our indexes are read."""
    structfile.load = load
    whoosh3.loads = loads
    whoosh.index.pickle = _Pickle
