"""The steps of an application: which one a page shows, where its buttons lead, and what has been filled in."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from digi.accounts.requests import SignedInRequest
from thesis.forms import applying as forms
from thesis.models import ApplicationDraft, Topic
from thesis.services import applicants, drafts, topics

NAMES: dict[str, str | Promise] = {
    "what": _("Topic"),
    "motivation": _("Motivation"),
    "cv": _("Curriculum vitae"),
    "review": _("Review and send"),
}
STEPS = tuple(NAMES)
FORMS = {"motivation": forms.MotivationForm, "cv": forms.CvForm}


@dataclass
class Wizard:
    """One person's way to an application; raises what keeps them from applying at all."""

    request: SignedInRequest
    topic: Topic | None

    def __post_init__(self) -> None:
        if self.topic is None:
            applicants.needs_student_somewhere(self.request.user)
        else:
            applicants.needs_student(self.request.user, self.topic.programme)

    @property
    def step(self) -> str:
        asked = self.request.GET.get("step", "")
        return asked if asked in STEPS else STEPS[0]

    @cached_property
    def draft(self) -> ApplicationDraft | None:
        return drafts.of(self.request.user, self.topic)

    def form(self) -> Any:
        """The step's own form: filled in with what was sent, or with what the draft holds."""
        if self.step == "review":
            kind: Any = forms.MotivationForm
        else:
            kind = FORMS.get(self.step) or (forms.WhatForm if self.topic else forms.OwnWhatForm)
        sent = self.request.method == "POST"
        given = {"data": self.request.POST, "files": self.request.FILES} if sent else {}
        return kind(by=self.request.user, topic=self.topic, initial=forms.initial(self.draft), **given)

    def on_top(self, form: Any) -> Any:
        """The same words over the draft as it stands now."""
        self.__dict__.pop("draft", None)
        form.data = form.data.copy()
        form.data["version"] = str(self.draft.version if self.draft else 0)
        return form

    def address(self, go: str = "") -> str:
        """Where a button leads: the next step, the one before, or this one."""
        by = {"next": 1, "back": -1}.get(go, 0)
        step = STEPS[max(0, min(STEPS.index(self.step) + by, len(STEPS) - 1))]
        return f"{self._place('apply')}?step={step}"

    def drawn(self, form: Any = None, theirs: ApplicationDraft | None = None) -> HttpResponse:
        draft = self.draft
        known = {
            "form": form or self.form(),
            "topic": self.topic,
            "draft": draft,
            "theirs": theirs,
            "step": self.step,
            "steps": self._line(),
            "keep_at": f"{self._place('apply_keep')}?step={self.step}",
            "cv_at": self._place("apply_cv"),
            "until": draft.changed_at + drafts.LIFETIME if draft else None,
            "missing": self._missing(),
            "hindrance": topics.closed_because(self.topic) if self.topic else None,
            "application": self._under_way(),
        }
        return render(self.request, "thesis/apply.html", known, status=422 if form else 200)

    def _line(self) -> list[dict[str, Any]]:
        now = STEPS.index(self.step)
        return [
            {
                "name": _("What and who") if name == "what" and self.topic is None else NAMES[name],
                "address": f"{self._place('apply')}?step={name}",
                "is": "done" if at < now else "now" if at == now else "ahead",
            }
            for at, name in enumerate(STEPS)
        ]

    def _missing(self) -> list[dict[str, str]]:
        """What is still to be filled in, and where."""
        missing = drafts.missing_in(self.draft) if self.draft else {}
        steps = {name: name if name in STEPS else STEPS[0] for name in missing}
        apply = self._place("apply")
        return [{"sentence": said, "address": f"{apply}?step={steps[name]}"} for name, said in missing.items()]

    def _place(self, name: str) -> str:
        return reverse(f"thesis:{name}", args=[self.topic.uuid]) if self.topic else reverse(f"thesis:{name}_own")

    def _under_way(self) -> Any:
        """The open application for this topic, where there is one."""
        if self.topic is None:
            return None
        return self.topic.applications.filter(student=self.request.user, open_key__isnull=False).first()
