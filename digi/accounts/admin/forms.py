"""What administrators fill in about others."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts import names
from digi.accounts.models import User
from digi.accounts.services import profiles, roster

CSV_LIMIT = 524_288  # bytes


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """An account, new or old. Its address must be nobody else's, proved or not."""

    class Meta:
        model = User
        fields = ("username", "email", "display_name", "is_staff", "is_superuser", "groups")

    def clean_email(self) -> str | None:
        email: str | None = profiles.column("email").to_python(self.cleaned_data["email"])
        if email and EmailAddress.objects.filter(email=email).exclude(user=self.instance.pk).exists():
            raise forms.ValidationError(_("This address belongs to another account."))
        return email


class AnonymiseForm(forms.Form):
    """Asks for the user name, since there is no way back."""

    username = forms.CharField(label=_("Type the user name to confirm"))

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        self.person = person
        super().__init__(*args, **kwargs)

    def clean_username(self) -> str:
        typed: str = self.cleaned_data["username"]
        if names.user_name(typed) != self.person.username:
            raise forms.ValidationError(_("This is not the user name."))
        return typed


class RosterForm(forms.Form):
    """A CSV file the first time, its text the second, after its preview was read."""

    file = forms.FileField(label=_("CSV file"), required=False)
    text = forms.CharField(required=False, strip=False, widget=forms.HiddenInput())

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("file") and not cleaned.get("text"):
            self.add_error("file", _("Choose a file."))
        if cleaned.get("file") and cleaned["file"].size > CSV_LIMIT:
            self.add_error("file", _("The file is larger than 512 KiB."))
        return cleaned

    @property
    def content(self) -> bytes:
        if self.cleaned_data["file"]:
            self.cleaned_data["file"].seek(0)
            return bytes(self.cleaned_data["file"].read())
        return str(self.cleaned_data["text"]).encode()

    @property
    def is_confirmed(self) -> bool:
        return bool(self.cleaned_data["text"]) and not self.cleaned_data["file"]

    def plan(self) -> roster.Plan:
        return roster.preview(content=self.content)
