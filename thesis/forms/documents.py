"""What the documents page takes."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.errors import DigiError
from digi.files import kinds
from digi.files.services import uploads
from thesis.models import DocumentKind, DocumentVersion, Thesis
from thesis.services import documents


class UploadForm(forms.Form):
    """A new version as a browser without scripts sends it: whole, in one request."""

    kind = forms.ChoiceField(label=_("What it is"))
    file = forms.FileField(label=_("File"), allow_empty_file=True)  # the service says what is wrong with it
    note = forms.CharField(
        label=_("What has changed"),
        required=False,
        max_length=documents.NOTE,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offered: Sequence[DocumentKind], **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "upload_%s", **kwargs})
        taken = {kind: documents.PLACES[kind].files for kind in offered}
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind.value, f"{kind.label} ({kinds.endings(files)})") for kind, files in taken.items()
        ]
        endings = {f".{ending}" for files in taken.values() for kind in files for ending in kind.endings}
        self.fields["file"].widget.attrs["accept"] = ",".join(sorted(endings))

    def added(self, *, thesis: Thesis, by: User) -> DocumentVersion | None:
        """The version that the form made; None where it made none, and then its errors say why."""
        if not self.is_valid():
            return None
        file = self.cleaned_data["file"]
        upload = None
        try:
            upload = uploads.begin(owner=by, name=file.name, size=file.size)
            upload = uploads.write(upload=upload, by=by, start=0, body=file)
            values = {"kind": self.cleaned_data["kind"], "note": self.cleaned_data["note"]}
            return documents.add(thesis=thesis, by=by, upload_id=upload.uuid, **values)
        except DigiError as error:
            if upload is not None:
                uploads.discard(upload=upload)
            self.add_error("file", str(error.message))
            return None
