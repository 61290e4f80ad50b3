"""What came of an attempt, in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from digi.webhooks.models import Attempt

ERRORS: dict[str, str | Promise] = {
    "refused": _(
        "This server does not call that address: it lies in a network of its own, or on a port it leaves alone."
    ),
    "unreachable": _("Nobody answers there: the name is unknown, or the machine is off."),
    "tls": _("Its certificate is not valid, or it does not speak TLS."),
    "timeout": _("It did not answer in time."),
    "broken": _("It broke off, or did not answer as a web server does."),
    "redirect": _("It sends elsewhere, and redirects are not followed. Enter the address that it leads to."),
    "status": _("It answered with an error."),
    "secret": _("Its secret can no longer be read. Make a new one."),
}


def told(attempt: Attempt) -> str:
    """One attempt in a sentence."""
    if not attempt.error:
        return str(_("It answered that it has it."))
    return str(ERRORS.get(attempt.error, attempt.error))
