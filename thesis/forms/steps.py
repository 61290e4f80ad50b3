"""What a step of a thesis asks for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.forms.lists import day
from thesis.services.outlook import Way
from thesis.states import Need

DECLARATION = _(
    "I have written this thesis myself, used no other sources and aids than those named, marked what I quote, and "
    "handed it in nowhere else."
)
LONGEST = 5000  # characters of a reason


class StepForm(forms.Form):
    """One step; its fields are what the step needs."""

    to = forms.CharField(max_length=16, widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody on the thesis reads it, and it stays in the history."),
    )
    due_on = day(_("New due date"))
    declaration = forms.BooleanField(label=DECLARATION)

    def __init__(self, data: Any = None, *, way: Way, version: int) -> None:
        super().__init__(
            data,
            initial={"to": way.to.value, "version": version},
            auto_id=f"step-{way.to.value}-%s",
        )
        for need in (Need.REASON, Need.DUE, Need.DECLARATION):
            if need not in way.needs:
                del self.fields[need.value]
        self.way = way

    @property
    def id(self) -> str:
        return f"step-{self.way.to.value}"

    @property
    def asks(self) -> bool:
        """Is there anything to fill in?"""
        return bool(self.way.needs)
