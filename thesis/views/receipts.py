"""The receipt for a submission."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.requests import SignedInRequest
from thesis.services import access, receipts


@require_safe
@login_required
@never_cache
def receipt(request: SignedInRequest, thesis_id: UUID, receipt_id: UUID) -> HttpResponse:
    """The receipt for a submission, for those who work on the thesis; it prints well."""
    thesis = access.find(thesis_id, request.user)
    found = receipts.of(thesis).select_related("version", "transition").filter(uuid=receipt_id).first()
    if found is None:
        raise Http404(_("There is nothing here that you may see."))
    return render(request, "thesis/receipt.html", {"thesis": thesis, "receipt": found})
