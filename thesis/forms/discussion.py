"""What the discussion takes."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.errors import DigiError, Forbidden, NotFound, Stale
from thesis.forms.comparing import named
from thesis.forms.refusals import show
from thesis.models import Comment, DocumentVersion, Thesis, ThesisMember, Thread, ThreadVisibility
from thesis.services import discussion
from thesis.services.access import Standing


class WriteForm(forms.Form):
    """Words of a person. `id` names the form in the page; a refusal stands at the words."""

    body = forms.CharField(
        label=_("Comment"),
        strip=False,
        max_length=discussion.LONGEST,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "class": "input"}),
    )

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        self.id = name
        super().__init__(*args, **{"auto_id": f"{name}-%s", **kwargs})

    def accepted(self, act: Callable[[dict[str, Any]], Comment]) -> Comment | None:
        """What the act makes of the form's values; None where it is refused, which then stands at the words."""
        if not self.is_valid():
            return None
        try:
            return act(self.cleaned_data)
        except (NotFound, Forbidden):
            raise
        except DigiError as error:
            self.refuse(error)
            return None

    def refuse(self, error: DigiError) -> None:
        self.add_error("body", str(error.message))

    @classmethod
    def answering(cls, thread: Thread, data: Any = None) -> "WriteForm":
        return cls(data, name=f"reply-{thread.uuid}")


class EditForm(WriteForm):
    version = forms.IntegerField(widget=forms.HiddenInput())

    def refuse(self, error: DigiError) -> None:
        """Where the comment was changed elsewhere meanwhile, both texts stand there and saving again means this one."""
        super().refuse(error)
        if isinstance(error, Stale):
            self.data = {**{name: self.data[name] for name in self.data}, "version": error.extra["version"]}

    @classmethod
    def of(cls, comment: Comment, data: Any = None) -> "EditForm":
        initial = {"body": comment.body, "version": comment.version}
        return cls(data, name=f"edit-{comment.uuid}", initial=initial)


class OpenForm(WriteForm):
    """The first words of a talk: who reads it, and on which version it is."""

    visibility = forms.ChoiceField(label=_("Seen by"), widget=forms.Select(attrs={"class": "input"}))
    on = forms.ModelChoiceField(
        label=_("About"),
        queryset=DocumentVersion.objects.none(),
        to_field_name="uuid",
        required=False,
        empty_label=_("the thesis as a whole"),
        widget=forms.Select(attrs={"class": "input"}),
    )

    page = forms.IntegerField(
        label=_("Page"), required=False, min_value=1, max_value=5000, widget=forms.NumberInput(attrs={"class": "input"})
    )
    quote = forms.CharField(
        label=_("Quotation"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"class": "input", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, thesis: Thesis, standing: Standing, **kwargs: Any) -> None:
        super().__init__(*args, name="open", **kwargs)
        self.fields["body"].widget.attrs["placeholder"] = _("A remark or a question")
        seen = discussion.visibilities(standing)
        readers = [(value, label) for value, label in ThreadVisibility.choices if value in seen]
        self.fields["visibility"].choices = readers  # type: ignore[attr-defined]
        versions = DocumentVersion.objects.filter(document__thesis=thesis).select_related("document").order_by("-pk")
        self.fields["on"].queryset = versions  # type: ignore[attr-defined]
        self.fields["on"].label_from_instance = named  # type: ignore[attr-defined]

    def refuse(self, error: DigiError) -> None:
        show(self, error)


class TaskForm(forms.Form):
    title = forms.CharField(label=_("What is to be done"), max_length=200)
    assignee = forms.ChoiceField(label=_("Who does it"), required=False)
    due_on = forms.DateField(
        label=_("Due"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def __init__(self, *args: Any, thesis: Thesis, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "task_%s", **kwargs})
        members = (
            ThesisMember.objects.current().filter(thesis=thesis).select_related("user").order_by("joined_at", "pk")
        )
        self.people = {member.user.username: member.user for member in members}
        people = [(name, str(user)) for name, user in self.people.items()]
        self.fields["assignee"].choices = [("", _("nobody yet")), *people]  # type: ignore[attr-defined]

    def clean_assignee(self) -> User | None:
        return self.people.get(self.cleaned_data["assignee"])


class RequestForm(forms.Form):
    blocking = forms.BooleanField(
        label=_("It is blocking"),
        required=False,
        help_text=_("The thesis cannot be handed in again before it is done."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "request_%s", **kwargs})
