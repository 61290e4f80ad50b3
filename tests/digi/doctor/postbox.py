"""A mail server that says what it is told to say."""

from contextlib import contextmanager

from aiosmtpd.controller import Controller

from tests.servers import free_port


class Answers:
    """A mail server that says what it is told to say to a recipient and to a mail."""

    recipient, mail = "250 OK", "250 2.0.0 Ok: queued as 4711"

    def __init__(self) -> None:
        self.mails: list[bytes] = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 - aiosmtpd's name
        envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 - aiosmtpd's name
        self.mails.append(envelope.content)
        return self.mail


@contextmanager
def postbox(settings, **said):
    answers = Answers()
    for name, words in said.items():
        setattr(answers, name, words)
    controller = Controller(answers, hostname="127.0.0.1", port=free_port(), ready_timeout=60)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "Digi <digi@digi.example>"
    try:
        yield answers
    finally:
        controller.stop()
