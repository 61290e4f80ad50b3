"""Applications that are being written: kept on the server as they grow, until they are sent or thrown away."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.accounts.models import User
from digi.errors import DigiError, Invalid, NotFound, Stale, TooLarge
from digi.files import kinds
from digi.files.services import storage, uploads
from digi.files.services.uploads import Received
from thesis.models import Application, ApplicationDraft, Kind, Topic
from thesis.services import applications
from thesis.services.applicants import needs_student, needs_student_somewhere
from thesis.services.locking import lock

LIFETIME = timedelta(days=60)  # since the last change
LONGEST = 20_000  # characters of each text
CV_BYTES = 10 * 1_048_576
FIELDS = frozenset({"programme", "supervisor", "title", "kind", "motivation", "cv"})
BATCH = 200  # drafts of one sweep; the rest is for the next


def of(by: User, topic: Topic | None = None) -> ApplicationDraft | None:
    """What the person has begun to write for a topic, or with a title of their own."""
    found = ApplicationDraft.objects.select_related("topic", "programme__department", "supervisor", "cv_file")
    return found.filter(key=_key(by, topic)).first()


@transaction.atomic
def keep(*, by: User, topic: Topic | None = None, version: int | None = None, **values: Any) -> ApplicationDraft:
    """Write down what has been typed; nothing of it needs to be complete.

    `version` is that of the draft as the writer saw it, 0 where there was none. Raises `Stale` where another device has
    written since, and `NotFound` or `Forbidden` to who may not apply.
    """
    _may_begin(by, topic)
    _fits(values)
    draft = _locked(by, topic)
    if version is not None and version != (0 if _is_new(draft) else draft.version):
        raise Stale(_("This was changed on another device meanwhile. Both texts are here."), version=draft.version)

    changed = [name for name, value in values.items() if getattr(draft, name) != value]
    for name in changed:
        setattr(draft, name, values[name])
    if _is_new(draft):
        return _begun(draft)
    if changed:
        _save(draft, *changed)
    return draft


def attach(*, by: User, topic: Topic | None = None, file: "UploadedFile[Any]") -> ApplicationDraft:
    """Put a curriculum vitae into the draft, in place of the one before; slow, since the file is looked into first.

    Raises `Invalid`, `TooLarge` and `Unavailable` for what may not be kept: then the draft is as it was.
    """
    _may_begin(by, topic)
    if (file.size or 0) > CV_BYTES:
        sizes = {"size": filesizeformat(file.size or 0), "limit": filesizeformat(CV_BYTES)}
        raise TooLarge(_("The file has %(size)s; at most %(limit)s are allowed.") % sizes, limit=CV_BYTES)

    upload = uploads.begin(owner=by, name=file.name or "", size=file.size or 0)
    try:
        upload = uploads.write(upload=upload, by=by, start=0, body=file)
        received = uploads.receive(upload=upload, by=by, allowed=(kinds.PDF,))
    except DigiError:
        uploads.discard(upload=upload)
        raise
    return _put(by, topic, received)


@transaction.atomic
def detach(*, by: User, topic: Topic | None = None) -> None:
    """Take the curriculum vitae out of the draft."""
    draft = _locked(by, topic)
    if draft.cv_file is not None:
        drop_cv(draft=draft)


@transaction.atomic
def send(*, by: User, topic: Topic | None = None) -> Application:
    """Hand the application in; the draft goes. Raises what applying raises: then the draft is as it was."""
    if topic is not None:
        lock(topic)  # before the draft, as everybody who applies
    draft = _locked(by, topic)
    if _is_new(draft):
        raise NotFound(_("There is no draft to send: it was sent or thrown away."), code="no_draft")
    if missing := missing_in(draft):
        raise Invalid(" ".join(missing.values()), code="incomplete", field=next(iter(missing)))

    words: dict[str, Any] = {
        "by": by,
        "kind": draft.kind,
        "motivation": draft.motivation,
        "cv": draft.cv,
        "cv_file": draft.cv_file,
    }
    if topic is not None:
        application = applications.apply_for_topic(topic=topic, **words)
    else:
        own: dict[str, Any] = {"programme": draft.programme, "title": draft.title, "supervisor": draft.supervisor}
        application = applications.apply_with_title(**own, **words)
    draft.delete()
    return application


@transaction.atomic
def discard(*, by: User, topic: Topic | None = None) -> None:
    """Throw the draft away, with its file."""
    draft = _locked(by, topic)
    if not _is_new(draft):
        _remove(draft)


def sweep() -> None:
    """Throw away what nobody has gone on with."""
    old = ApplicationDraft.objects.filter(changed_at__lte=timezone.now() - LIFETIME).select_related("cv_file")
    for draft in old.order_by("changed_at")[:BATCH]:
        _expire(draft)


def missing_in(draft: ApplicationDraft) -> dict[str, str]:
    """What an application still needs, in words, by field."""
    missing = {}
    if draft.topic_id is None:
        if draft.programme is None:
            missing["programme"] = _("Choose a programme.")
        if not draft.title:
            missing["title"] = _("A thesis needs a title.")
        if draft.supervisor is None:
            missing["supervisor"] = _("Choose whom you ask to supervise.")
    if draft.kind not in Kind.values:
        missing["kind"] = _("Choose the kind of thesis.")
    if not draft.motivation.strip():
        missing["motivation"] = _("Say why you want to write this thesis.")
    return missing


@transaction.atomic
def drop_cv(*, draft: ApplicationDraft) -> None:
    """Remove the draft's file, bytes and all."""
    file, draft.cv_file = draft.cv_file, None
    _save(draft, "cv_file")
    if file is not None:
        storage.remove(file=file)


@transaction.atomic
def _put(by: User, topic: Topic | None, received: Received) -> ApplicationDraft:
    draft = _locked(by, topic)
    draft = _begun(draft) if _is_new(draft) else draft
    before, draft.cv_file = draft.cv_file, uploads.keep(received=received)
    _save(draft, "cv_file")
    if before is not None:
        storage.remove(file=before)
    return draft


def _locked(by: User, topic: Topic | None) -> ApplicationDraft:
    """The draft as it stands, kept from others; a new one that is not saved where there is none."""
    found = ApplicationDraft.objects.select_for_update().filter(key=_key(by, topic)).first()
    return found or ApplicationDraft(key=_key(by, topic), student=by, topic=topic)


def _is_new(draft: ApplicationDraft) -> bool:
    return draft._state.adding


def _begun(draft: ApplicationDraft) -> ApplicationDraft:
    try:
        with transaction.atomic():
            draft.save(force_insert=True)
    except IntegrityError:
        raise Stale(_("This was changed on another device meanwhile. Both texts are here."), version=1) from None
    return draft


def _save(draft: ApplicationDraft, *fields: str) -> None:
    draft.version += 1
    draft.save(update_fields=[*fields, "version", "changed_at"])


@transaction.atomic
def _expire(draft: ApplicationDraft) -> None:
    found = ApplicationDraft.objects.select_for_update().filter(pk=draft.pk, version=draft.version).first()
    if found is not None:
        _remove(found)


def _remove(draft: ApplicationDraft) -> None:
    file = draft.cv_file
    draft.delete()
    if file is not None:
        storage.remove(file=file)


def _may_begin(by: User, topic: Topic | None) -> None:
    if topic is None:
        needs_student_somewhere(by)
    elif not Topic.objects.visible_to(by).filter(pk=topic.pk).exists():
        raise NotFound(_("There is no such topic."))
    else:
        needs_student(by, topic.programme)


def _fits(values: dict[str, Any]) -> None:
    if unknown := set(values) - FIELDS:
        raise Invalid(_("This cannot be changed here."), code="unknown_field", fields=sorted(unknown))
    for name in ("motivation", "cv"):
        if len(values.get(name, "")) > LONGEST:
            sentence = _("The text has %(count)d characters; %(limit)d fit.")
            counts = {"count": len(values[name]), "limit": LONGEST}
            raise TooLarge(sentence % counts, code="text_too_long", field=name, limit=LONGEST)


def _key(by: User, topic: Topic | None) -> str:
    return f"{by.pk}:topic:{topic.pk}" if topic is not None else f"{by.pk}:own"
