"""People, the departments they belong to, and the tokens they give to programs."""

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin, UserManager
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AbstractAuthToken

from digi.accounts import names
from digi.accounts.fields import LowerEmailField, NameField, SearchField, UserNameField
from digi.accounts.scopes import Scope
from digi.accounts.zones import validate_zone

FOUND_AT_MOST = 20  # people in one answer of the directory search
LETTERS_AT_LEAST = 2  # in what is looked for


def default_time_zone() -> str:
    return str(settings.DIGI_TIME_ZONE)


class PersonQuerySet(models.QuerySet["User"]):
    def present(self) -> Self:
        """People who have an account: neither anonymised nor switched off."""
        return self.filter(is_active=True, anonymised_at=None)

    def named(self, words: str) -> Self:
        """Those whose user name or display name holds every word, without regard to case and accents."""
        found = self
        for word in names.folded(words).split():
            found = found.filter(search_text__contains=word)
        return found

    def found_by(self, words: str) -> Self:
        """The directory search: at most 20 present people by name, nobody for less than two letters.

        Addresses are neither searched nor shown.
        """
        if len(names.folded(words).replace(" ", "")) < LETTERS_AT_LEAST:
            return self.none()
        return self.present().named(words).select_related("avatar").order_by("search_text", "pk")[:FOUND_AT_MOST]


class PersonManager(UserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Django's own, whose look-ups by name know the one spelling that names are stored in."""


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """A person. Never deleted as a row: anonymising keeps what others wrote with them readable."""

    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    username = UserNameField(
        _("user name"),
        max_length=150,
        unique=True,
        validators=[names.validate_user_name],
        help_text=_("Letters, digits and . + - _"),
    )
    email = LowerEmailField(_("e-mail address"), max_length=254, unique=True, null=True, blank=True)
    display_name = NameField(_("display name"), max_length=120, blank=True)
    search_text = SearchField(max_length=600, sources=("username", "display_name"))
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default=default_time_zone, validators=[validate_zone])
    avatar = models.ForeignKey("files.StoredFile", models.SET_NULL, null=True, blank=True, related_name="+")
    invisible = models.BooleanField(_("invisible"), default=False, help_text=_("Others do not see when you are here."))
    single_keys = models.BooleanField(_("single-letter shortcuts"), default=True)

    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the admin."))
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    anonymised_at = models.DateTimeField(_("anonymised"), null=True, blank=True, editable=False)

    objects: ClassVar[PersonManager] = PersonManager()

    EMAIL_FIELD = "email"
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("username",)

    def __str__(self) -> str:
        return self.get_full_name()

    def get_full_name(self) -> str:
        return str(self.display_name or self.username)

    get_short_name = get_full_name

    def check_password(self, raw_password: str | None) -> bool:
        """Whether this is the password. A hash made with outdated numbers is made anew, once.

        Django lets each of two sign-ins at the same moment store its own, and the later one ends the other's session.
        """
        to_renew: list[str] = []
        is_right = check_password(raw_password, self.password, to_renew.append)
        return is_right and (not to_renew or self._renew_hash(to_renew[0]))

    def _renew_hash(self, raw_password: str) -> bool:
        compared, self.password = self.password, make_password(raw_password)
        if User.objects.filter(pk=self.pk, password=compared).update(password=self.password):
            return True
        self.refresh_from_db(fields=["password"])  # somebody was faster; it may be another password by now
        return check_password(raw_password, self.password)

    @property
    def initials(self) -> str:
        """One or two letters for an avatar without a picture."""
        words = self.get_full_name().replace(".", " ").replace("_", " ").split()
        letters = [word[0] for word in (words[:1] + words[1:][-1:])] or ["?"]
        return "".join(letters).upper()

    @property
    def tint(self) -> int:
        """Which of the eight avatar colours is theirs, 1–8; stable for life."""
        return self.uuid.int % 8 + 1


class Department(models.Model):
    name = NameField(_("name"), max_length=160)
    slug = models.SlugField(_("short name"), unique=True)
    members = models.ManyToManyField(User, through="Affiliation", related_name="departments")

    class Meta:
        verbose_name = _("department")
        verbose_name_plural = _("departments")
        ordering = ("name",)

    def __str__(self) -> str:
        return str(self.name)


class Role(models.TextChoices):
    STUDENT = "student", _("Student")
    SUPERVISOR = "supervisor", _("Supervisor")
    EXAMINER = "examiner", _("Examiner")
    COORDINATOR = "coordinator", _("Coordinator")


class Affiliation(models.Model):
    """What a person is in a department; one row a role."""

    user = models.ForeignKey(User, models.CASCADE, related_name="affiliations")
    department = models.ForeignKey(Department, models.CASCADE, related_name="affiliations")
    role = models.CharField(_("role"), max_length=16, choices=Role.choices)

    class Meta:
        verbose_name = _("affiliation")
        verbose_name_plural = _("affiliations")
        constraints = (models.UniqueConstraint(fields=("user", "department", "role"), name="affiliation_once"),)

    def __str__(self) -> str:
        return f"{self.user}, {self.get_role_display()}, {self.department}"


class Token(AbstractAuthToken):
    """What a program shows in a person's place; only its digest is stored.

    `scopes` is a space-separated list such as `rooms:read messages:write`; empty grants nothing.
    """

    name = NameField(_("name"), max_length=80)
    uuid = models.UUIDField(_("public id"), default=uuid.uuid4, unique=True, editable=False)
    scopes = models.CharField(_("scopes"), max_length=400, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("token")
        verbose_name_plural = _("tokens")
        ordering = ("-created",)

    def __str__(self) -> str:
        return f"{self.name} ({self.token_key}…)"

    def grants(self, scope: str) -> bool:
        return scope in self.scopes.split()

    @property
    def allowed(self) -> list[tuple[str, str]]:
        """What it may, in words, each with its scope; a scope that this release does not know has none."""
        words = {scope.value: str(scope.label) for scope in Scope}
        return [(words.get(scope, ""), scope) for scope in self.scopes.split()]


class CalendarFeed(models.Model):
    """The link by which programs fetch a person's calendar; only its secret's digest is stored.

    `content` is the digest of what the calendar said when it was last fetched, `changed_at` when that was new.
    """

    user = models.OneToOneField(User, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    content = models.CharField(max_length=64, blank=True, editable=False)
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")

    def __str__(self) -> str:
        return f"calendar of {self.user_id}"
