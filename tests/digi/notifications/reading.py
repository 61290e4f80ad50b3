"""Pages of the inbox as a person reads them."""

from html import unescape
from re import findall, sub


def words(response) -> str:
    """What a page says, without its markup."""
    body = response.content.decode().partition("<main")[2].partition("</main>")[0]
    return sub(r"\s+", " ", unescape(sub(r"<[^>]+>", " ", body)))


def numbers(response) -> list[int]:
    """The notifications that stand in the list."""
    return [int(number) for number in findall(r'data-number="(\d+)"', response.content.decode())]
