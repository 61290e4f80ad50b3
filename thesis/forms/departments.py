"""What coordinators fill in about their department and its programmes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Department, Role, User
from digi.errors import DigiError, Stale
from digi.versions import VersionedForm
from thesis.forms import refusals
from thesis.models import LatePolicy, Programme
from thesis.services import offices, programmes


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=160)

    def stored(self, *, department: Department, by: User) -> bool:
        if self.is_valid():
            try:
                offices.rename(department=department, by=by, **self.cleaned_data)
            except DigiError as error:
                refusals.show(self, error)
        return not self.errors


class RoleForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)

    def stored(self, *, department: Department, by: User) -> bool:
        if self.is_valid():
            try:
                offices.give(department=department, by=by, **self.cleaned_data)
            except DigiError as error:
                refusals.show(self, error)
        return not self.errors


class ProgrammeForm(VersionedForm):
    """A new programme, or the one that is given; each field says whom a change concerns."""

    name = forms.CharField(label=_("Name"), max_length=160)
    proposal_required = forms.BooleanField(
        label=_("A proposal is asked for"),
        required=False,
        help_text=_("Before the writing, a proposal is handed in and accepted. Theses that write already go on."),
    )
    second_examiner_required = forms.BooleanField(
        label=_("A second examiner is asked for"),
        required=False,
        help_text=_("Without one no review begins. Theses under review already are not sent back."),
    )
    defence_required = forms.BooleanField(
        label=_("A defence is asked for"),
        required=False,
        help_text=_("Without it a thesis goes from the review to its mark."),
    )
    late = forms.ChoiceField(
        label=_("Theses that are handed in late"),
        choices=LatePolicy.choices,
        help_text=_("Counts for every thesis that is not handed in yet. An extension moves the day itself."),
    )
    offer_days = forms.IntegerField(
        label=_("Days an offer stands"),
        min_value=1,
        max_value=365,
        initial=7,
        help_text=_("Then it expires. Offers that were made keep their day."),
    )
    expiry_weeks = forms.IntegerField(
        label=_("Weeks until an application expires"),
        min_value=1,
        max_value=520,
        initial=8,
        help_text=_("Its student is warned before. Applications that were sent keep their day."),
    )
    retention_years = forms.IntegerField(
        label=_("Years a thesis is kept"),
        min_value=1,
        max_value=100,
        initial=10,
        help_text=_("From its completion on; then you are asked to erase it. Completed theses keep their day."),
    )

    def __init__(self, *args: Any, programme: Programme | None = None, **kwargs: Any) -> None:
        self.programme = programme
        names = [name for name in self.base_fields if name != "version"]
        source = programme or Programme()
        kept = {name: getattr(source, name) for name in names}
        super().__init__(*args, initial=kept | {"version": source.version}, **kwargs)

    def stored(self, *, department: Department, by: User) -> bool:
        """Was it made, or changed? Else the errors say why, or `conflict` what stands there now."""
        if not self.is_valid():
            return False
        try:
            if self.programme is None:
                programmes.create(department=department, by=by, **self.values)
            else:
                seen = self.cleaned_data["version"]
                programmes.change(programme=self.programme, by=by, version=seen, **self.values)
        except Stale:
            self.keep_beside(Programme.objects.get(pk=self.programme.pk))  # type: ignore[union-attr]
            return False
        except DigiError as error:
            self.add_error("name" if error.code == "programme_exists" else None, str(error.message))
        return not self.errors
