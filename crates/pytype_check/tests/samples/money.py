"""Amounts of money."""
from __future__ import annotations

from typing import NamedTuple, overload


class Amount(NamedTuple):
    cents: int

    def plus(self, other: Amount) -> Amount:
        return Amount(self.cents + other.cents)


def zero() -> Amount:
    return Amount(0)


@overload
def parse(text: str) -> Amount: ...
@overload
def parse(text: None) -> None: ...
def parse(text: str | None) -> Amount | None:
    if text is None:
        return None
    try:
        whole, _, rest = text.partition(".")
        return Amount(int(whole) * 100 + int(rest or 0))
    except ValueError as error:
        print(error)
        return zero()


def rate(amount: Amount, percent: float) -> Amount:
    def scaled(value: int) -> int:
        return round(value * percent / 100)

    return Amount(scaled(amount.cents))
