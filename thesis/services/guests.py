"""Reviewers without an account: a link that expires and can be taken back."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts import names
from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid, NotFound
from thesis.models import Comment, DocumentKind, DocumentVersion, Invitation, Thesis
from thesis.services import access, discussion
from thesis.services.locking import lock
from thesis.states import Part, State

DAYS_AT_MOST = 180
AT_MOST = 30  # invitations of one thesis that stand
COMMENTS_AT_MOST = 100  # of one reviewer


@transaction.atomic
def invite(*, thesis: Thesis, by: User, name: str, days: int, email: str = "") -> tuple[Invitation, str]:
    """Make a link for a reviewer that stands for so many days. Returns its secret, which is not kept."""
    thesis = lock(thesis)
    access.admit(thesis, by, Part.SUPERVISOR)
    if not names.visible(name):
        raise Invalid(_("Say whom you invite."), code="name_missing", field="name")
    if not 1 <= days <= DAYS_AT_MOST:
        raise Invalid(_("A link stands for 1 to %(days)d days.") % {"days": DAYS_AT_MOST}, code="days", field="days")
    if thesis.state in (State.ARCHIVED, State.WITHDRAWN):
        raise Conflict(_("The thesis is closed; nothing is changed any more."), code="closed")
    if thesis.invitations.standing().count() >= AT_MOST:
        raise Conflict(_("Too many invitations stand already."), code="full", limit=AT_MOST)

    secret = secrets.token_urlsafe(32)
    expires_at = timezone.now() + timedelta(days=days)
    invitation = Invitation.objects.create(
        thesis=thesis, name=name, email=email or None, digest=_digest(secret), expires_at=expires_at, invited_by=by
    )
    _record("reviewer.invited", invitation, by)
    return invitation, secret


@transaction.atomic
def revoke(*, invitation: Invitation, by: User) -> Invitation:
    """Take a link back at once; twice is once."""
    access.admit(invitation.thesis, by, Part.SUPERVISOR)
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        _record("reviewer.revoked", invitation, by)
    return invitation


@transaction.atomic
def enter(*, secret: str) -> Invitation:
    """The invitation behind a link that stands; unknown, expired and revoked are alike. Its first use is audited."""
    standing = Invitation.objects.standing().exclude(thesis__state__in=(State.ARCHIVED, State.WITHDRAWN))
    invitation = standing.select_related("thesis__programme__department").filter(digest=_digest(secret)).first()
    if invitation is None:
        raise NotFound(_("This link does not stand, or stands no more."), code="unknown_link")

    if invitation.last_used_at is None:
        _record("reviewer.came", invitation, None)
    invitation.last_used_at = timezone.now()
    invitation.save(update_fields=["last_used_at"])
    return invitation


@transaction.atomic
def comment(*, secret: str, body: str) -> Comment:
    """What a reviewer says, for supervisors and examiners."""
    invitation = enter(secret=secret)
    if invitation.comments.count() >= COMMENTS_AT_MOST:
        raise Conflict(_("These are many comments already; write to the supervisor, please."), code="full")
    return discussion.open_thread_as_guest(invitation=invitation, body=body)


def versions(invitation: Invitation) -> list[DocumentVersion]:
    """What the link opens: the newest draft and the newest final version."""
    kinds = (DocumentKind.DRAFT, DocumentKind.FINAL)
    found = DocumentVersion.objects.filter(document__thesis=invitation.thesis_id, document__kind__in=kinds)
    newest = {version.document.kind: version for version in found.select_related("document", "file").order_by("pk")}
    return list(newest.values())


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _record(action: str, invitation: Invitation, by: User | None) -> None:
    details = {"invitation": str(invitation.uuid)}
    audit.record(action=action, actor=by, target=audit.target_of(invitation.thesis), details=details)
