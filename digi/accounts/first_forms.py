"""What the first administrator of a server fills in."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.accounts.services import first
from digi.errors import DigiError


class FirstAdministratorForm(forms.Form):
    username = forms.CharField(label=_("User name"), max_length=150)
    email = forms.EmailField(label=_("E-mail"))
    password1 = forms.CharField(label=_("Password"), widget=forms.PasswordInput(), strip=False)
    password2 = forms.CharField(label=_("The same password again"), widget=forms.PasswordInput(), strip=False)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        password = values.get("password1")
        if password and values.get("password2") not in (None, password):
            self.add_error("password2", _("These two passwords differ."))
        if password:
            try:
                validate_password(password, User(username=values.get("username", ""), email=values.get("email", "")))
            except ValidationError as error:
                self.add_error("password1", error)
        return values

    def is_stored(self) -> bool:
        """Was it valid, and is there now an administrator? Else the errors stand in the form."""
        if not self.is_valid():
            return False
        values = self.cleaned_data
        try:
            first.create(username=values["username"], email=values["email"], password=values["password1"])
        except DigiError as error:
            faults = error.extra.get("errors") or {error.extra.get("field"): [str(error.message)]}
            for name, sentences in faults.items():
                self.add_error(name if name in self.fields else None, sentences)
        return not self.errors
