"""An index over the inbounds a person has to look at.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add `ix_inbound_look`."""
    where = sa.text("state IN ('trouble','stranger')")
    op.create_index("ix_inbound_look", "inbound", ["id"], unique=False, sqlite_where=where, postgresql_where=where)
