"""What the plan of a thesis takes: tasks and milestones."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from thesis.forms import moments
from thesis.models import Milestone, Task, Thesis, ThesisMember

LONGEST_NOTE = 5000


class TaskForm(forms.Form):
    title = forms.CharField(label=_("Task"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    assignee = forms.ModelChoiceField(User.objects.none(), label=_("Whose it is"), required=False)
    due_on = moments.day(_("Due"), required=False)
    milestone = forms.ModelChoiceField(Milestone.objects.none(), label=_("Milestone"), required=False)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, thesis: Thesis, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "task-%s", **kwargs})
        members = ThesisMember.objects.current().filter(thesis=thesis)
        chosen: Any = self.fields
        chosen["assignee"].queryset = User.objects.filter(pk__in=members.values("user")).order_by("display_name")
        chosen["assignee"].empty_label = _("Nobody yet")
        chosen["milestone"].queryset = thesis.milestones.order_by("due_on", "pk")
        chosen["milestone"].empty_label = _("No milestone")

    @classmethod
    def of(cls, task: Task, *args: Any) -> "TaskForm":
        """To change a task, beginning with what it is."""
        names = ("title", "note", "due_on", "assignee", "milestone", "version")
        return cls(
            *args,
            thesis=task.thesis,
            initial={name: getattr(task, name) for name in names},
            auto_id=f"task-{task.uuid}-%s",
        )


class MilestoneForm(forms.Form):
    title = forms.CharField(label=_("Milestone"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    due_on = moments.day(_("Until"), required=False)
    weight = forms.IntegerField(
        label=_("Weight"),
        min_value=1,
        max_value=100,
        initial=1,
        help_text=_("How much of the whole it is, against the others: 1 to 100."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "milestone-%s", **kwargs})

    @classmethod
    def of(cls, milestone: Milestone, *args: Any) -> "MilestoneForm":
        """To change a milestone, beginning with what it is."""
        names = ("title", "due_on", "weight", "version")
        initial = {name: getattr(milestone, name) for name in names}
        return cls(*args, initial=initial, auto_id=f"milestone-{milestone.uuid}-%s")
