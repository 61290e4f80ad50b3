"""What people say about a thesis, and what they ask to be changed."""

import uuid
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class ThreadVisibility(models.TextChoices):
    ALL = "all", _("Everyone on the thesis")
    STAFF = "staff", _("Supervisors and examiners")
    EXAMINERS = "examiners", _("Examiners")


class Thread(models.Model):
    """A talk on a thesis, or on one version of a document in it; its first comment opens it.

    `page` and `quote` say where in the version, as far as whoever began it has said so.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="threads")
    on = models.ForeignKey("thesis.DocumentVersion", models.PROTECT, null=True, blank=True, related_name="threads")
    page = models.PositiveIntegerField(_("page"), null=True, blank=True)
    quote = models.CharField(_("quotation"), max_length=1000, blank=True)
    visibility = models.CharField(
        _("seen by"), max_length=12, choices=ThreadVisibility.choices, default=ThreadVisibility.ALL
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    resolved_by = models.ForeignKey(PERSON, models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(_("opened"), auto_now_add=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("thread")
        verbose_name_plural = _("threads")

    def __str__(self) -> str:
        return str(self.uuid)


class Comment(models.Model):
    """Written by a person, or by a reviewer who came by a link. Deleting empties it and keeps its place."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thread = models.ForeignKey(Thread, models.CASCADE, related_name="comments")
    author = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    guest = models.ForeignKey("thesis.Invitation", models.PROTECT, null=True, related_name="comments")
    body = models.TextField(_("text"))
    reply_to = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    mentions: "models.ManyToManyField[Any, Any]" = models.ManyToManyField(PERSON, related_name="+")
    created_at = models.DateTimeField(_("written"), auto_now_add=True)
    changed_at = models.DateTimeField(_("changed"), null=True)
    deleted_at = models.DateTimeField(_("deleted"), null=True)
    version = models.IntegerField(default=1, editable=False)

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")

    def __str__(self) -> str:
        return str(self.uuid)


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    VERIFIED = "verified", _("Verified")


class ChangeRequestQuerySet(models.QuerySet["ChangeRequest"]):
    def open(self) -> Self:
        return self.filter(state=RequestState.OPEN)


class ChangeRequest(models.Model):
    """A comment that asks for something: the student does it, whoever supervises or examines verifies it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    thesis = models.ForeignKey("thesis.Thesis", models.CASCADE, related_name="change_requests")
    comment = models.OneToOneField(Comment, models.PROTECT, related_name="change_request")
    blocking = models.BooleanField(_("blocking"), default=False)
    state = models.CharField(_("state"), max_length=8, choices=RequestState.choices, default=RequestState.OPEN)
    requested_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    version = models.IntegerField(default=1, editable=False)

    objects = ChangeRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("change request")
        verbose_name_plural = _("change requests")

    def __str__(self) -> str:
        return str(self.uuid)
