"""Forms about rows that others change too: what was typed is kept, beside what stands now."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext as _


class Difference(NamedTuple):
    """One field, as the row has it now and as it was typed, both in words."""

    label: str
    theirs: str
    mine: str


class VersionedForm(forms.Form):
    """Carries the version that its writer has seen. `conflict` is filled where the row had moved on."""

    version = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: list[Difference] = []
        self.is_stale = False

    @property
    def values(self) -> dict[str, Any]:
        """What is to be stored, of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}

    def keep_beside(self, row: Any) -> None:
        """After `Stale`: name what differs, and let the next sending go on from the row as it is now."""
        self.is_stale = True
        self.conflict = [
            Difference(str(self.fields[name].label), self._said(name, getattr(row, name)), self._said(name, mine))
            for name, mine in self.values.items()
            if getattr(row, name) != mine
        ]
        data: Any = self.data.copy() if hasattr(self.data, "copy") else dict(self.data)
        data[self.add_prefix("version")] = str(row.version)
        self.data = data

    def _said(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        choices: Mapping[Any, Any] = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, list):
            return ", ".join(str(choices.get(one, one)) for one in value) or "–"
        return str(choices.get(value, value)) or "–"
