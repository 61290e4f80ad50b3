"""A person's applications: rows stay, what they wrote about themselves goes, and what is open is withdrawn before."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding, OwnFile
from digi.accounts.models import User
from digi.accounts.services.belongings import columns
from digi.files.services import storage
from digi.notifications.services import inboxes
from thesis.models import Application, ApplicationDraft, ApplicationStep, Thesis, Topic
from thesis.services import applicants, applications, drafts
from thesis.services.holdings.documents import drafts_alone
from thesis.services.holdings.shapes import CHAINED, DECIDED, Rows, of
from thesis.states import OPEN


def applying() -> Iterable[Holding]:
    """The ends of an application: the row stays, its words go, and one that is open is withdrawn before."""
    yield Holding(
        name="theses/applications",
        label=_("Applications"),
        rows=of(Application, "student"),
        shown=columns("uuid", "title", "kind", "motivation", "cv", "state", "rejection", "created_at", "expires_at"),
        why=DECIDED,
    )
    yield Holding(
        name="theses/asked",
        label=_("Applications that ask you to supervise"),
        rows=of(Application, "supervisor"),
        why=DECIDED,
    )
    yield Holding(
        name="theses/motivations",
        label=_("What you wrote about yourself in applications"),
        rows=lambda user: Application.objects.filter(student=user).exclude(motivation="", cv=""),
        forget=lambda user: Application.objects.filter(student=user).update(motivation="", cv=""),
    )
    yield Holding(
        name="theses/cvs",
        label=_("Curricula vitae you sent with applications"),
        rows=_with_cv(Application),
        shown=columns("uuid", "cv_file.name", "cv_file.size", "cv_file.sha256"),
        file=_cv,
        forget=_forget_cvs,
    )
    yield Holding(
        name="theses/application-drafts",
        label=_("Applications you have begun and not sent"),
        rows=lambda user: ApplicationDraft.objects.filter(student=user).select_related("topic"),
        shown=columns("uuid", "topic.title", "title", "kind", "motivation", "cv", "created_at", "changed_at"),
        forget=lambda user: ApplicationDraft.objects.filter(student=user).delete(),
    )
    yield Holding(
        name="theses/draft-cvs",
        label=_("Curricula vitae in them"),
        rows=_with_cv(ApplicationDraft),
        shown=columns("uuid", "cv_file.name", "cv_file.size", "cv_file.sha256"),
        file=_cv,
        forget=lambda user: [drafts.drop_cv(draft=draft) for draft in _with_cv(ApplicationDraft)(user)],
    )
    yield Holding(
        name="theses/open-applications",
        label=_("Applications that nobody has decided on; they are withdrawn"),
        rows=lambda user: Application.objects.filter(student=user, state__in=OPEN),
        forget=_withdraw,
        lock=_lock,
    )
    yield Holding(
        name="theses/application-steps",
        label=_("Steps of applications you took"),
        rows=of(ApplicationStep, "actor", "application"),
        shown=columns("application.uuid", "n", "from_state", "to_state", "reason", "at"),
        why=CHAINED,
    )


def _with_cv(model: Any) -> Rows:
    return lambda user: model.objects.filter(student=user, cv_file__isnull=False).select_related("cv_file")


def _cv(row: Any) -> OwnFile:
    return OwnFile(f"{row.uuid.hex[:8]}-{row.cv_file.name}", row.cv_file.created_at, row.cv_file)


def _forget_cvs(user: User) -> None:
    for application in _with_cv(Application)(user):
        storage.remove(file=application.cv_file)


def _lock(user: User) -> None:
    """Topics, theses, applications: as who moves one of them locks them."""
    applications = Application.objects.filter(student=user)
    topics = Topic.objects.filter(pk__in=applications.filter(state__in=OPEN).values("topic"))
    theses = Thesis.objects.filter(pk__in=drafts_alone(user).values("document__thesis"))
    for rows in (topics, theses, applications):
        list(rows.order_by("pk").select_for_update().values_list("pk", flat=True))


@transaction.atomic
def _withdraw(user: User) -> None:
    """Everybody who is told, and who is forgotten, has an inbox that is locked in one go: in the order of their ids."""
    waiting = list(Application.objects.filter(student=user, state__in=OPEN).select_related("topic"))
    told = {owner.pk for application in waiting for owner in applicants.owners(application)}
    inboxes.locked({user.pk} | told)
    for application in waiting:
        applications.withdraw(application=application, by=user)
