"""What people upload: bytes on private storage, a row that says what they are."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

AVATAR = "avatar"  # the purpose of pictures that everybody who is signed in may see
DOCUMENT = "document"  # of files that only the views of what they belong to hand out, whoever has sent them


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, person: AbstractBaseUser | AnonymousUser) -> Self:
        """A person's own files but documents, and everybody's avatars; nothing for who is not signed in."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(Q(purpose=AVATAR) | (Q(owner_id=person.pk) & ~Q(purpose=DOCUMENT)))


class StoredFile(models.Model):
    """One immutable stored file. Its bytes lie under DIGI_FILES at `path` and are reached by authorised views only."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="files")
    purpose = models.CharField(_("purpose"), max_length=32)
    name = models.CharField(_("name"), max_length=200)
    media_type = models.CharField(_("media type"), max_length=100)
    size = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    path = models.CharField(_("path"), max_length=200, unique=True, editable=False)
    created_at = models.DateTimeField(_("stored"), auto_now_add=True)

    objects: ClassVar[models.Manager[Any]] = StoredFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name


class UploadQuerySet(models.QuerySet["Upload"]):
    def of(self, person: AbstractBaseUser | AnonymousUser) -> Self:
        """The person's own uploads that have not expired."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(owner_id=person.pk, expires_at__gt=timezone.now())

    def expired(self) -> Self:
        return self.filter(expires_at__lte=timezone.now())


class Upload(models.Model):
    """A file on its way: `offset` bytes of `size` are here, in `parts`, the names of the files that hold them in order.

    Its bytes lie under DIGI_FILES in a folder of its own, and go with the row.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="uploads")
    name = models.CharField(_("name"), max_length=200)
    size = models.BigIntegerField(_("size in bytes"))
    offset = models.BigIntegerField(_("received bytes"), default=0)
    parts = models.JSONField(default=list, editable=False)
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    objects: ClassVar[models.Manager[Any]] = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_whole(self) -> bool:
        return self.offset == self.size
