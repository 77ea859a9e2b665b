"""What is done with accounts."""
from __future__ import annotations

import json
from typing import Any, Callable

from shop.models import DEFAULT, Account, Kind, Stack, by_name
from shop.money import Amount, parse, rate

HANDLERS: dict[str, Callable[[Account], str]] = {}
LAST = None


def handler(name: str) -> Callable[[Callable[[Account], str]], Callable[[Account], str]]:
    def register(function: Callable[[Account], str]) -> Callable[[Account], str]:
        HANDLERS[name] = function
        return function

    return register


@handler("short")
def short(account: Account) -> str:
    return account.describe(10)


@handler("kind")
def kind(account: Account) -> str:
    match account.kind:
        case Kind.CASH:
            return "cash"
        case Kind.CARD:
            return "card"


def load(text: str) -> list[Account]:
    data: Any = json.loads(text)
    accounts = []
    for item in data:
        accounts.append(Account(str(item["name"]), amounts=[parse(str(item["amount"]))]))
    return accounts


def remember(account: Account) -> None:
    global LAST
    LAST = account


def taxes(accounts: list[Account]) -> list[Amount]:
    return [rate(account.total(), 7.5) for account in accounts]


def largest(accounts: list[Account]) -> Account:
    waiting: Stack[Account] = Stack()
    for account in accounts:
        waiting.push(account)
    best = waiting.pop()
    while (candidate := waiting.pop()) is not None:
        if best is None or candidate.total().cents > best.total().cents:
            best = candidate
    return best or DEFAULT


def wrong(accounts: list[Account]) -> int:
    names = by_name(accounts)
    names["x"] = 1
    return names["x"].total()
