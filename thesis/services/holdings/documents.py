"""A person's documents: what was handed in, or written with others, is kept; drafts of theirs alone go."""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from digi.accounts.holdings import Holding, OwnFile
from digi.accounts.models import User
from digi.accounts.services.belongings import columns
from digi.files.models import StoredFile
from digi.files.services import storage
from thesis.models import Document, DocumentVersion, MemberRole, Reading, ThesisMember, Thread, Transition
from thesis.services.holdings.shapes import RETENTION
from thesis.states import State


def documents() -> Iterable[Holding]:
    shown = columns(
        "document.thesis.uuid", "document.kind", "n", "name", "media_type", "size", "sha256", "note", "created_at"
    )
    yield Holding(
        name="theses/documents",
        label=_("Documents that were handed in, or that you wrote with others"),
        rows=_kept,
        shown=shown,
        file=_file,
        why=RETENTION,
    )
    yield Holding(
        name="theses/drafts",
        label=_("Documents of yours alone that were never handed in"),
        rows=drafts_alone,
        shown=shown,
        file=_file,
        forget=_forget_drafts,
    )


def _versions(user: User) -> "QuerySet[DocumentVersion]":
    return DocumentVersion.objects.filter(uploaded_by=user).select_related("document__thesis", "file")


def drafts_alone(user: User) -> "QuerySet[DocumentVersion]":
    """Of theses that this person alone writes, and of which nothing was ever handed in."""
    students = ThesisMember.objects.filter(role=MemberRole.STUDENT)
    handed_in = Transition.objects.filter(to_state=State.SUBMITTED).values("thesis")
    mine = _versions(user).filter(document__thesis__in=students.filter(user=user).values("thesis"))
    others = students.exclude(user=user).values("thesis")
    return mine.exclude(document__thesis__in=handed_in).exclude(document__thesis__in=others)


def _kept(user: User) -> "QuerySet[DocumentVersion]":
    return _versions(user).exclude(pk__in=drafts_alone(user).values("pk"))


def _file(version: DocumentVersion) -> OwnFile:
    name = f"{version.uuid.hex[:8]}-{version.n:03}-{version.name}"
    return OwnFile(name, version.created_at, version.file)


@transaction.atomic
def _forget_drafts(user: User) -> None:
    """Talks on a version become talks on its thesis."""
    versions = list(drafts_alone(user))
    keys, documents = [version.pk for version in versions], {version.document_id for version in versions}
    files = list(StoredFile.objects.filter(version__in=keys))
    Thread.objects.filter(on__in=keys).update(on=None)
    Reading.objects.filter(version__in=keys).delete()
    DocumentVersion.objects.filter(pk__in=keys).delete()
    Document.objects.filter(pk__in=documents, versions=None).delete()
    for file in files:
        storage.remove(file=file)
