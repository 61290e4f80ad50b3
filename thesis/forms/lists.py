"""What narrows a list of theses, as people choose it, and what is shown of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Role, User
from thesis.models import Kind, MemberRole, Programme
from thesis.serializers.fields import EARLIEST, LATEST
from thesis.services.listing import ORDERS
from thesis.states import State

UNDER_WAY, ENDED, WHOLE = "", "ended", "all"
STAGES = ((UNDER_WAY, _("Under way")), (ENDED, _("Ended")), (WHOLE, _("All")))
ACTIVE = {UNDER_WAY: True, ENDED: False, WHOLE: None}
SORTS = tuple((sort, sort) for name in ORDERS for sort in (name, f"-{name}"))
SORT = "due"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that holds, in words, and the query without it."""

    name: str
    label: str
    value: str
    without: str


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day(label: Any, **kwargs: Any) -> forms.DateField:
    """A day as browsers send it, from 1970 to 2199."""
    return DayFormField(label=label, widget=DayInput(), input_formats=["%Y-%m-%d"], **kwargs)


class DayFormField(forms.DateField):
    def validate(self, value: Any) -> None:
        super().validate(value)
        if value is not None and not EARLIEST <= value < LATEST:
            raise forms.ValidationError(_("A day from 1970 to 2199."))


class FilterForm(forms.Form):
    """The filters of the table, the board and the plan. What is not understood filters nothing, and says why."""

    q = forms.CharField(label=_("Title or student"), required=False, max_length=120)
    state = forms.MultipleChoiceField(
        label=_("State"), required=False, choices=State.choices, widget=forms.CheckboxSelectMultiple
    )
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=STAGES)
    programme = forms.ChoiceField(label=_("Programme"), required=False)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("Any")), *Kind.choices])
    role = forms.ChoiceField(label=_("My role"), required=False, choices=[("", _("Any")), *MemberRole.choices])
    person = forms.CharField(label=_("Person"), required=False, max_length=120, help_text=_("Anybody who takes part"))
    due_after = day(_("Due from"), required=False)
    due_before = day(_("Due until"), required=False)
    late = forms.BooleanField(label=_("Late"), required=False)
    mine = forms.BooleanField(label=_("Only mine"), required=False)
    sort = forms.ChoiceField(required=False, choices=[("", ""), *SORTS], widget=forms.HiddenInput)

    def __init__(self, data: Any, *, user: User) -> None:
        super().__init__(data, prefix=None, auto_id="filter-%s", use_required_attribute=False)
        self.user = user
        offered = Programme.objects.visible_to(user).values_list("uuid", "name")
        self.fields["programme"].choices = [("", _("Any")), *((str(uuid), name) for uuid, name in offered)]  # type: ignore[attr-defined]
        self.roles = set(user.affiliations.values_list("role", flat=True))
        if not (user.is_superuser or Role.COORDINATOR in self.roles):
            del self.fields["mine"]  # there is nothing else
        self.is_valid()

    @property
    def for_staff(self) -> bool:
        """Has the person an office in which they act on others' theses?"""
        return bool(self.roles - {Role.STUDENT}) or self.user.is_superuser

    @property
    def may_open(self) -> bool:
        """May the person open a thesis, as `theses.create` has it?"""
        return bool(self.roles & {Role.SUPERVISOR, Role.COORDINATOR}) or self.user.is_superuser

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or SORT

    def asked(self) -> dict[str, Any]:
        """As `listing.worked_on` takes it."""
        found = {name: value for name, value in self.cleaned_data.items() if name not in ("sort", "stage") and value}
        stage = self.cleaned_data.get("stage", UNDER_WAY)
        return found if found.get("state") else found | {"active": ACTIVE[stage]}

    def pairs(self) -> Iterator[tuple[str, str]]:
        """What differs from an untouched form, as an address writes it; always in the same order."""
        for name in self.fields:
            value = self.cleaned_data.get(name)
            if not value or (name == "sort" and value == SORT):
                continue
            if isinstance(value, list):
                yield from ((name, one) for one in sorted(value))
            else:
                yield name, "on" if value is True else str(value)

    def query(self, **other: str) -> str:
        """The address's query; keywords replace what stands there, an empty one takes it out."""
        kept = [(name, value) for name, value in self.pairs() if name not in other]
        added = [(name, value) for name, value in other.items() if value and (name, value) != ("sort", SORT)]
        return urlencode(kept + added)

    def for_export(self) -> str:
        """The same filters as the API names them."""
        asked = self.asked()
        pairs = [(name, value) for name, value in self.pairs() if name in asked]
        if asked.get("active") is not None:
            pairs.append(("active", str(asked["active"]).lower()))
        return urlencode([(name, "true" if value == "on" else value) for name, value in pairs])

    def chips(self) -> list[Chip]:
        """Every filter that holds but the words searched for, which stand in their own field."""
        shown: Mapping[str, list[str]] = {name: [] for name in self.fields if name not in ("q", "sort")}
        for name, value in self.pairs():
            if name in shown:
                shown[name].append(self._words(name, value))
        return [self._chip(name, values) for name, values in shown.items() if values]

    def _chip(self, name: str, values: list[str]) -> Chip:
        label = str(self.fields[name].label)
        return Chip(name, label, ", ".join(values), self.query(**{name: ""}))

    def _words(self, name: str, value: str) -> str:
        field = self.fields[name]
        if isinstance(field, forms.BooleanField):
            return ""
        if isinstance(field, forms.DateField):
            return formats.date_format(self.cleaned_data[name], "SHORT_DATE_FORMAT")
        return str(dict(getattr(field, "choices", ())).get(value, value))
