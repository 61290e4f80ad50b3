"""What mails say: subject and text from an administrator's words or ours, and HTML as the text's echo."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digi.accounts.models import User
from digi.notifications.kinds import kinds
from digi.notifications.models import MailTemplate, Notification
from digi.notifications.services import links, views

log = logging.getLogger(__name__)

NOTIFICATION, DIGEST = "notification", "digest"
SUBJECT_AT_MOST = 150

# An administrator's words see plain strings only and load nothing: no tags but Django's own, no other templates.
_words = Engine(autoescape=False, loaders=[], libraries={})


@dataclass(slots=True, kw_only=True)
class Words:
    """A mail's subject, its text without the foot, and the foot: why it came and how to end it."""

    language: str
    subject: str
    body: str
    foot: str
    url: str

    @property
    def text(self) -> str:
        return f"{self.body.strip()}\n\n-- \n{self.foot.strip()}\n"

    @property
    def html(self) -> str:
        paragraphs = [part.strip() for part in self.body.strip().split("\n\n") if part.strip()]
        known = {"subject": self.subject, "paragraphs": paragraphs, "url": self.url, "foot": self.foot}
        with translation.override(self.language):
            return render_to_string("notifications/email/letter.html", known | {"server_name": settings.DIGI_NAME})


def compose(user: User, claim: UUID, notifications: Sequence[Notification], *, digest: bool) -> EmailMultiAlternatives:
    """The mail that tells a person of these notifications, in their language; one of them unless it is a digest."""
    wanted = sorted({one.kind for one in notifications})
    ends = [name for name in wanted if name not in kinds or not kinds[name].obligatory]
    unsubscribe = links.unsubscribe_url(user, ends) if ends else ""
    with translation.override(user.language):
        words = _digest(user, notifications, unsubscribe) if digest else _single(user, notifications[0], unsubscribe)
    headers = {
        "Message-ID": links.message_id(claim),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if not digest:
        headers["In-Reply-To"] = headers["References"] = links.thread_id(notifications[0].target)
    if unsubscribe:
        headers["List-Unsubscribe"] = f"<{unsubscribe}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    mail = EmailMultiAlternatives(words.subject, words.text, to=[str(user.email)], headers=headers)
    mail.attach_alternative(words.html, "text/html")
    return mail


def sample(name: str, language: str, subject: str, text: str) -> Words:
    """How an administrator's words would read, with made-up news. Raises `TemplateSyntaxError`."""
    with translation.override(language):
        news = {
            "text": _("Ravi left two remarks"),
            "title": _("Bounded-lag fan-out of live video"),
            "url": links.absolute("/"),
            "why": _("because you supervise this thesis"),
        }
        context = {"name": "Miriam Okafor", "server_name": settings.DIGI_NAME} | news
        if name == DIGEST:
            context |= {"count": 2, "items": [news, news]}
        foot = _foot(news["why"], links.absolute("/unsubscribe/"))
        filled = {"subject": _line(_filled(subject, context)), "body": _filled(text, context)}
        return Words(language=language, **filled, foot=foot, url=news["url"])


def check(text: str) -> None:
    """Raise `TemplateSyntaxError` for words that could not be filled in."""
    _words.from_string(text)


def _single(user: User, notification: Notification, unsubscribe: str) -> Words:
    context = {"name": user.get_full_name(), "server_name": settings.DIGI_NAME} | _item(notification)
    subject, body = _said([notification.kind, NOTIFICATION], user.language, context)
    return Words(
        language=user.language,
        subject=subject or _line(f"{context['title']}: {context['text']}"),
        body=body or render_to_string("notifications/email/notification.txt", context),
        foot=_foot(context["why"], unsubscribe),
        url=context["url"],
    )


def _digest(user: User, notifications: Sequence[Notification], unsubscribe: str) -> Words:
    items = [_item(notification) for notification in sorted(notifications, key=lambda one: (one.title, one.number))]
    context = {"name": user.get_full_name(), "server_name": settings.DIGI_NAME, "count": len(items), "items": items}
    subject, body = _said([DIGEST], user.language, context)
    ours = ngettext("%d news", "%d news together", len(items)) % len(items)
    return Words(
        language=user.language,
        subject=subject or ours,
        body=body or render_to_string("notifications/email/digest.txt", context),
        foot=_foot(_("because you want these kinds of news together"), unsubscribe),
        url="",
    )


def _item(notification: Notification) -> dict[str, Any]:
    return {
        "text": views.text(notification),
        "title": notification.title,
        "why": views.why(notification),
        "url": links.absolute(notification.url),
    }


def _said(names: list[str], language: str, context: dict[str, Any]) -> tuple[str, str]:
    """Subject and body in an administrator's words, those of the first name first; empty where there are none."""
    found = {row.name: row for row in MailTemplate.objects.filter(name__in=names, language=language)}
    row = next((found[name] for name in names if name in found), None)
    if row is None:
        return "", ""
    try:
        return _line(_filled(row.subject, context)), _filled(row.text, context)
    except Exception:  # the mail goes in our words rather than not at all
        log.exception("the mail template %s could not be filled in", row)
        return "", ""


def _filled(text: str, context: dict[str, Any]) -> str:
    return _words.from_string(text).render(Context(context, autoescape=False))


def _line(text: str) -> str:
    """One line, as a subject must be."""
    return " ".join(text.split())[:SUBJECT_AT_MOST]


def _foot(why: str, unsubscribe: str) -> str:
    sentence = _("You get this mail %(why)s.") % {"why": why}
    if not unsubscribe:
        return sentence
    return f"{sentence}\n{_('No more mails of this kind:')}\n{unsubscribe}"
