"""When a robot's penalty began, so that a clock set back is told from a long penalty.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; penalties that run now end, because nobody knows when they began."""
    op.add_column("robot", sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE robot SET blocked_until = NULL")  # a penalty has both instants or none
