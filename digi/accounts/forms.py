"""What people fill in about themselves."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.accounts.scopes import Scope
from digi.accounts.services import profiles
from digi.accounts.zones import offered
from digi.errors import DigiError


class SignUpFields(forms.Form):
    """What Digi asks beside name, address and password; allauth's sign-up form is built on it."""

    display_name = forms.CharField(
        label=_("Your name, as others read it"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput())  # a script fills it in

    def signup(self, request: Any, user: User) -> None:
        """Nothing is left to do: the adapter stores both with the account."""


class PlainSelect(forms.Select):
    """A long list whose values are their own words: each is sent once and not twice."""

    option_template_name = "accounts/plain_option.html"


class ProfileForm(forms.Form):
    """A person's own profile. A picture that cannot be kept is a fault of its field; nothing else is stored then."""

    display_name = forms.CharField(
        label=_("Your name, as others read it"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    avatar = forms.FileField(
        label=_("Picture"),
        required=False,
        allow_empty_file=True,  # the service says what is wrong with it
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp,image/gif"}),
    )
    remove_avatar = forms.BooleanField(label=_("Remove the picture"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(label=_("Time zone"), widget=PlainSelect())
    invisible = forms.BooleanField(
        label=_("Invisible"), required=False, help_text=_("Others do not see when you are here.")
    )
    single_keys = forms.BooleanField(
        label=_("Single-letter shortcuts"), required=False, help_text=_("Such as j and k in lists. Others always work.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        self.user = user
        kept = ("display_name", "language", "time_zone", "invisible", "single_keys")
        super().__init__(*args, **{"initial": {name: getattr(user, name) for name in kept}, **kwargs})
        self.fields["time_zone"].choices = [(zone, zone) for zone in offered(user.time_zone)]  # type: ignore[attr-defined]

    def is_stored(self) -> bool:
        """Was it valid, and kept? Else the errors stand in the form and nothing was changed."""
        if not self.is_valid():
            return False
        try:
            profiles.change(user=self.user, **self.cleaned_data)
        except DigiError as error:
            self.user.refresh_from_db()
            for name, messages in error.extra.get("errors", {"avatar": [str(error.message)]}).items():
                self.add_error(name, messages)
        return not self.errors


class TokenForm(forms.Form):
    name = forms.CharField(label=_("What is it for?"), max_length=80)
    scopes = forms.MultipleChoiceField(label=_("It may"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple())
