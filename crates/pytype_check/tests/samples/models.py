"""Accounts and what they hold."""
from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import Generic, Iterator, TypeVar

from shop.money import Amount, zero

T = TypeVar("T")


class Kind(Enum):
    CASH = 1
    CARD = 2


class Stack(Generic[T]):
    def __init__(self) -> None:
        self.items: list[T] = []
        self.count = 0

    def push(self, item: T) -> None:
        self.items.append(item)
        self.count += 1

    def pop(self) -> T | None:
        if not self.items:
            return None
        return self.items.pop()

    def __iter__(self) -> Iterator[T]:
        yield from self.items


@dataclass
class Account:
    name: str
    kind: Kind = Kind.CASH
    amounts: list[Amount] = field(default_factory=list)

    def total(self) -> Amount:
        result = zero()
        for amount in self.amounts:
            result = result.plus(amount)
        return result

    def describe(self, width: int) -> str:
        text = f"{self.name}: {self.total().cents}"
        if len(text) > width:
            return text[:width]
        return text.ljust(width)


def by_name(accounts: list[Account]) -> dict[str, Account]:
    found = {}
    for account in accounts:
        found[account.name] = account
    return found


DEFAULT = Account("default")
NAMES = [account.name for account in [DEFAULT]]
