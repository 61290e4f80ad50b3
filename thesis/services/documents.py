"""Documents of a thesis: versions are added, for good, and fetched by those who may."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Prefetch
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.audit import services as audit
from digi.errors import Conflict, Invalid, NotFound, TooLarge
from digi.files import kinds
from digi.files.kinds import Kind
from digi.files.models import Upload
from digi.files.services import uploads
from digi.files.services.uploads import Received
from thesis.models import Document, DocumentKind, DocumentVersion, Reading, Thesis
from thesis.services import access, happenings, readings, telling
from thesis.services.access import Standing
from thesis.services.locking import keep, lock
from thesis.states import ACTIVE, Part, State

NOTE = 2000  # characters of a change note
MATERIALS = 100  # documents of one thesis
VERSIONS = 200  # of one document
HANDED_IN = frozenset({DocumentKind.PROPOSAL, DocumentKind.FINAL})  # by a step that takes the newest version

_ON_THE_WAY = frozenset({State.DRAFT, State.PROPOSAL, State.PROPOSAL_REVIEW, State.WRITING, State.REVISION})


@dataclass(frozen=True, slots=True)
class Place:
    """When a kind of document takes new versions, and of which kinds of file."""

    states: frozenset[State]
    files: tuple[Kind, ...]


PLACES = {
    DocumentKind.PROPOSAL: Place(frozenset({State.DRAFT, State.PROPOSAL}), (kinds.PDF, *kinds.TEXTS)),
    DocumentKind.DRAFT: Place(_ON_THE_WAY, (kinds.PDF, *kinds.TEXTS)),
    DocumentKind.FINAL: Place(frozenset({State.WRITING, State.REVISION}), (kinds.PDF,)),
    DocumentKind.SLIDES: Place(ACTIVE, (kinds.PDF, *kinds.SLIDES)),
    DocumentKind.MATERIAL: Place(_ON_THE_WAY, kinds.ALL),
}


def add(*, thesis: Thesis, by: User, kind: str, upload_id: UUID, note: str = "") -> DocumentVersion:
    """Make a version of a whole upload; slow, since the file is looked into first. The worker reads its text later.

    Raises `NotFound` to outsiders and for an upload that is not the person's, `Forbidden` to who is no student of the
    thesis, `Conflict` where the state takes none and where the newest version is this very file (`same_file`), and what
    `uploads.receive` raises.
    """
    place = _admitted(thesis, by, kind, note)
    upload: Upload | None = Upload.objects.of(by).filter(uuid=upload_id).first()
    if upload is None:
        raise NotFound(_("There is no such upload of yours."), code="unknown_upload", field="upload")

    received = uploads.receive(upload=upload, by=by, allowed=place.files)
    try:
        return _keep(thesis=thesis, by=by, kind=kind, received=received, note=note.strip())
    except Conflict as refusal:
        received.staged.drop()
        if refusal.code == "same_file":  # nobody has a use for it any more
            uploads.discard(upload=upload)
        raise


def kinds_now(thesis: Thesis, standing: Standing) -> list[DocumentKind]:
    """The kinds of which somebody of this standing may add a version in the present state."""
    if not standing.may(Part.STUDENT):
        return []
    return [kind for kind, place in PLACES.items() if thesis.state in place.states]


def of(thesis: Thesis) -> list[Document]:
    """The documents of a thesis, each with its `versions`, newest first: three queries, however many there are."""
    versions = DocumentVersion.objects.select_related("uploaded_by__avatar", "reading").defer("reading__text")
    newest_first = Prefetch("versions", versions.order_by("-n"))
    return list(Document.objects.filter(thesis=thesis).prefetch_related(newest_first).order_by("pk"))


def find(uuid: UUID, by: User) -> DocumentVersion:
    """The version, if its thesis's workspace is open to the person. A superuser's look from outside is audited."""
    found = DocumentVersion.objects.worked_on_by(by).filter(uuid=uuid)
    version = found.select_related("document__thesis__programme", "file", "reading").first()
    if version is None:
        raise unknown()
    access.note_outside_look(version.document.thesis, by)
    return version


def readable(uuid: UUID, by: User | AnonymousUser) -> DocumentVersion | None:
    """The version, if the person may fetch its file. A superuser's look from outside is audited."""
    found = DocumentVersion.objects.readable_by(by).select_related("document__thesis__programme", "file")
    version = found.filter(uuid=uuid).first()
    if version is not None and isinstance(by, User):
        access.note_outside_look(version.document.thesis, by)
    return version


def one_before(version: DocumentVersion) -> DocumentVersion:
    """The version of the same document before this one. Raises `Conflict` for the first."""
    before = version.document.versions.filter(n__lt=version.n).select_related("document", "reading").order_by("-n")
    found = before.first()
    if found is None:
        raise Conflict(_("This is the first version; name another one to compare with."), code="first_version")
    return found


def unknown() -> NotFound:
    return NotFound(_("There is no such version."))


def _admitted(thesis: Thesis, by: User, kind: str, note: str) -> Place:
    """The place for a kind of document, where the person may add one now."""
    access.admit(thesis, by, Part.STUDENT)
    if kind not in PLACES:
        raise Invalid(_("There is no such kind of document."), code="unknown_document_kind", field="kind")
    if len(note) > NOTE:
        raise TooLarge(_("The note is too long."), code="note_too_long", limit=NOTE)
    place = PLACES[DocumentKind(kind)]
    if thesis.state not in place.states:
        sentence = _("In the state “%(state)s” the thesis takes no new version of this.")
        raise Conflict(sentence % {"state": thesis.get_state_display()}, code="wrong_state")
    return place


@transaction.atomic
def _keep(*, thesis: Thesis, by: User, kind: str, received: Received, note: str) -> DocumentVersion:
    """Everything at once; what has changed while the file was looked into counts.

    What a step would hand in is part of what its form has shown: whoever has not seen this version is `Stale`.
    """
    thesis = lock(thesis)
    _admitted(thesis, by, kind, note)
    document = _document(thesis, kind, received.upload.name)
    n = document.versions.count() + 1
    if n > VERSIONS:
        raise Conflict(_("No more versions fit here."), code="full", limit=VERSIONS)
    _differs(document, received)

    file = uploads.keep(received=received)
    version = DocumentVersion.objects.create(
        document=document,
        n=n,
        file=file,
        name=file.name,
        media_type=file.media_type,
        size=file.size,
        sha256=file.sha256,
        pages=received.facts.get("pages"),
        note=note,
        uploaded_by=by,
    )
    Reading.objects.create(version=version)
    readings.ask(version)
    if kind in HANDED_IN:
        keep(thesis)
    details = {"version": audit.target_of(version), "kind": kind, "n": n, "sha256": file.sha256}
    audit.record(action="document.added", actor=by, target=audit.target_of(thesis), details=details)
    happenings.record(thesis, "version.added", version.uuid, within=document.uuid)
    telling.version_added(version, by=by)
    return version


def _differs(document: Document, received: Received) -> None:
    newest = document.versions.order_by("-n").first()
    if newest is not None and newest.sha256 == received.sha256:
        sentence = _("This very file is here already, as version %(n)d. Nothing was added.")
        raise Conflict(sentence % {"n": newest.n}, code="same_file")


def _document(thesis: Thesis, kind: str, name: str) -> Document:
    title = name if kind == DocumentKind.MATERIAL else ""
    document = Document.objects.filter(thesis=thesis, kind=kind, title=title).first()
    if document is None:
        if Document.objects.filter(thesis=thesis).count() >= MATERIALS:
            raise Conflict(_("No more documents fit into one thesis."), code="full", limit=MATERIALS)
        document = Document.objects.create(thesis=thesis, kind=kind, title=title)
    return document
