"""Texts of statements, whose translation for SQLite's driver is kept, say what they said."""

import pytest
from django.db import connection

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="this is SQLite's own backend"),
]


def told(text: str, parameters: object = None) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return tuple(cursor.fetchone())


def test_same_text_takes_other_values_and_keeps_its_percent_signs():
    text = "SELECT %s || '100 %%', %s, '%%s'"

    assert told(text, ["a", 1]) == ("a100 %", 1, "%s")
    assert told(text, ["b", None]) == ("b100 %", None, "%s")


def test_text_without_values_stays_as_it_is():
    text = "SELECT '100 %%'"

    assert told(text, []) == ("100 %",)
    assert told(text) == ("100 %%",)


def test_named_values_are_bound_by_their_names():
    text = "SELECT %(b)s, %(a)s"

    assert told(text, {"a": 1, "b": 2}) == (2, 1)
    assert told(text, {"b": 4, "a": 3}) == (4, 3)


def test_text_too_long_to_be_kept_is_translated_all_the_same():
    text = f"SELECT %s, '{'x' * 40_000}%%'"

    assert told(text, [5]) == (5, "x" * 40_000 + "%")
