"""A stage for each form and reader, in place of the one column for the language model; the version
of a document's pages. Pages of an older store have none, so that their file is read once more."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_RENAMED = (("rules", "read"), ("rules_version", "read_version"), ("with_llm", "with_model"))


def upgrade() -> None:
    op.create_table(
        "stages",
        sa.Column("document_id", sa.String(length=64), nullable=False),
        sa.Column("form_id", sa.String(length=32), nullable=False),
        sa.Column("reader", sa.String(length=16), nullable=False),
        sa.Column("stage", sa.String(length=16), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("request", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("document_id", "form_id", "reader"),
    )
    op.create_index("ix_stages_stage", "stages", ["stage"], unique=False)
    op.execute(
        "INSERT INTO stages SELECT document_id, form_id, 'rules', 'done', rules_version, 1, '', "
        "NULL FROM records JOIN documents ON documents.id = records.document_id"
    )
    op.execute(
        "INSERT INTO stages SELECT document_id, form_id, 'llm', llm, llm_version, request, "
        "message, tried_at FROM records"
    )
    op.drop_index("ix_records_llm", table_name="records")
    with op.batch_alter_table("records") as records:
        for column in ("llm", "llm_version", "request", "message", "tried_at"):
            records.drop_column(column)
    # Not in a batch, which would drop the table and with it all that belongs to its documents.
    op.drop_index("ix_documents_rules", table_name="documents")
    for old, new in _RENAMED:
        op.execute(f'ALTER TABLE documents RENAME COLUMN "{old}" TO "{new}"')
    op.create_index("ix_documents_read", "documents", ["read"], unique=False)
    op.add_column(
        "documents", sa.Column("pages_version", sa.String(64), nullable=False, server_default="")
    )
