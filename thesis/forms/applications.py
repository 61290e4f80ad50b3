"""What people fill in to move an application on, and how owners look through theirs."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from thesis.models import Application, Rejection, Topic
from thesis.services.applications import Slot
from thesis.states import ApplicationState

WORDS = 2000  # characters
SLOTS = 5  # times that one form offers


class ApplicationFilters(forms.Form):
    """What the inbox of applications can be asked; what makes no sense asks for nothing."""

    q = forms.CharField(max_length=120, required=False)
    state = forms.ChoiceField(
        choices=[("open", _("Open")), ("any", _("Any state")), *ApplicationState.choices], required=False
    )
    topic = forms.ModelChoiceField(Topic.objects.none(), to_field_name="uuid", required=False)

    def __init__(self, data: Any, *, rows: Any) -> None:
        super().__init__(data)
        topic: Any = self.fields["topic"]
        topic.queryset = Topic.objects.filter(pk__in=rows.values("topic"))

    def asked(self) -> dict[str, Any]:
        self.is_valid()
        found = {name: value for name, value in self.cleaned_data.items() if value}
        return {"state": "open"} | found


class ActForm(forms.Form):
    """One step of an application, with a word on it where the person wants one."""

    reason = forms.CharField(
        label=_("A few words"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Everybody who has to do with the application can read them."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, verb: str, application: Application, needs_words: bool, **kwargs: Any) -> None:
        given = {"auto_id": f"{verb}-%s", "initial": {"version": application.version}}
        super().__init__(*args, **{**given, **kwargs})
        self.fields["reason"].required = needs_words

    def given(self) -> dict[str, Any]:
        """What the step's service takes."""
        return self.cleaned_data


class AcceptForm(ActForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class RejectForm(ActForm):
    rejection = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose …")), *Rejection.choices])
    field_order = ("rejection", "reason")


class InviteForm(ActForm):
    """Up to five times in the person's own zone; each may be left out, but not all."""

    place = forms.CharField(label=_("Place or link"), max_length=200, required=False)
    field_order = ("place", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for n in range(1, SLOTS + 1):
            widget = forms.DateTimeInput(format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"})
            label = _("Time %(n)d") % {"n": n}
            self.fields[f"at_{n}"] = forms.DateTimeField(label=label, required=False, widget=widget)
        self.order_fields([*(f"at_{n}" for n in range(1, SLOTS + 1)), "place", "reason", "version"])

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        times = [found.get(f"at_{n}") for n in range(1, SLOTS + 1)]
        now = timezone.now()
        for n, at in enumerate(times, 1):
            if at is not None and at <= now:
                self.add_error(f"at_{n}", _("The times must lie ahead."))
        if not any(times) and not self.errors:
            self.add_error("at_1", _("An interview needs at least one time to choose from."))
        return found

    def given(self) -> dict[str, Any]:
        found = self.cleaned_data
        times = [found[f"at_{n}"] for n in range(1, SLOTS + 1) if found[f"at_{n}"]]
        slots = [Slot(at, found["place"]) for at in times]
        return {"slots": slots, "reason": found["reason"], "version": found["version"]}


class ManyForm(forms.Form):
    """The reason for many at once; `rejection` stands only where they are turned down."""

    rejection = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose …")), *Rejection.choices])
    reason = forms.CharField(
        label=_("A few words"), max_length=WORDS, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, verb: str, needs_words: bool, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "many-%s", **kwargs})
        self.fields["reason"].required = needs_words
        if verb != "reject":
            del self.fields["rejection"]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("rejection") == Rejection.OTHER and not found.get("reason", "").strip():
            self.add_error("reason", _("This needs a reason."))
        return found


def people(words: str) -> Any:
    """Students whose names hold the words, for a filter."""
    return User.objects.named(words).values("pk")
