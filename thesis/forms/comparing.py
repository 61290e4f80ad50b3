"""Which two versions are compared, and how that is drawn."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from thesis.models import DocumentVersion, Thesis


class CompareForm(forms.Form):
    """Asked by the address; a version that is not named is the newest, or the one before it."""

    before = forms.ModelChoiceField(
        label=_("From"), queryset=DocumentVersion.objects.none(), to_field_name="uuid", empty_label=None
    )
    after = forms.ModelChoiceField(
        label=_("To"), queryset=DocumentVersion.objects.none(), to_field_name="uuid", empty_label=None
    )
    by = forms.ChoiceField(
        label=_("Shown"), choices=[("line", _("in one text")), ("side", _("side by side"))], required=False
    )

    def __init__(self, *args: Any, thesis: Thesis, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "compare_%s", **kwargs})
        versions = DocumentVersion.objects.filter(document__thesis=thesis)
        versions = versions.select_related("document", "reading").defer("reading__text").order_by("-document", "-n")
        for name in ("before", "after"):
            self.fields[name].queryset = versions  # type: ignore[attr-defined]
            self.fields[name].label_from_instance = named  # type: ignore[attr-defined]


def named(version: DocumentVersion) -> str:
    return str(_("%(document)s, version %(n)d") % {"document": version.document, "n": version.n})
