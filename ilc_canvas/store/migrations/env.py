"""Alembic's entry: runs the steps on the connection and in the transaction that `schema` has opened."""

from alembic import context

from ilc_canvas.store.all_tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
