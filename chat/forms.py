"""What the pages of chat take."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat.services.entries import LONGEST


class MessageForm(forms.Form):
    """The composer without a script. `cid` makes a form that is sent twice one message."""

    message = forms.CharField(label=_("Message"), strip=False, required=False)
    cid = forms.UUIDField()

    def clean_message(self) -> str:
        """Browsers send line breaks as CR LF."""
        return str(self.cleaned_data["message"]).replace("\r\n", "\n")

    @classmethod
    def fresh(cls, draft: str) -> "MessageForm":
        return cls(initial={"message": draft[:LONGEST], "cid": uuid.uuid4()})


class StartForm(forms.Form):
    """Whom to write to, by user name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["with"] = forms.CharField(max_length=150)


class ReceiptsForm(forms.Form):
    receipts = forms.BooleanField(required=False)
