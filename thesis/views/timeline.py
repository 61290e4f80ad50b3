"""The whole history of a thesis, with its chain of hashes."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from thesis.services import timeline as history
from thesis.views import entries
from thesis.views.frame import entered, framed


@never_cache
@login_required
@require_safe
def timeline(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """What happened, the newest first, by kind; each step with the hash that binds it to the one before."""
    thesis, standing = entered(request, thesis_id)
    found = history.of(thesis, by=request.user)
    kind = request.GET.get("kind", "")
    shown = [entry for entry in found.results if kind not in entries.KINDS or entry.kind == kind]
    hashes = {step.n: step.hash for step in found.steps}
    context = framed(request, thesis, standing) | {
        "lines": [(line, hashes.get(line.n or 0, "")) for line in entries.lines(shown, found.steps)],
        "kinds": [(name, label) for name, (_icon, label) in entries.KINDS.items()],
        "kind": kind if kind in entries.KINDS else "",
        "steps": len(found.steps),
        "broken_at": found.broken_at,
    }
    return render(request, "thesis/timeline.html", context)
