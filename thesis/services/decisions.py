"""Many applications decided at once: first foreseen, then done one by one, so that one refusal keeps nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.errors import DigiError, Invalid
from thesis.models import Application
from thesis.services import applications
from thesis.states import Need

VERBS = ("shortlist", "reject")
AT_MOST = 100


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happens to an application, or has happened; `refused` says why not, empty where it does."""

    application: Application
    refused: str = ""
    needs_words: bool = False  # beside the typed reason: a coordinator who acts for the owners says why


def foresee(*, verb: str, chosen: Iterable[Application], by: User) -> list[Outcome]:
    """What would happen to each, without doing it. Raises `Invalid` for a verb that is not for many."""
    _check(verb)
    return [_foreseen(verb, application, by) for application in chosen]


def decide(
    *, verb: str, chosen: Iterable[Application], by: User, rejection: str = "", reason: str = ""
) -> list[Outcome]:
    """Shortlist or turn down each of them, each in a transaction of its own."""
    _check(verb)
    return [_decided(verb, application, by, rejection, reason) for application in chosen]


def _foreseen(verb: str, application: Application, by: User) -> Outcome:
    found = next((one for one in applications.verbs(application=application, by=by) if one.verb == verb), None)
    if found is None:
        sentence = _("The application is in the state “%(state)s”; this cannot be done there.")
        return Outcome(application, sentence % {"state": application.get_state_display()})
    return Outcome(application, found.reason, Need.REASON in found.needs)


def _decided(verb: str, application: Application, by: User, rejection: str, reason: str) -> Outcome:
    try:
        if verb == "reject":
            done = applications.reject(application=application, by=by, rejection=rejection, reason=reason)
        else:
            done = applications.shortlist(application=application, by=by, reason=reason)
    except DigiError as error:
        return Outcome(application, str(error.message))
    return Outcome(done)


def _check(verb: str) -> None:
    if verb not in VERBS:
        raise Invalid(_("This cannot be done with many at once."), code="unknown_verb")
