"""The words of mails: written here, and looked at before they are saved."""

from typing import Any

from csp.decorators import csp_replace
from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template import TemplateSyntaxError
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from digi.audit.admin import AuditedAdmin
from digi.notifications.kinds import kinds
from digi.notifications.models import MailTemplate
from digi.notifications.services import letters

ALONE = {"style-src": ["'unsafe-inline'"], "sandbox": []}  # the mail's own styles, and no script at all


class MailTemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    """Subject and text are filled in with plain values: `{{ text }}`, and `{% for item in items %}` in digests."""

    name = forms.ChoiceField(label=_("mail"))

    class Meta:
        model = MailTemplate
        fields = ("name", "language", "subject", "text")
        help_texts = {
            "subject": _("One line. Left and right of it nothing is added."),
            "text": _(
                "Plain text; a blank line begins a paragraph, and a line with the address alone becomes the button."
                " Known are {{ text }}, {{ title }}, {{ why }}, {{ url }}, {{ name }} and {{ server_name }}; in"
                " digests {{ count }} and {{ items }}, each with text, title, why and url. Why the mail came and how"
                " to end it stands below in any case."
            ),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = [(letters.NOTIFICATION, _("every notification")), (letters.DIGEST, _("digests"))]
        ours = sorted((kind.name, str(kind.label)) for kind in kinds.values())
        field = self.fields.get("name")
        if isinstance(field, forms.ChoiceField):
            field.choices = [*own, *ours]

    def clean_subject(self) -> str:
        return self._fillable("subject")

    def clean_text(self) -> str:
        return self._fillable("text")

    def _fillable(self, name: str) -> str:
        text = str(self.cleaned_data[name])
        try:
            letters.check(text)
        except TemplateSyntaxError as error:
            raise ValidationError(_("It cannot be filled in: %(error)s"), params={"error": error}) from error
        return text


@admin.register(MailTemplate)
class MailTemplateAdmin(AuditedAdmin):
    list_display = ("name", "language", "subject", "changed_at")
    list_filter = ("language",)
    form = MailTemplateForm
    actions = None
    change_form_template = "admin/notifications/mailtemplate/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        preview = path("preview/", self.admin_site.admin_view(self.preview), name="notifications_mailtemplate_preview")
        return [preview, *super().get_urls()]

    @method_decorator(csp_replace(ALONE))
    def preview(self, request: HttpRequest) -> HttpResponse:
        """How the words in the form would read, with made-up news; nothing is saved. `as=text` shows the text form."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        name, language = request.POST.get("name", letters.NOTIFICATION), request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        try:
            words = letters.sample(name, language, request.POST.get("subject", ""), request.POST.get("text", ""))
        except TemplateSyntaxError as error:
            return HttpResponse(str(error), status=400, content_type="text/plain; charset=utf-8")
        if request.GET.get("as") == "text":
            return HttpResponse(f"{words.subject}\n\n{words.text}", content_type="text/plain; charset=utf-8")
        return HttpResponse(words.html)
