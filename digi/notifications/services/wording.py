"""The words of mails: chosen by administrators, or ours."""

from django.conf import settings
from django.db import transaction
from django.template import TemplateSyntaxError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Forbidden, Invalid
from digi.notifications.kinds import kinds
from digi.notifications.models import MailTemplate
from digi.notifications.services import letters


def may_write(user: User) -> bool:
    """The words are the same for the whole server, so no department's coordinators choose them."""
    return bool(user.has_perm("notifications.change_mailtemplate"))


def names() -> list[str]:
    """The mails that may have words of their own: two general ones, and each kind."""
    return [letters.NOTIFICATION, letters.DIGEST, *sorted(kinds)]


def ours(name: str, language: str) -> tuple[str, str]:
    """Subject and text as they are without an administrator's words."""
    if name != letters.DIGEST:
        return "{{ title }}: {{ text }}", "{{ text }}.\n\n{{ title }}\n\n{{ url }}"
    with translation.override(language):
        subject = (ngettext("%d news", "%d news together", 2)).replace("%d", "{{ count }}")
        opening = _("This has happened since the last mail of this kind:")
    item = "{{ item.title }}\n{{ item.text }}\n{{ item.url }}"
    return subject, f"{opening}\n{{% for item in items %}}\n{item}\n{{% endfor %}}"


def sampled(*, name: str, language: str, subject: str, text: str) -> letters.Words:
    """How the words would read, with made-up news. Raises `Invalid` with what is wrong, at the field that is."""
    _fillable(name, language, subject, "subject")
    _fillable(name, language, text, "text")
    return letters.sample(name, language, subject, text)


@transaction.atomic
def write(*, name: str, language: str, subject: str, text: str, by: User) -> MailTemplate:
    """Put these words in place of the ones that a mail has in a language."""
    _check(name, language, by)
    sampled(name=name, language=language, subject=subject, text=text)
    values = {"subject": subject, "text": text}
    row, _made = MailTemplate.objects.update_or_create(name=name, language=language, defaults=values)
    details = {"mail": name, "language": language}
    audit.record(action="mail.worded", actor=by, target=audit.target_of(row), details=details)
    return row


@transaction.atomic
def reset(*, name: str, language: str, by: User) -> None:
    """Go back to our words."""
    _check(name, language, by)
    row = MailTemplate.objects.filter(name=name, language=language).first()
    if row is not None:
        details = {"mail": name, "language": language}
        audit.record(action="mail.reset", actor=by, target=audit.target_of(row), details=details)
        row.delete()


def _fillable(name: str, language: str, words: str, field: str) -> None:
    try:
        letters.sample(name, language, words, "")
    except TemplateSyntaxError as error:
        sentence = _("It cannot be filled in: %(error)s") % {"error": error}
        raise Invalid(sentence, code="bad_words", field=field) from error
    except (ArithmeticError, TypeError, ValueError) as error:  # what filters make of values that do not suit them
        raise Invalid(_("It cannot be filled in."), code="bad_words", field=field) from error


def _check(name: str, language: str, by: User) -> None:
    if not may_write(by):
        raise Forbidden(_("Only administrators choose the words of mails."), code="wrong_role")
    if name not in names() or language not in dict(settings.LANGUAGES):
        raise Invalid(_("There is no such mail."), code="unknown_mail")
