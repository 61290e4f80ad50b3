"""A thesis without an application, with its first people: all of it or nothing."""

from collections.abc import Iterable

from django.db import transaction

from digi.accounts.models import User
from thesis.models import MemberRole, Programme, Thesis
from thesis.services import members, theses


@transaction.atomic
def open_with(
    *,
    programme: Programme,
    title: str,
    kind: str,
    language: str,
    by: User,
    students: Iterable[User] = (),
    supervisor: User | None = None,
) -> Thesis:
    """Open a draft and bring its people in, as `theses.create` and `members.add` allow."""
    thesis = theses.create(programme=programme, title=title, kind=kind, by=by, language=language)
    if supervisor is not None:
        members.add(thesis=thesis, user=supervisor, role=MemberRole.SUPERVISOR, by=by)
    for student in students:
        members.add(thesis=thesis, user=student, role=MemberRole.STUDENT, by=by)
    return thesis
