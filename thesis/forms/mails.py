"""The words of a mail, as an administrator chooses them."""

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.errors import DigiError
from digi.notifications.services import wording
from thesis.forms import refusals


class WordsForm(forms.Form):
    subject = forms.CharField(
        label=_("Subject"), max_length=200, help_text=_("One line. Left and right of it nothing is added.")
    )
    text = forms.CharField(
        label=_("Text"),
        strip=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "true"}),
        help_text=_("A blank line begins a paragraph; a line with the address alone becomes the button."),
    )

    def stored(self, *, name: str, language: str, by: User) -> bool:
        if self.is_valid():
            try:
                wording.write(name=name, language=language, by=by, **self.cleaned_data)
            except DigiError as error:
                refusals.show(self, error)
        return not self.errors
