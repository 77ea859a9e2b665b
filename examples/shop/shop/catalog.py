from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol, TypeVar


@dataclass(frozen=True)
class Product:
    name: str
    price: Decimal
    weight: float | None = None


class Priced(Protocol):
    @property
    def price(self) -> Decimal: ...


class Voucher:
    price: int = 10


def total(items: list[Product]) -> Decimal:
    return sum((item.price for item in items), Decimal(0))


T = TypeVar("T", bound=Priced)


def most_expensive(items: list[T]) -> T:
    return max(items, key=lambda item: item.price)


def find(catalog: dict[str, Product], name: str) -> Product | None:
    return catalog.get(name)
