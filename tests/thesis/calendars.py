"""Calendars as programs fetch and read them, signed in nowhere."""

import icalendar
from django.test import Client


def fetched(url: str, **headers):
    """By a program that is signed in nowhere."""
    return Client().get(url, headers=headers)


def entries(url: str) -> dict[str, icalendar.Event]:
    answer = fetched(url)
    assert answer.status_code == 200, answer.content
    found = icalendar.Calendar.from_ical(answer.content)
    assert found.errors == []
    return {str(event["uid"]): event for event in found.walk("VEVENT")}


def summaries(url: str) -> set[str]:
    return {str(event["summary"]) for event in entries(url).values()}
