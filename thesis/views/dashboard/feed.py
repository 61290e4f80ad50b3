"""What happened lately, each with its icon."""

from typing import Any

from digi.accounts.models import User
from thesis.services import lately

ICONS = {
    "thesis.state": "arrow-right",
    "thesis.joined": "user-plus",
    "thesis.member": "users",
    "thesis.dates": "calendar-days",
    "thesis.reminder": "alarm-clock",
    "thesis.version": "file-text",
    "thesis.receipt": "file-check",
    "thesis.comment": "message-square-text",
    "thesis.request": "message-square-text",
    "thesis.task": "square-check",
    "thesis.meeting": "calendar-days",
    "thesis.extension": "alarm-clock",
    "thesis.report": "file-check",
    "thesis.kept": "archive",
    "thesis.mark": "circle-check",
}


def of(user: User) -> list[dict[str, Any]]:
    return [one | {"icon": ICONS.get(one["kind"], "bell")} for one in lately.news(user)]
