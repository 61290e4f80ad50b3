"""Tokens that people give to programs."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from digi.accounts import names
from digi.accounts.models import Token, User
from digi.accounts.scopes import Scope
from digi.audit import services as audit
from digi.errors import Conflict, Invalid
from digi.realtime.publish import close_sockets

AT_MOST = 50  # tokens of one person


@transaction.atomic
def create(*, user: User, name: str, scopes: Iterable[str]) -> tuple[Token, str]:
    """A new token and its secret, which is shown once and never stored."""
    wanted = sorted(set(scopes))
    label = names.visible(name)[:80]
    if not label:
        raise Invalid(_("Give the token a name, so that you know it again."), code="no_name")
    if not wanted or not set(wanted) <= set(Scope.values):
        raise Invalid(_("Choose what the token may do."), code="bad_scopes")
    if Token.objects.filter(user=user).count() >= AT_MOST:
        raise Conflict(_("You have %(limit)d tokens; revoke one first.") % {"limit": AT_MOST}, code="too_many_tokens")

    token, secret = Token.objects.create(user=user, name=label, scopes=" ".join(wanted))
    details = {"token": str(token.uuid), "scopes": wanted}
    audit.record(action="token.created", actor=user, target=audit.target_of(user), details=details)
    return token, secret


@transaction.atomic
def revoke(*, token: Token, by: audit.Actor = None) -> None:
    """Make a token worthless and close its sockets."""
    details = {"token": str(token.uuid)}
    audit.record(action="token.revoked", actor=by, target=audit.target_of(token.user), details=details)
    close_sockets(session_key=token.digest)
    token.delete()
