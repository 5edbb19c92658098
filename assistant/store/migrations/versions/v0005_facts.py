"""One table of facts in place of cells and sheets, and the findings beside them.

Facts are made of the records when the store is next opened.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.drop_table("cells")
    op.drop_table("sheets")
    _add("documents", "changed", sa.BigInteger())
    _add("documents", "checked", sa.BigInteger(), default="-1")
    op.add_column("records", sa.Column("name", sa.Text(), nullable=False, server_default=""))
    _add("records", "open", sa.Integer())
    _add("records", "changed", sa.BigInteger())
    _add("records", "facts", sa.Integer())
    _create_facts()
    op.create_table(
        "findings",
        _document(),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("form_id", sa.String(length=32), nullable=False),
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("severity", sa.String(length=16), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        _of_a_document(),
        sa.PrimaryKeyConstraint("document_id", "position"),
    )


def _add(table: str, name: str, kind: sa.types.TypeEngine[int], default: str = "0") -> None:
    op.add_column(table, sa.Column(name, kind, nullable=False, server_default=default))


def _document() -> sa.Column[str]:
    return sa.Column("document_id", sa.String(length=64), nullable=False)


def _of_a_document() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["document_id"], ["documents.id"], ondelete="CASCADE")


def _create_facts() -> None:
    op.create_table(
        "facts",
        _document(),
        sa.Column("form_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("table_name", sa.String(length=32), nullable=False),
        sa.Column("row_number", sa.Integer(), nullable=False),
        sa.Column("row_key", sa.Text(), nullable=False),
        sa.Column("column_name", sa.String(length=48), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("comparator", sa.String(length=2), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("x0", "y0", "x1", "y1")),
        sa.Column("quote", sa.Text(), nullable=False),
        sa.Column("own_unit", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("approval", sa.String(length=16), nullable=False),
        sa.Column("readings", sa.Text(), nullable=False),
        _of_a_document(),
        sa.PrimaryKeyConstraint("document_id", "form_id", "position"),
    )
    op.create_index("facts_by_column", "facts", ["column_name", "table_name"])
    op.create_index("facts_open", "facts", ["needs_review", "document_id", "form_id"])
