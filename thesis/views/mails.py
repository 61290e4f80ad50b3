"""The words of mails, for administrators: every mail in each language, looked at before they are saved."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from digi.accounts.requests import SignedInRequest
from digi.errors import DigiError, NotFound
from digi.notifications.kinds import kinds
from digi.notifications.models import MailTemplate
from digi.notifications.services import letters, wording
from thesis.forms.mails import WordsForm


@never_cache
@login_required
@require_safe
def mails(request: SignedInRequest) -> HttpResponse:
    """Every mail that may have words of its own, and in which languages it has."""
    _admitted(request)
    own = set(MailTemplate.objects.values_list("name", "language"))
    languages = [(code, str(label)) for code, label in settings.LANGUAGES]
    rows = [
        (_label(name), [(code, label, name, (name, code) in own) for code, label in languages])
        for name in wording.names()
    ]
    return render(request, "thesis/departments/mails.html", {"rows": rows})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def mail(request: SignedInRequest, name: str, language: str) -> HttpResponse:
    """One mail in one language. POST `act`: `preview` only shows, `reset` goes back to ours, else saves."""
    _admitted(request)
    if name not in wording.names() or language not in dict(settings.LANGUAGES):
        raise NotFound(_("There is nothing here that you may see."))
    row = MailTemplate.objects.filter(name=name, language=language).first()
    act = request.POST.get("act", "")
    if act == "reset":
        wording.reset(name=name, language=language, by=request.user)
        messages.success(request, _("The mail has our words again."))
        return redirect("thesis:mail", name, language)

    subject, text = (row.subject, row.text) if row else wording.ours(name, language)
    form = WordsForm(request.POST if request.method == "POST" else None, initial={"subject": subject, "text": text})
    if form.is_bound and act != "preview" and form.stored(name=name, language=language, by=request.user):
        messages.success(request, _("The words are saved."))
        return redirect("thesis:mail", name, language)
    context = {
        "form": form,
        "name": name,
        "label": _label(name),
        "language": str(dict(settings.LANGUAGES)[language]),
        "is_own": row is not None,
        "is_digest": name == letters.DIGEST,
    }
    shown = _shown(form, name, language)
    status = 422 if form.errors and act != "preview" else 200
    return render(request, "thesis/departments/mail.html", context | shown, status=status)


def _shown(form: WordsForm, name: str, language: str) -> dict[str, Any]:
    """How it reads; or what is wrong with it, at its field."""
    given = {field: str(form[field].value() or "") for field in ("subject", "text")}
    try:
        return {"sample": wording.sampled(name=name, language=language, **given)}
    except DigiError as error:
        field = error.extra["field"]
        if form.is_bound and not form.has_error(field):
            form.add_error(field, str(error.message))
        return {"wrong": str(error.message)}


def _label(name: str) -> str:
    if name == letters.NOTIFICATION:
        return _("Every notification without words of its own")
    return _("Digests") if name == letters.DIGEST else str(kinds[name].label)


def _admitted(request: SignedInRequest) -> None:
    if not wording.may_write(request.user):
        raise NotFound(_("There is nothing here that you may see."))
