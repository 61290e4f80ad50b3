"""More time: the question and its answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.forms.lists import day
from thesis.models import Extension

LONGEST = 5000  # characters


class AskForm(forms.Form):
    due_on = day(_("New due date"))
    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody on the thesis reads it."),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="ask-%s")


class DecisionForm(forms.Form):
    """`grant` is the button that was pressed."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    answer = forms.CharField(
        label=_("Answer"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Refusing needs a reason."),
    )
    decision = forms.ChoiceField(choices=[("grant", ""), ("refuse", "")])

    def __init__(self, data: Any = None, *, extension: Extension) -> None:
        super().__init__(data, initial={"version": extension.version}, auto_id="decide-%s")
        self.extension = extension
