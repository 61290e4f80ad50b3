"""What people fill in about topics, and how they look for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import Affiliation, Role, User
from thesis.models import Kind, Programme, Topic

TEXT = 20_000  # characters of a description


class TopicFilters(forms.Form):
    """What the list of topics can be asked; what makes no sense asks for nothing."""

    q = forms.CharField(max_length=120, required=False)
    programme = forms.ModelChoiceField(Programme.objects.none(), to_field_name="uuid", required=False)
    kind = forms.ChoiceField(choices=[("", _("Any kind")), *Kind.choices], required=False)
    tag = forms.CharField(max_length=40, required=False)
    free = forms.BooleanField(required=False)
    show = forms.ChoiceField(
        choices=[("open", _("Open")), ("all", _("All")), ("mine", _("Mine")), ("drafts", _("Drafts"))], required=False
    )

    def __init__(self, data: Any, *, by: User) -> None:
        super().__init__(data)
        programmes: Any = self.fields["programme"]
        programmes.queryset = Programme.objects.visible_to(by)

    def asked(self) -> dict[str, Any]:
        """The questions that make sense; `show` is always one of them."""
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return {"show": "open"} | found


class ManyPeople(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # Django has no such argument
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


class TopicForm(forms.Form):
    """A topic as its owners write it. `programme` stands only in the form of a new one."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Programme"), to_field_name="uuid", empty_label=None
    )
    title = forms.CharField(label=_("Title"), max_length=300)
    body = forms.CharField(
        label=_("Description"),
        max_length=TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_("Markdown: **bold**, *italic*, lists, `code` and links."),
    )
    requirements = forms.CharField(
        label=_("Requirements"),
        max_length=TEXT,
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What somebody should know or have done. Markdown, too."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Kinds of thesis"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("None chosen: any kind."),
    )
    tags = forms.CharField(label=_("Tags"), max_length=600, required=False, help_text=_("Words between commas."))
    capacity = forms.IntegerField(label=_("Places"), min_value=1, max_value=99, initial=1)
    deadline = forms.DateField(
        label=_("Apply until"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Left empty: until every place is taken."),
    )
    owners = ManyPeople(
        User.objects.none(),
        label=_("Owners"),
        to_field_name="uuid",
        widget=forms.CheckboxSelectMultiple(),
        help_text=_("They read and decide on the applications."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, by: User, topic: Topic | None = None, **kwargs: Any) -> None:
        self.topic = topic
        super().__init__(*args, **{"initial": _initial(topic, by), **kwargs})
        offered = offered_by(by)
        programme: Any = self.fields["programme"]
        programme.queryset = offered
        owners: Any = self.fields["owners"]
        departments = [topic.programme.department_id] if topic else offered.values("department")
        known = topic.owners.values("pk") if topic else User.objects.filter(pk=by.pk).values("pk")
        owners.queryset = (_supervisors(departments) | User.objects.filter(pk__in=known)).order_by("search_text", "pk")
        if topic is not None:
            del self.fields["programme"]

    def clean_tags(self) -> list[str]:
        return [tag for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


class SubscribeForm(forms.Form):
    """Which new topics somebody wants to hear of."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(), label=_("Programme"), to_field_name="uuid", empty_label=None
    )
    tag = forms.CharField(
        label=_("Tag"), max_length=40, required=False, help_text=_("Left empty: every topic of the programme.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        programme: Any = self.fields["programme"]
        programme.queryset = Programme.objects.visible_to(by)


def offered_by(by: User) -> Any:
    """The programmes in which the person may offer topics."""
    if by.is_superuser:
        return Programme.objects.all()
    offices = by.affiliations.filter(role__in=[Role.SUPERVISOR, Role.COORDINATOR])
    return Programme.objects.filter(department__in=offices.values("department"))


def _supervisors(departments: Any) -> Any:
    offices = Affiliation.objects.filter(department__in=departments, role=Role.SUPERVISOR)
    return User.objects.present().filter(pk__in=offices.values("user"))


def _initial(topic: Topic | None, by: User) -> dict[str, Any]:
    if topic is None:
        return {"owners": [by], "capacity": 1}
    kept = ("title", "body", "requirements", "capacity", "deadline", "version")
    words = {"kinds": topic.kind_list, "tags": ", ".join(topic.tag_list), "owners": list(topic.owners.all())}
    return {name: getattr(topic, name) for name in kept} | words
