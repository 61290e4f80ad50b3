"""What people upload: bytes on private storage, a row that says what they are."""

import uuid
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

AVATAR = "avatar"  # the purpose of pictures that everybody who is signed in may see


class StoredFileQuerySet(models.QuerySet["StoredFile"]):
    def visible_to(self, person: AbstractBaseUser | AnonymousUser) -> Self:
        """A person's own files, and everybody's avatars; nothing for who is not signed in."""
        if not person.is_authenticated:
            return self.none()
        return self.filter(Q(purpose=AVATAR) | Q(owner_id=person.pk))


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
