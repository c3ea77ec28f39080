"""How much of one input is taken in before it is refused: every limit of the readers, and why it is what it is.

Over a limit an item becomes a `Failure` that says so; its neighbours are read. Readers look a limit up when they need
it (`limits.MAX_ITEM_BYTES`), so a test may make it small.
"""

SNIFF_BYTES = 64 * 1024
"""Looked at to tell the format: one read of most disks, and more than any header block or page head needs."""

MAX_ITEM_BYTES = 32 * 1024 * 1024
"""One page, text, mail or JSON object. The longest news pages have 5 MB; mails with a few photographs have 25 MB, the
limit of most providers. What is bigger is a database dump, and costs several times its size while it is parsed."""

MAX_LINE_BYTES = 32 * 1024 * 1024
"""One line of JSON Lines: an item as any other."""

MAX_FIELD_BYTES = 32 * 1024 * 1024
"""One record of a CSV or TSV file, quoted line breaks included. A quote that is never closed would otherwise take the
whole file for one field."""

MAX_COLUMNS = 10_000
"""Columns of a CSV or TSV file. Spreadsheets end at 16,384; exports of news have up to 200."""

MAX_FAULTS_IN_A_ROW = 100_000
"""Items of one input that give nothing, one after the other, before the rest is left. Each is a row in the archive. An
export may have thousands of records without a text in a row; millions of lines that are no records are no export."""

MAX_LISTED = 200
"""Authors, or tags, of one record of an export; further ones are not taken. No article has as many, and each costs as
much as a paragraph to be understood."""

MAX_JSON_DEPTH = 64
"""Nested lists and objects of one JSON item. Exports have 3 to 6; Python's parser gives up near 1,000."""

MAX_FOLDER_DEPTH = 100
"""Folders within folders of a source. A site mirrored page by page has 15; Python's recursion ends near 1,000."""

MAX_PATH_BYTES = 4_096
"""The path of a file, or the name of a member of a container. Linux opens no longer path (PATH_MAX); a ZIP has room for
64 kB, and a name of that length is in nobody's pile for its own sake."""

MAX_DEPTH = 5
"""Layers of packing around one item: `pages.tar.gz` has two, and a `.html.gz` in a `.zip` in it two more."""

MAX_MEMBERS = 200_000
"""Members of one ZIP or tar. Twenty years of a newsroom, a page each; a ZIP's table of that size takes 100 MB."""

MAX_RATIO = 250
"""Bytes out for one byte in, all layers of an input together. News as JSON Lines gets 3 to 8 (zstd -19), the same text
repeated 100; a bomb gets 1,000 from gzip and any number from bzip2 or zstd."""

EXPANSION_FLOOR = 64 * 1024 * 1024
"""Bytes that any input may expand to, however small it is: short inputs of blanks are no bomb."""

MAX_WINDOW_BYTES = 128 * 1024 * 1024
"""Memory that a decompressor may ask for. `xz -9` needs 65 MB and `zstd --long` 128; formats allow 4 GB and more, and
take it before the first byte comes out."""

MAX_TAR_HEADER_BYTES = 1024 * 1024
"""What stands before a member of a tar to say more about it: long names, attributes. Real ones have a few hundred
bytes; Python reads them whole."""

MAX_SPOOLED_BYTES = 1024 * 1024 * 1024
"""A ZIP within another container, which must be laid down in a temporary file because a ZIP is read from its end."""

SPOOL_MEMORY_BYTES = 8 * 1024 * 1024
"""The part of a spooled ZIP that stays in memory; what is bigger goes to the disk."""

MAX_PARTS = 500
"""Parts of one mail. A digest that forwards a month of mails has 60."""

MAX_PART_DEPTH = 30
"""Multiparts within multiparts. Mail programs nest 3 or 4; each forwarding adds one or two."""

MAX_HEADER_BYTES = 256 * 1024
"""The header block of one mail or part: what lies behind is not looked at. Long routes have 20 kB."""

MAX_HEADER_VALUE = 8 * 1024
"""Characters of one header that is made a statement. RFC 5322 has lines of 998; a longer subject is an attack."""

MAX_HEADERS = 2_000
"""Header lines of one mail or part that are looked at. Mails that went through many lists have 200."""

MAX_ATTACHMENTS = 20
"""Attachments of one mail that are named; of more it is said how many."""
