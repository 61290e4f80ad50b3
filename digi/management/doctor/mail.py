"""Does the mail server take mail from us? On request a real one is sent, and its answer told."""

import smtplib
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.core.mail.message import sanitize_address

from digi.management.doctor.findings import Finding, care, fault, fine

PATIENCE = 10  # seconds
MEND = "See whether DIGI_EMAIL_URL names the right server, port, encryption, user and password."


def examine(to: str = "") -> Iterator[Finding]:
    """Connect, and send a test mail to an address if one is named."""
    connection: Any = get_connection()
    if not isinstance(connection, EmailBackend):
        yield from _not_sent(to)
        return
    connection.timeout = PATIENCE
    place = f"{connection.host}:{connection.port}"
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        yield fault(f"{place} refuses our user or password: {_said(error.smtp_code, error.smtp_error)}", MEND)
        return
    except (smtplib.SMTPException, OSError) as error:
        yield fault(f"No mail server answers at {place}: {type(error).__name__}: {error}", MEND)
        return
    try:
        yield fine(f"{place} answers{' and lets us in' if connection.username else ''}.")
        if not (connection.use_tls or connection.use_ssl) and connection.host not in {"localhost", "127.0.0.1", "::1"}:
            yield care("Mails go to it in the clear.", "Write smtp+tls:// or smtp+ssl:// in DIGI_EMAIL_URL.")
        if settings.DEFAULT_FROM_EMAIL.endswith("@localhost>"):
            yield care(
                "Mails come from …@localhost, which most servers refuse.", "Set DIGI_EMAIL_FROM to an address of yours."
            )
        if to:
            yield from _sent(connection.connection, to, place)
    finally:
        connection.close()


def _not_sent(to: str) -> Iterator[Finding]:
    says = "Mails are not sent: DIGI_EMAIL_URL is not set, or names no mail server. Nobody can confirm an address."
    mend = "Set DIGI_EMAIL_URL=smtp+tls://user:password@mail.example:587."
    yield fault(says, mend) if to else care(says, mend)


def _sent(server: Any, to: str, place: str) -> Iterator[Finding]:
    """Hand the mail over step by step, for what the server says to each."""
    sender = settings.DEFAULT_FROM_EMAIL
    body = "This is a test: mails from this server arrive.\n"
    mail: Any = EmailMessage(f"{settings.DIGI_NAME}: a test", body, sender, [to])
    steps: tuple[tuple[str, Callable[[], tuple[int, bytes | str]]], ...] = (
        ("our sender", lambda: server.mail(sanitize_address(sender, "utf-8"))),
        (to, lambda: server.rcpt(sanitize_address(to, "utf-8"))),
        ("the mail", lambda: server.data(mail.message().as_bytes(linesep="\r\n"))),
    )
    server.ehlo_or_helo_if_needed()
    answer = ""
    for what, step in steps:
        try:
            code, words = step()
        except smtplib.SMTPResponseException as error:
            code, words = error.smtp_code, error.smtp_error
        except (smtplib.SMTPException, OSError) as error:
            yield fault(f"{place} broke off at {what}: {type(error).__name__}.", "Look into its log.")
            return
        answer = _said(code, words)
        if code >= 400:
            yield fault(f"{place} refuses {what}: {answer}", "Its words say why; DIGI_EMAIL_FROM is our sender.")
            return
    yield fine(f"A test mail to {to} was taken: {answer}")


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"
