"""Signatures by the Standard Webhooks specification (standardwebhooks.com), version 1, and the secrets under them."""

import base64
import hashlib
import hmac
from datetime import datetime

from digi.crypto import new_key, ring
from digi.webhooks.models import Delivery, Webhook

PREFIX = "whsec_"


def fresh() -> str:
    """A new secret as its owner sees it: `whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(new_key()).decode()


def sealed(webhook: Webhook, secret: str) -> bytes:
    """The secret as it is stored: sealed, and worth nothing on another webhook's row."""
    return ring().seal(base64.b64decode(secret.removeprefix(PREFIX)), context(webhook))


def shown(webhook: Webhook) -> str:
    """The secret as its owner sees it, for the one page after it was made."""
    return PREFIX + base64.b64encode(ring().open(bytes(webhook.secret), context(webhook))).decode()


def headers(webhook: Webhook, delivery: Delivery, body: bytes, now: datetime) -> dict[str, str]:
    """What proves to the receiver that the body is ours, fresh, and which event it is.

    While a secret that was replaced still counts, there is a signature by each, parted by a space.
    """
    name, at = delivery.event, str(int(now.timestamp()))
    secrets = [webhook.secret]
    if webhook.old_until is not None and webhook.old_until > now:
        secrets.append(webhook.old_secret)
    opened = [ring().open(bytes(secret), context(webhook)) for secret in secrets]
    signed = f"{name}.{at}.".encode() + body
    return {
        "webhook-id": name,
        "webhook-timestamp": at,
        "webhook-signature": " ".join(_signature(secret, signed) for secret in opened),
    }


def _signature(secret: bytes, signed: bytes) -> str:
    return "v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()


def context(webhook: Webhook) -> bytes:
    """What a webhook's secrets are bound to."""
    return f"webhook:{webhook.uuid}".encode()
