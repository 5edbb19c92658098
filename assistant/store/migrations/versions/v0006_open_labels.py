"""Labels as printed, and room for those that no field of the schema names."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("facts", sa.Column("printed", sa.Text(), nullable=False, server_default=""))
    with op.batch_alter_table("facts") as batch:
        for name, length in (("column_name", 48), ("table_name", 32)):
            batch.alter_column(name, type_=sa.Text(), existing_type=sa.String(length=length))
