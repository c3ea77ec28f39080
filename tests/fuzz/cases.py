"""What hunts have found, made small: each input once broke its target."""

import io
import zipfile
from collections.abc import Mapping


def _zip_of_a_nameless_member() -> bytes:
    """A member whose name is empty: `ZipInfo.is_dir` looks at its last character."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as out:
        out.writestr("x", "Die alte Bruecke wird gesperrt.")
    packed = made.getvalue()
    at = packed.index(b"PK\x01\x02")
    listed = packed[at : at + 28] + b"\0\0" + packed[at + 30 : at + 46] + packed[at + 47 :]
    end = listed.index(b"PK\x05\x06")
    size = int.from_bytes(listed[end + 12 : end + 16], "little") - 1
    return packed[:at] + listed[: end + 12] + size.to_bytes(4, "little") + listed[end + 16 :]


CASES: Mapping[str, tuple[str, bytes]] = {
    "a member of a ZIP without a name": ("file", b"\1" + _zip_of_a_nameless_member()),
}
"""What it is → the target, and the input."""
