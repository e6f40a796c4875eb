"""What the store refuses to do, one tree.

CuibaoError
└── StoreError
    ├── CannotOpen     the database cannot be used as it is configured or as it stands
    ├── NoAddress      nobody to send it to
    └── NestedBegin    a transaction inside a transaction of the same thread
"""

from collections.abc import Collection

from bot.domain.errors import CuibaoError


class StoreError(CuibaoError):
    """Something the store cannot do; the transaction it happened in is rolled back."""


class CannotOpen(StoreError):
    """The database cannot be opened or brought up to date; the message says why and what to do. It never holds a password."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"数据库 {where} 无法使用：{why}")


class NoAddress(StoreError):
    """The person has no usable address on any of the enabled channels. Add one, or choose a substitute."""

    def __init__(self, person_id: int | None, channels: Collection[str]) -> None:
        self.person_id, self.channels = person_id, tuple(sorted(channels))
        names = "、".join(self.channels) or "无"
        super().__init__(f"联系人 {person_id or '（未知）'} 在已启用的渠道（{names}）上没有可用地址，请补充地址或由替补联络员接收")


class NestedBegin(StoreError):
    """`Store.begin()` inside another one of the same thread: it would wait for itself for ever. Pass the open `Tx` instead."""

    def __init__(self) -> None:
        super().__init__("同一线程内事务嵌套：请把已打开的事务传进去，而不是再开一个")
