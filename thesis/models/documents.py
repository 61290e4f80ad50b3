"""What is handed in: documents, their immutable versions, what stands in them, and the receipts for submissions."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from digi.accounts.fields import NameField
from thesis import days
from thesis.models.history import Transition
from thesis.models.theses import Thesis, Visibility
from thesis.states import FINISHED

PERSON = settings.AUTH_USER_MODEL


class DocumentKind(models.TextChoices):
    PROPOSAL = "proposal", _("Proposal")
    DRAFT = "draft", _("Draft")
    FINAL = "final", _("Final version")
    SLIDES = "slides", _("Slides")
    MATERIAL = "material", _("Material")


class Document(models.Model):
    """One of each kind; of material, which is code, data and pictures, one for each file name, its `title`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.PROTECT, related_name="documents", db_index=False)
    kind = models.CharField(_("kind"), max_length=12, choices=DocumentKind.choices)
    title = NameField(_("title"), max_length=200, blank=True)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = (models.UniqueConstraint(fields=("thesis", "kind", "title"), name="document_once"),)

    def __str__(self) -> str:
        return str(self.title or self.get_kind_display())


class VersionQuerySet(models.QuerySet["DocumentVersion"]):
    def worked_on_by(self, user: Any) -> Self:
        """Versions whose thesis's workspace is open to the person."""
        return self.filter(document__thesis__in=Thesis.objects.worked_on_by(user))

    def readable_by(self, user: Any) -> Self:
        """Versions that the person may fetch; who is not signed in gets what is public.

        Beside those who work on the thesis, others read the version that was handed in last, in a submission that
        was not taken back, once the thesis is completed, no embargo stands any more, and its visibility names them.
        """
        last = (
            Receipt.objects.standing().filter(thesis=OuterRef("document__thesis")).order_by("-pk").values("version")[:1]
        )
        no_embargo = Q(document__thesis__embargo_until=None) | Q(document__thesis__embargo_until__lte=days.today())
        published = Q(pk=Subquery(last)) & Q(document__thesis__state__in=FINISHED) & no_embargo
        if not user.is_authenticated:
            return self.filter(published, document__thesis__visibility=Visibility.PUBLIC)
        shown = published & Q(document__thesis__in=Thesis.objects.readable_by(user))
        return self.filter(shown | Q(document__thesis__in=Thesis.objects.worked_on_by(user)))


class DocumentVersion(models.Model):
    """A file that was added to a document, for good: nothing here changes. `n` counts within the document."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    document = models.ForeignKey(Document, models.PROTECT, related_name="versions", db_index=False)
    n = models.IntegerField(_("number"))
    file = models.OneToOneField("files.StoredFile", models.PROTECT, related_name="version")
    name = models.CharField(_("file name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    pages = models.IntegerField(_("pages"), null=True)
    note = models.TextField(_("what has changed"), blank=True)
    uploaded_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("added"), auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        constraints = (models.UniqueConstraint(fields=("document", "n"), name="document_version_n_once"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.n})"

    def save(self, *args: Any, **options: Any) -> None:
        """Insert only."""
        if not self._state.adding:
            raise TypeError("a version never changes")
        super().save(*args, **options)


class ReadingState(models.TextChoices):
    WAITING = "waiting", _("Being read")
    DONE = "done", _("Read")
    FAILED = "failed", _("Could not be read")


class Reading(models.Model):
    """What the worker has found in a version: text (a form feed between pages), fonts, metadata, findings."""

    version = models.OneToOneField(DocumentVersion, models.PROTECT, related_name="reading")
    state = models.CharField(_("state"), max_length=8, choices=ReadingState.choices, default=ReadingState.WAITING)
    text = models.TextField(_("text"), blank=True)
    fonts = models.JSONField(_("fonts"), default=list)
    metadata = models.JSONField(_("metadata"), default=dict)
    findings = models.JSONField(_("findings"), default=list)
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")

    def __str__(self) -> str:
        return f"{self.version_id} {self.state}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def standing(self) -> Self:
        """Those whose submission was not taken back."""
        undone = Cast(KT("details__undoes"), models.IntegerField())
        back = Transition.objects.filter(thesis=OuterRef("thesis"), back=True).alias(undone=undone)
        return self.exclude(Exists(back.filter(undone=OuterRef("transition__n"))))


class Receipt(models.Model):
    """What a student holds in hand after submitting; `content` is the signed text, exactly as it was signed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.PROTECT, related_name="receipts")
    version = models.ForeignKey(DocumentVersion, models.PROTECT, related_name="receipts")
    transition = models.OneToOneField("thesis.Transition", models.PROTECT, related_name="receipt")
    content = models.TextField()
    key = models.CharField(_("public key"), max_length=64)
    signature = models.CharField(_("signature"), max_length=128)
    created_at = models.DateTimeField(_("issued"), auto_now_add=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")

    def __str__(self) -> str:
        return str(self.uuid)
