"""What narrows the library."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.models import Kind


class LibraryForm(forms.Form):
    q = forms.CharField(label=_("Title or student"), required=False, max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any kind")), *Kind.choices])

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="filter-%s", use_required_attribute=False)
        self.is_valid()

    def asked(self) -> dict[str, str]:
        """As `listing.described` takes it."""
        return {name: value for name, value in self.cleaned_data.items() if value}
