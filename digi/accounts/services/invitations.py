"""The mail that tells a person of an account made for them, with the link that sets its first password."""

import logging
from collections.abc import Callable, Iterable

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from digi.accounts.models import User

log = logging.getLogger(__name__)


def send(*, people: Iterable[User], absolute: Callable[[str], str]) -> int:
    """Write to everybody who has an address; `absolute` makes a whole URL of a path. Returns how many went out.

    A mail server that refuses is logged and ends the sending: the accounts stand, and invitations can be repeated.
    """
    mails = [_invitation(person, absolute) for person in people if person.email and person.is_active]
    sent = 0
    try:
        with get_connection() as connection:
            for mail in mails:
                mail.connection = connection
                sent += mail.send()
    except OSError as error:  # SMTP errors are OSErrors, too
        log.warning("%d of %d invitations were not sent: %s", len(mails) - sent, len(mails), type(error).__name__)
    return sent


def _invitation(person: User, absolute: Callable[[str], str]) -> EmailMultiAlternatives:
    key = {"uidb36": user_pk_to_url_str(person), "key": default_token_generator.make_token(person)}
    with translation.override(person.language):
        context = {
            "user": person,
            "server_name": settings.DIGI_NAME,
            "password_url": absolute(reverse("account_reset_password_from_key", kwargs=key)),
            "days": settings.PASSWORD_RESET_TIMEOUT // 86_400,
        }
        subject = " ".join(render_to_string("accounts/email/invitation_subject.txt", context).split())
        body = render_to_string("accounts/email/invitation_message.txt", context).strip()
        echo = render_to_string("accounts/email/invitation_message.html", context)
    mail = EmailMultiAlternatives(subject, body + "\n", to=[str(person.email)])
    mail.attach_alternative(echo, "text/html")
    return mail
