"""What a thesis says about itself, as people edit it side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from thesis.forms.lists import day
from thesis.models import Kind, Thesis, Visibility

ABSTRACT = 20_000  # characters


class TimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that two have changed: what stands there now, in words."""

    label: str
    theirs: str


class DescribingForm(forms.Form):
    """Carries along what each field was when it was drawn, so that only what the person has changed is changed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = forms.CharField(label=_("Title"), max_length=300)
    abstract = forms.CharField(
        label=_("Abstract"),
        required=False,
        max_length=ABSTRACT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    start_on = day(_("Start"), required=False)
    due_on = day(_("Due"), required=False, help_text=_("The last day on which it may be handed in."))
    defence_at = forms.DateTimeField(label=_("Defence"), required=False, widget=TimeInput())
    visibility = forms.ChoiceField(
        label=_("Who may read about it"),
        choices=Visibility.choices,
        help_text=_("Beside its members and the coordinators; students and everybody once it is completed."),
    )
    embargo_until = day(_("Embargo until"), required=False, help_text=_("Until then its readers must wait."))

    def __init__(self, data: Any = None, *, thesis: Thesis, editable: Iterable[str]) -> None:
        super().__init__(data, initial={"version": thesis.version} | stored(thesis), auto_id="describe-%s")
        for name in set(self.fields) - {"version", *editable}:
            del self.fields[name]
        for name, field in self.fields.items():
            field.show_hidden_initial = name != "version"

    @property
    def drawn(self) -> list[str]:
        """What each field was, for the page to carry along."""
        return [bound.as_hidden(only_initial=True) for bound in self if bound.field.show_hidden_initial]

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data if name != "version"}

    def clashes(self, thesis: Thesis) -> list[Clash]:
        """The fields that the person has changed, and somebody else, too, to something else."""
        now = {name: _text(value) for name, value in stored(thesis).items()}
        found = [
            name
            for name, mine in self.changes().items()
            if now[name] != self._as_drawn(name) and now[name] != _text(mine)
        ]
        return [Clash(str(self.fields[name].label), self._words(name, now[name])) for name in found]

    def again(self, thesis: Thesis) -> "DescribingForm":
        """The same form on top of what stands there now: what was typed stays, the rest is as others have made it."""
        data = dict(self.data.items())
        data["version"] = str(thesis.version)
        for name, value in stored(thesis).items():
            if name in self.fields:
                if name not in self.changed_data:
                    data[name] = _text(value)
                data[f"initial-{name}"] = _text(value)
        return DescribingForm(data, thesis=thesis, editable=[name for name in self.fields if name != "version"])

    def _as_drawn(self, name: str) -> str:
        given = str(self.data.get(f"initial-{name}", ""))
        try:
            return _text(self.fields[name].to_python(given)) if given else ""
        except forms.ValidationError:
            return given

    def _words(self, name: str, text: str) -> str:
        choices: Any = getattr(self.fields[name], "choices", ())
        return str(dict(choices).get(text, text)) or "–"


def stored(thesis: Thesis) -> dict[str, Any]:
    at = thesis.defence_at.replace(second=0, microsecond=0) if thesis.defence_at else None
    names = ("title", "abstract", "language", "kind", "start_on", "due_on", "visibility", "embargo_until")
    return {name: getattr(thesis, name) for name in names} | {"defence_at": at}


def _text(value: Any) -> str:
    """A value as a browser sends it."""
    if isinstance(value, datetime):
        return timezone.localtime(value).strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, date):
        return value.isoformat()
    return "" if value is None else str(value).replace("\r\n", "\n")
