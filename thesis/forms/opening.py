"""What a new thesis needs to begin with."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from thesis.forms.topics import offered_by
from thesis.models import Kind, Programme

PEOPLE = 10  # students of a new thesis


class OpeningForm(forms.Form):
    """People are named by user name."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Programme"), to_field_name="uuid", empty_label=None
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, initial=Kind.MASTER)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    students = forms.CharField(
        label=_("Students"),
        required=False,
        max_length=1000,
        help_text=_("User names, as the list of people shows them; several between commas."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )
    supervisor = forms.CharField(
        label=_("Supervisor"),
        required=False,
        max_length=150,
        help_text=_("A user name. Left empty, it is you, where you supervise in the department."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any = None, *, by: User) -> None:
        super().__init__(data, initial={"language": by.language}, auto_id="new-%s")
        programme: Any = self.fields["programme"]
        programme.queryset = offered_by(by).select_related("department")
        programme.label_from_instance = lambda one: f"{one} · {one.department}"

    def clean_students(self) -> list[User]:
        asked = [name.strip().lower() for name in self.cleaned_data["students"].split(",") if name.strip()]
        if len(asked) > PEOPLE:
            raise forms.ValidationError(say("At most %(count)d students begin together.") % {"count": PEOPLE})
        return [_somebody(name) for name in dict.fromkeys(asked)]

    def clean_supervisor(self) -> User | None:
        name = self.cleaned_data["supervisor"].strip().lower()
        return _somebody(name) if name else None


def _somebody(name: str) -> User:
    found: User | None = User.objects.present().filter(username=name).first()
    if found is None:
        raise forms.ValidationError(say("There is nobody of the user name “%(name)s”.") % {"name": name})
    return found
