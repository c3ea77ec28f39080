"""What stands for a term in the records of entries: three bytes of its CRC-32."""

import zlib
from functools import lru_cache

WIDTH = 3
NO_MARK = bytes(WIDTH)  # of a place without a word


@lru_cache(maxsize=50_000)  # of what stands beside others, and in queries
def mark(term: str) -> bytes:
    """The mark of a term; never `NO_MARK`."""
    return (zlib.crc32(term.encode("utf-8", "surrogatepass")) % 0xFFFFFF + 1).to_bytes(WIDTH, "little")
