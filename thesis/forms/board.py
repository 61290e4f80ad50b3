"""What a step needs along with it."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.forms.lists import day
from thesis.states import Need


class MoveForm(forms.Form):
    """Asks for what the step needs, and for nothing else."""

    reason = forms.CharField(label=_("Reason"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3}))
    due_on = day(_("New due date"))
    declaration = forms.BooleanField(
        label=_("I have written this work myself and named every source that I have used."),
    )

    def __init__(self, data: Any, *, needs: Collection[Need]) -> None:
        super().__init__(data, auto_id="move-%s")
        for need in (Need.REASON, Need.DUE, Need.DECLARATION):
            if need not in needs:
                del self.fields[str(need)]
