"""Bringing people in, handing over, inviting reviewers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.forms.lists import day
from thesis.models import MemberRole
from thesis.services.guests import DAYS_AT_MOST

USUAL_DAYS = 30


class AddForm(forms.Form):
    """A role for somebody who has been found."""

    user = forms.CharField(max_length=150, widget=forms.HiddenInput)
    role = forms.ChoiceField(label=_("Role"), choices=MemberRole.choices)
    until = day(_("Last day"), required=False, help_text=_("Of a deputy alone."))

    def __init__(self, data: Any = None, *, user: str = "", role: str = MemberRole.STUDENT) -> None:
        super().__init__(data, initial={"user": user, "role": role}, auto_id="add-%s")


class InviteForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        help_text=_("For your own records: you send the link yourself."),
    )
    days = forms.IntegerField(label=_("Days it stands"), min_value=1, max_value=DAYS_AT_MOST, initial=USUAL_DAYS)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="invite-%s")
