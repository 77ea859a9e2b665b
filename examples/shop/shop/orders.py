from enum import Enum
from typing import TypedDict

from shop.catalog import Product, Voucher, find, most_expensive, total


class Status(Enum):
    OPEN = "open"
    PAID = "paid"
    SENT = "sent"


class Address(TypedDict):
    street: str
    city: str
    zip: int


def describe(status: Status) -> str:
    match status:
        case Status.OPEN:
            return "waiting for payment"
        case Status.PAID:
            return "being packed"


def label(address: Address) -> str:
    return address["street"] + ", " + address["zip"] + " " + address["town"]


def shipping(catalog: dict[str, Product], name: str) -> float:
    product = find(catalog, name)
    return product.weight * 1.5


def checkout(products: list[Product], vouchers: list[Voucher]) -> None:
    best = most_expensive(products)
    reveal_type(best)
    most_expensive(vouchers)
    print(total(products, discount=10))


def parse(line):
    name, count = line.split(",")
    return name, int(count)
