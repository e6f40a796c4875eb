"""What an administrator's rank allows (PROMISES D6). Their subtree is looked at apart from it, in every query."""

from bot.domain.words import Rank

_ACTS = frozenset({Rank.PROVINCE, Rank.PREFECTURE})
_AUDITS = frozenset({Rank.PROVINCE, Rank.AUDITOR})
_REVEALS = frozenset({Rank.PROVINCE, Rank.PREFECTURE, Rank.AUDITOR})


def may_act(rank: Rank) -> bool:
    """Change anything about units, people and tasks."""
    return rank in _ACTS


def may_manage(rank: Rank) -> bool:
    """Change the installation itself: administrators, sending accounts."""
    return rank is Rank.PROVINCE


def may_audit(rank: Rank) -> bool:
    """Read the audit log."""
    return rank in _AUDITS


def may_reveal(rank: Rank) -> bool:
    """See a telephone number in full; each time is written into the audit log."""
    return rank in _REVEALS


def needs_unit(rank: Rank) -> bool:
    """Whether the rank is only given for a subtree."""
    return rank is Rank.PREFECTURE
