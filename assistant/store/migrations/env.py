"""Run by alembic: migrates over the connection that :mod:`assistant.store.store` hands over."""

from alembic import context

from assistant.store.schema import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
)
context.run_migrations()
