"""The tables of the store, in SQLAlchemy Core: what SQLite and PostgreSQL both have, and nothing else.

    inputs ─< documents ─< extractions ─< articles ─< removals          runs
                  └──────< traces, occurrences          sites ─< recurring
    articles.content_hash = texts.content_hash          texts ─< samples, near, uncompared
                  articles ─ subjects ─< telling

A change here is a new file in migrations/versions; the test of migrations holds the two against each other.
"""

import sqlalchemy as sa

from backfile.store.columns import words

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=NAMING)
_COSTLY = sa.text("tried IS NOT NULL")  # a few rows of many, looked for in each run

# Rows are numbered by who writes them (`Connected._last`), as there is one writer: alike in every database.
# Times are UTC, ISO 8601 with seconds and offset, as text: the same order and the same look in every database.

inputs = sa.Table(
    "inputs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("source", words(64), nullable=False),
    sa.Column("path", words(), nullable=False),  # absolute; bytes that are no UTF-8 escaped as \xNN
    sa.Column("size", sa.BigInteger, nullable=False),  # bytes; of a Maildir the sum over its messages
    sa.Column("modified", sa.BigInteger, nullable=False),  # ns since the epoch
    sa.Column("digest", words(64), nullable=False),  # SHA-256 of the bytes; "" when they could not be read
    sa.Column("settings", words(16), nullable=False),  # digest of the reader and mapping it was read with
    sa.Column("items", sa.Integer, nullable=False),  # how far it was read: items seen so far
    sa.Column("complete", sa.Boolean, nullable=False),  # whether it was read to its end
    sa.Column("last_seen", words(32), nullable=False),
    sa.Column("gone", words(32)),  # when it was first missing
    # When its bytes were last looked at, ns since the epoch; 0: not known, from a time when it was not written down.
    sa.Column("checked", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("mark", words()),  # JSON: where its last item begins; NULL: to be read from the beginning
    sa.UniqueConstraint("source", "path"),
    sa.Index(None, "digest"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("input_id", sa.ForeignKey("inputs.id"), nullable=False, index=True),
    sa.Column("member", words(), nullable=False),  # where in its input: "", "812", "a.html"
    sa.Column("uri", words(), nullable=False),
    sa.Column("key", words(), unique=True),  # "<source>/<key>", the id of its article; NULL when it gave none
    sa.Column("digest", words(64), nullable=False),  # of what the reader gave; "" when it gave a failure
    sa.Column("state", words(16), nullable=False, index=True),  # stored, indexed, rejected, failed
    sa.Column("reason", words(32)),  # errors.Reason, of rejected and failed ones
    sa.Column("detail", words()),  # one line for people
    sa.Column("seen", sa.Integer, nullable=False),  # the run that last read it
    sa.Column("gone", words(32)),  # when its input was first without it
    sa.Column("tried", words(16)),  # under which rules and limits it was too costly to parse; NULL: it was not
    sa.UniqueConstraint("input_id", "member"),
    sa.Index("ix_documents_tried", "tried", sqlite_where=_COSTLY, postgresql_where=_COSTLY),
)

extractions = sa.Table(
    "extractions",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("story", sa.Integer, nullable=False),
    sa.Column("extractor", words(64), nullable=False),
    # Fingerprint of the rule set its article came from; "": what was learned is other now, it is to be cleaned again.
    sa.Column("rules", words(16), nullable=False, index=True),
    sa.Column("payload", sa.LargeBinary, nullable=False),  # lines and witnesses: JSON, zlib
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", words(), primary_key=True),
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("extraction_id", sa.ForeignKey("extractions.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("source", words(64), nullable=False, index=True),
    sa.Column("language", words(8), nullable=False),
    sa.Column("published", words(32)),
    sa.Column("published_precision", words(8)),
    sa.Column("content_hash", words(64), nullable=False, index=True),
    sa.Column("revision", sa.Integer, nullable=False),  # rises with every change that an index must see
    sa.Column("record", sa.LargeBinary, nullable=False),  # the JSON form without `removed`, zlib
)

removals = sa.Table(
    "removals",
    metadata,
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("start", sa.Integer, primary_key=True, autoincrement=False),  # characters of the extracted line
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("kind", words(32), nullable=False),
    sa.Column("rule", words(96), nullable=False),
)

# Whose furniture an article may have: a host, a list, a sender, or a source. `transforms.recurring` names them.
sites = sa.Table(
    "sites",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("name", words(256), nullable=False, unique=True),
    sa.Column("documents", sa.Integer, nullable=False),  # how many it had when it was last decided upon
    sa.Column("decided", words(32), nullable=False),  # how: version and setting; "" before the first time
)

# What is known of the lines of a document as it was extracted, before any rule.
traces = sa.Table(
    "traces",
    metadata,
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("site_id", sa.ForeignKey("sites.id"), nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False, index=True),  # of the keys
    sa.Column("sketch", sa.LargeBinary, nullable=False),  # by what a copy of the article is known
)

occurrences = sa.Table(
    "occurrences",
    metadata,
    sa.Column("key", sa.BigInteger, nullable=False),  # of a line
    sa.Column("site_id", sa.Integer, nullable=False),
    sa.Column("place", sa.SmallInteger, nullable=False),  # where in the document
    sa.Column("document_id", sa.ForeignKey("documents.id", ondelete="CASCADE"), nullable=False, index=True),
    # Whether other rules take the line first, so that what is learned of it changes nothing in the document.
    sa.Column("hidden", sa.Boolean, nullable=False, server_default="0"),
    sa.Index(None, "key", "site_id", "place", "document_id"),  # holds all that is counted
)

# Keys of lines whose counts changed since the last decision; with repetitions.
unweighed = sa.Table("unweighed", metadata, sa.Column("key", sa.BigInteger, nullable=False))

recurring = sa.Table(
    "recurring",
    metadata,
    sa.Column("site_id", sa.ForeignKey("sites.id"), primary_key=True),
    sa.Column("key", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("where", words(16), nullable=False),  # head, tail, edges, anywhere
    sa.Column("state", words(16), nullable=False),  # learned; or by a person: accepted, disabled
)

# What copies are found by. A text is what one or more articles have in common word for word, so that what is known of
# it is never said of an article that has another text by now.
texts = sa.Table(
    "texts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("content_hash", words(64), nullable=False, unique=True),
    sa.Column("version", sa.Integer, nullable=False, index=True),  # of the signature, and of what is made of it
    sa.Column("level", sa.SmallInteger, nullable=False),  # every 2^level-th shingle is in the signature
    sa.Column("key_level", sa.SmallInteger, nullable=False),  # every 2^key_level-th is in `samples`
    sa.Column("shingles", sa.LargeBinary, nullable=False),  # 64 bits each, in the order of the text
    sa.Column("number_level", sa.SmallInteger, nullable=False),
    sa.Column("numbers", sa.LargeBinary, nullable=False),  # 32 bits each
    sa.Column("running", sa.Boolean, nullable=False),
    # The smallest content hash among the texts that are folded with it; NULL: it is alone.
    sa.Column("copy_group", words(64), index=True),
)

# The keys of texts: the part of their shingles by which they find each other.
samples = sa.Table(
    "samples",
    metadata,
    sa.Column("shingle", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("text_id", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

# Keys of more texts than make evidence, as they stood when they were last counted.
common = sa.Table("common", metadata, sa.Column("shingle", sa.BigInteger, primary_key=True, autoincrement=False))

# Near copies: a row for each direction.
near = sa.Table(
    "near",
    metadata,
    sa.Column("text_id", sa.ForeignKey("texts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("other_id", sa.ForeignKey("texts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("share", sa.Float, nullable=False),  # of the text that stands in the other, 0 to 1
    sa.Column("folded", sa.Boolean, nullable=False),  # whether search shows the two as one
    sa.Index(None, "other_id"),
)

# Texts that are new, or whose evidence changed, since they were last compared.
uncompared = sa.Table(
    "uncompared",
    metadata,
    sa.Column("text_id", sa.ForeignKey("texts.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
)

# What articles are about, so that others on the same story are found. An article that is cleaned again, replaced or
# deleted leaves its row with nobody's name on it, in that same transaction; the next run takes the row away.
subjects = sa.Table(
    "subjects",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="SET NULL"), unique=True),
    sa.Column("copy_group", words(64), nullable=False, index=True),  # the text's; its own content hash when alone
    sa.Column("version", sa.Integer, nullable=False, index=True),  # of the terms
    sa.Column("language", words(8), nullable=False),
    sa.Column("begins", sa.Integer),  # the first day it may have been published on (1 is 0001-01-01); NULL: undated
    sa.Column("ends", sa.Integer),  # the last such day
    sa.Column("terms", sa.LargeBinary, nullable=False),
    sa.Column("size", sa.SmallInteger, nullable=False),  # how many terms
    sa.Column("listed", sa.Boolean, nullable=False),  # whether its terms stand in `telling`: one of each copy group
    sa.Column("settled", sa.Boolean, nullable=False, index=True),  # whether that is known to be right
)

# Which article, copies counted once, has a term; in the order of days, so that a window of them is one stretch.
telling = sa.Table(
    "telling",
    metadata,
    sa.Column("term", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("begins", sa.Integer, primary_key=True, autoincrement=False),  # 0: undated, or no more than a year
    sa.Column("subject_id", sa.Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

disabled = sa.Table(
    "disabled",
    metadata,
    sa.Column("rule", words(96), primary_key=True),  # its name, without version
    sa.Column("article_id", words(), primary_key=True),  # "": for all articles
)

# Ids that left the store (pruned, or another key now) and that the index must still forget.
withdrawn = sa.Table("withdrawn", metadata, sa.Column("article_id", words(), primary_key=True))

# What was forgotten for good and must not come in again: marks of ids, of documents and of words, each a SHA-256.
forgotten = sa.Table(
    "forgotten",
    metadata,
    sa.Column("mark", words(64), primary_key=True),
    sa.Column("since", words(32), nullable=False),
    sa.Column("purged", sa.Boolean, nullable=False),  # whether its words have left the archive's files, too
)

# What may stand in the index's stamp file; another one there, and the index is not the one that this store filled.
stamps = sa.Table("stamps", metadata, sa.Column("stamp", words(32), primary_key=True))

# What a run that found nothing left to do was made with; whatever is written to the store takes it away.
settled = sa.Table("settled", metadata, sa.Column("token", words(64), primary_key=True))

# Who holds the lock of a store that several machines can reach: each transaction that writes looks for its own row.
writers = sa.Table(
    "writers",
    metadata,
    sa.Column("token", words(32), primary_key=True),
    sa.Column("backend", sa.Integer, nullable=False),  # the server's process behind the connection that holds it
    sa.Column("who", words(200), nullable=False),  # as a person is told
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("started", words(32), nullable=False),
    sa.Column("finished", words(32)),  # NULL: it runs, or it was stopped
    sa.Column("report", words()),  # JSON, as `ingest --json` prints it
    sa.Column("terms", words()),  # JSON: what shards must be like to take part; NULL: none may
)

# What is read on several machines in one run. Nothing here is kept: a run takes away what those before it left.

# The rules of a source as the run has them, so that all who clean for it have the same.
briefs = sa.Table(
    "briefs",
    metadata,
    sa.Column("run", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("source", words(64), primary_key=True),
    sa.Column("rules", sa.LargeBinary, nullable=False),  # the message that processes get which clean
)

# What one shard at a time reads and cleans: some inputs that lie side by side, a large one, or a range of one.
units = sa.Table(
    "units",
    metadata,
    sa.Column("run", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),  # in the order that they are settled in
    sa.Column("source", words(64), nullable=False),
    sa.Column("parts", words(), nullable=False),  # JSON: paths, and what of each is to be read
    sa.Column("shard", words(128)),  # who has it; NULL: nobody
    sa.Column("claim", sa.Integer, nullable=False),  # rises when it changes hands; who has an older one is too late
    sa.Column("part", sa.Integer, nullable=False),  # how far it was delivered: parts
    sa.Column("items", sa.Integer, nullable=False),  # … and items of the next one
    sa.Column("delivered", sa.Integer, nullable=False),  # batches
    sa.Column("whole", sa.Boolean, nullable=False),  # whether that was all
)

# What shards read and made of it, until the run takes it in.
deliveries = sa.Table(
    "deliveries",
    metadata,
    sa.Column("run", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("unit", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("size", sa.Integer, nullable=False),  # bytes of the payload
    sa.Column("payload", sa.LargeBinary, nullable=False),  # messages, as processes that parse send them
    sa.ForeignKeyConstraint(["run", "unit"], ["units.run", "units.number"], ondelete="CASCADE"),
)

shards = sa.Table(
    "shards",
    metadata,
    sa.Column("run", sa.ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    sa.Column("name", words(128), primary_key=True),
    sa.Column("beat", sa.BigInteger, nullable=False),  # rises as long as it lives
    sa.Column("documents", sa.Integer, nullable=False),  # that it delivered
)
