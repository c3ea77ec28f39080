"""Run by Alembic: the migrations get the connection that `bring_up` opened."""

from alembic import context

from backfile.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a table in place
)
with context.begin_transaction():
    context.run_migrations()
