"""What a person made us record is found by the person, not by reading every fact.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Index the facts by who said them."""
    op.create_index("ix_event_by", "event", ["by", "at"], unique=False)
