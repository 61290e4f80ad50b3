"""What an act on many theses needs beside the theses."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Role, User
from thesis import states
from thesis.forms.lists import day
from thesis.models import MemberRole, Thesis
from thesis.services import bulk
from thesis.states import State

STAFF = (Role.EXAMINER, Role.SUPERVISOR)


class ActForm(forms.Form):
    """`act` gives what is to be done, once the form is valid. It is always bound: an address holds what was said."""

    title = _("Remind")
    asks = ""

    def __init__(self, data: Any, *, theses: Sequence[Thesis]) -> None:
        super().__init__(data, auto_id="act-%s")
        self.offer(theses)

    def offer(self, theses: Sequence[Thesis]) -> None:
        """Set what can be chosen from."""

    def act(self) -> bulk.Act:
        return bulk.Reminder()


class DueForm(ActForm):
    title = _("Set a date")
    asks = "due_on"
    due_on = day(_("Due"))

    def act(self) -> bulk.Act:
        return bulk.Due(self.cleaned_data["due_on"])


class MemberForm(ActForm):
    title = _("Add somebody")
    asks = "user"
    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none(), to_field_name="username")
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, role.label) for role in bulk.ROLES])

    def offer(self, theses: Sequence[Thesis]) -> None:
        departments = {thesis.programme.department_id for thesis in theses}
        staff = User.objects.present().filter(affiliations__department__in=departments, affiliations__role__in=STAFF)
        self.fields["user"].queryset = staff.distinct().order_by("display_name", "username")  # type: ignore[attr-defined]

    def act(self) -> bulk.Act:
        return bulk.Joining(self.cleaned_data["user"], MemberRole(self.cleaned_data["role"]))


class StepForm(ActForm):
    title = _("Take a step")
    asks = "to"
    to = forms.ChoiceField(label=_("To"))
    reason = forms.CharField(
        label=_("Reason"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2})
    )
    due_on = day(_("New due date"), required=False, help_text=_("For a revision"))

    def offer(self, theses: Sequence[Thesis]) -> None:
        """The states to which steps lead on from where these stand; handing in is the students' own."""
        standing = Counter(State(thesis.state) for thesis in theses)
        before: Counter[State] = Counter()
        for state, number in standing.items():
            before.update(dict.fromkeys({rule.to for rule in states.rules_from(state, None)}, number))
        del before[State.SUBMITTED]
        offered = sorted(before, key=list(State).index)
        self.fields["to"].choices = [(to.value, f"{to.label} ({before[to]})") for to in offered]  # type: ignore[attr-defined]

    def act(self) -> bulk.Act:
        given = self.cleaned_data
        return bulk.Step(given["to"], given["reason"], given["due_on"])


FORMS: dict[str, type[ActForm]] = {"remind": ActForm, "date": DueForm, "member": MemberForm, "step": StepForm}
