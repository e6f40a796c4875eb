"""A group robot as DingTalk's and Feishu's stand-ins know it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RobotSetup:
    """One robot in one group and its security settings (empty: not chosen)."""

    group: str
    secret: str = ""
    keyword: str = ""
