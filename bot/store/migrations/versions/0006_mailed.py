"""Mails of ours are found by their Message-ID.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MAILED = sa.text("substr(platform_id, 1, 1) = '<'")


def upgrade() -> None:
    """Index the deliveries by mail."""
    op.create_index("ix_delivery_mailed", "delivery", ["platform_id"], unique=False, sqlite_where=MAILED, postgresql_where=MAILED)
