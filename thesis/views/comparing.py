"""What changed in the text from one version of a document to another."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from digi.api import ExaminationThrottle
from digi.errors import DigiError, NotFound, RateLimited
from thesis.forms.comparing import CompareForm
from thesis.models import DocumentVersion, Thesis
from thesis.services import readings
from thesis.views.frame import entered, framed

PAGE = 100  # changes at once
NEAR = 20  # unchanged words on each side of a change
KNOWN = 24 * 3600  # seconds; versions never change, and neither does what lies between two


@never_cache
@login_required
@require_safe
def compare(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """The changes between two versions, a page of them at a time; one that cannot be told is said in words."""
    thesis, standing = entered(request, thesis_id)
    context = framed(request, thesis, standing)
    asked = request.GET.dict()
    form = CompareForm(_newest(thesis) | {"by": "line"} | asked, thesis=thesis)
    context |= {"form": form, "sides": asked.get("by") == "side", "query": request.GET.urlencode()}
    if form.is_valid():
        before, after = form.cleaned_data["before"], form.cleaned_data["after"]
        context |= {"before": before, "after": after}
        try:
            context |= _told(request, before, after)
        except NotFound:
            raise
        except DigiError as error:
            context |= {"refused": error.message, "waiting": error.code == "text_waiting"}
    return render(request, "thesis/compare.html", context)


def _newest(thesis: Thesis) -> dict[str, str]:
    """The newest version that has one before it, and that one; empty where there is none."""
    versions = DocumentVersion.objects.filter(document__thesis=thesis)
    after = versions.filter(n__gt=1).order_by("-pk").first()
    if after is None:
        return {}
    before = versions.filter(document=after.document_id, n__lt=after.n).order_by("-n")[:1].get()
    return {"before": str(before.uuid), "after": str(after.uuid)}


def _told(request: SignedInRequest, before: DocumentVersion, after: DocumentVersion) -> dict[str, Any]:
    found = _changes(request, before, after)
    changes = [_drawn(number, change) for number, change in enumerate(found["changes"], 1)]
    leaf = Paginator(changes, PAGE).get_page(request.GET.get("page"))
    return {"leaf": leaf, "count": len(changes), "counted": found["words"]}


def _drawn(number: int, change: dict[str, Any]) -> dict[str, Any]:
    """With what has not changed cut down to what stands near."""
    pieces = [(kind, _near(words) if kind == "same" else words) for kind, words in change["pieces"]]
    return change | {"number": number, "pieces": pieces}


def _near(text: str) -> str:
    words = text.split(" ")
    return text if len(words) <= 3 * NEAR else " ".join([*words[:NEAR], "…", *words[-NEAR:]])


def _changes(request: SignedInRequest, before: DocumentVersion, after: DocumentVersion) -> dict[str, Any]:
    """As `readings.changes`; what is not known yet keeps an examiner busy, and counts for the person's limit."""
    key = f"changes:{before.uuid}:{after.uuid}"
    found: dict[str, Any] | None = cache.get(key)
    if found is None:
        throttle = ExaminationThrottle()
        if not throttle.allow_request(request, None):  # type: ignore[arg-type]
            seconds = throttle.wait() or 60
            raise RateLimited(_("That was much at once. Try again in a moment."), retry_after=seconds)
        found = readings.changes(before=before, after=after)
        cache.set(key, found, KNOWN)
    return found
