"""Downloads of stored files, for those who may have them."""

from uuid import UUID

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from digi.files.downloads import send
from digi.files.models import StoredFile


@require_safe
def download(request: HttpRequest, uuid: UUID) -> HttpResponseBase:
    """The file's bytes, or a range of them. Missing, forbidden and signed out are one answer: 404."""
    file = StoredFile.objects.filter(uuid=uuid).visible_to(request.user).first()
    if file is None:
        raise Http404(_("There is nothing here that you may see."))
    return send(request, file)
