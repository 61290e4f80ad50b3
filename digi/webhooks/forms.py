"""What people fill in about a webhook."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from digi.accounts.models import User
from digi.errors import DigiError, Stale
from digi.notifications.kinds import kinds
from digi.versions import VersionedForm
from digi.webhooks.models import URL_LENGTH, Webhook
from digi.webhooks.services import webhooks


class WebhookForm(VersionedForm):
    """A new webhook, or the one that is given. What the services refuse stands at its field."""

    url = forms.CharField(
        label=_("Address"),
        max_length=URL_LENGTH,
        help_text=_("Begins with https:// and is open to the internet; this server calls no addresses of its own net."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
    )
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("What is sent"),
        required=False,
        help_text=_("None chosen: everything."),
        widget=forms.CheckboxSelectMultiple(),
    )

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        self.webhook = webhook
        kept = {"url": webhook.url, "name": webhook.name, "kinds": webhook.kinds} if webhook else {}
        super().__init__(*args, initial=kept | {"version": webhook.version if webhook else 0}, **kwargs)
        known = {kind.name: str(kind.label) for kind in kinds.values()}
        strange = [name for name in (webhook.kinds if webhook else []) if name not in known]
        field = self.fields["kinds"]
        field.choices = sorted(known.items(), key=lambda one: one[1]) + [(name, name) for name in strange]  # type: ignore[attr-defined]

    def stored(self, by: User) -> Webhook | None:
        """The webhook as the form says it, made or changed; None where it cannot be, and the errors say why."""
        if not self.is_valid():
            return None
        try:
            if self.webhook is None:
                made, _secret = webhooks.create(owner=by, **self.values)
                return made
            return webhooks.change(webhook=self.webhook, by=by, version=self.cleaned_data["version"], **self.values)
        except Stale:
            self.keep_beside(Webhook.objects.get(uuid=self.webhook.uuid))  # type: ignore[union-attr]
        except DigiError as error:
            field = error.extra.get("field")
            self.add_error(field if field in self.fields else None, str(error.message))
        return None
