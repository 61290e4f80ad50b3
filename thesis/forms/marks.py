"""What examiners fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from thesis.models import Assessment, Mark
from thesis.services.marks import LONGEST


class SeenVersion(forms.IntegerField):
    """Which version the page has shown; 0 where there was none yet, as on a page that says nothing."""

    def __init__(self) -> None:
        super().__init__(required=False, initial=0, widget=forms.HiddenInput)

    def clean(self, value: Any) -> int:
        return super().clean(value) or 0


class ReportForm(forms.Form):
    """`hand_in` is the button that hands it in."""

    version = SeenVersion()
    report = forms.CharField(
        label=_("Your report"),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("A draft until you hand it in. The other examiner reads it once both reports are in."),
    )

    def __init__(self, data: Any = None, *, mine: Assessment | None) -> None:
        initial = {"version": mine.version, "report": mine.report} if mine else {}
        super().__init__(data, initial=initial, auto_id="report-%s")


class MarkForm(forms.Form):
    """The mark of one student; a comma will do."""

    version = SeenVersion()
    value = forms.DecimalField(
        label=_("Mark"),
        max_digits=3,
        decimal_places=1,
        help_text=_("From 1.0 to 5.0"),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "size": 4}),
    )

    def __init__(self, data: Any = None, *, student: User, mark: Mark | None) -> None:
        initial = {"version": mark.version, "value": mark.value} if mark else {}
        super().__init__(_dotted(data), initial=initial, auto_id=f"mark-{student.username}-%s")
        self.student, self.mark = student, mark


class PublishForm(forms.Form):
    """Carries which marks were shown."""

    versions = forms.JSONField(widget=forms.HiddenInput)

    @property
    def seen(self) -> dict[str, int]:
        """As they were sent; what is none of it matches no marks."""
        return self.cleaned_data["versions"] if self.is_valid() else {}


def _dotted(data: Any) -> Any:
    if data is None:
        return None
    read = data.copy()
    read["value"] = str(data.get("value", "")).replace(",", ".")
    return read
