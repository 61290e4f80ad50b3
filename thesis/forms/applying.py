"""The steps of an application, as a student fills them in. Nothing is required here: a draft may be half a thing."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Affiliation, Role, User
from digi.files import kinds
from thesis.models import ApplicationDraft, Kind, Programme, Topic
from thesis.services.drafts import LONGEST


class StepForm(forms.Form):
    """`version` is the draft's as the page showed it."""

    version = forms.IntegerField(required=False, initial=0, widget=forms.HiddenInput())

    def values(self) -> dict[str, Any]:
        """What can be kept of what was sent, whatever else is wrong with it."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if name not in {"version", "file"}}

    def seen(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("version") or 0


class WhatForm(StepForm):
    kind = forms.ChoiceField(label=_("Kind of thesis"), required=False)

    def __init__(self, *args: Any, by: User, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind: Any = self.fields["kind"]
        wanted = topic.kind_list if topic else []
        offered = [(value, name) for value, name in Kind.choices if not wanted or value in wanted]
        kind.choices = offered if len(offered) == 1 else [("", _("Choose …")), *offered]


class OwnWhatForm(WhatForm):
    """With a title of one's own: also where, and who is asked."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Programme"), to_field_name="uuid", required=False, empty_label=_("Choose …")
    )
    title = forms.CharField(label=_("Title"), max_length=300, required=False)
    supervisor = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Supervisor you ask"),
        to_field_name="uuid",
        required=False,
        empty_label=_("Choose …"),
        help_text=_("They read your application and decide on it."),
    )
    field_order = ("programme", "title", "kind", "supervisor")

    def __init__(self, *args: Any, by: User, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, by=by, topic=topic, **kwargs)
        mine = by.affiliations.filter(role=Role.STUDENT).values("department")
        programme: Any = self.fields["programme"]
        programme.queryset = Programme.objects.filter(department__in=mine)
        offices = Affiliation.objects.filter(department__in=mine, role=Role.SUPERVISOR).values("user")
        supervisor: Any = self.fields["supervisor"]
        supervisor.queryset = User.objects.present().filter(pk__in=offices).exclude(pk=by.pk).order_by("search_text")


class MotivationForm(StepForm):
    motivation = forms.CharField(
        label=_("Why this thesis, and why you"),
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text=_("What draws you to it, what you have done that helps, when you want to begin. Markdown is fine."),
    )

    def __init__(self, *args: Any, by: User, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class CvForm(StepForm):
    file = forms.FileField(
        label=_("Curriculum vitae"),
        required=False,
        allow_empty_file=True,  # the service says what is wrong with it
        widget=forms.FileInput(attrs={"accept": f".{kinds.PDF.ending},{kinds.PDF.media_type}"}),
        help_text=_("A PDF of at most 10 MB. Only those who decide on your application can open it."),
    )
    cv = forms.CharField(
        label=_("Or in words"),
        max_length=LONGEST,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Courses, projects and work that matter here. Both may be left out."),
    )

    def __init__(self, *args: Any, by: User, topic: Topic | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


def initial(draft: ApplicationDraft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    names = ("programme", "supervisor", "title", "kind", "motivation", "cv", "version")
    found = {name: getattr(draft, name) for name in names}
    return {name: getattr(value, "uuid", value) for name, value in found.items()}
