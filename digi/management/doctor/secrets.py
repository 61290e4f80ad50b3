"""Are the secrets secret, and does the key ring open what was sealed?"""

import stat
from collections.abc import Iterator
from os import environ
from pathlib import Path

from django.conf import settings

from digi.crypto import ring_keys
from digi.management.doctor.findings import Finding, care, fault, fine
from digi.management.rotation import ends
from digi.management.sealed import PLACES

FEW = 8  # different bytes, of 32: no random key has so few


def examine() -> Iterator[Finding]:
    if settings.DEBUG:
        yield fine("Development: secrets of its own lie under var/.")
        return
    found = [*_weak(), *_readable()]
    yield from found
    if not found:
        yield fine("They cannot be guessed, and nobody else on this machine may read them.")


def keys() -> Iterator[Finding]:
    """The oldest and the newest of everything that is sealed."""
    lost = []
    for place in PLACES:
        found = ends(place)
        if any(position is None for position in found):
            lost.append(place.name)
    if lost:
        yield fault(
            f"No key of DIGI_ENCRYPTION_KEYS opens these: {', '.join(lost)}.",
            "Put the key that is missing back into the list, behind the newest. A lost key is lost messages: if it is "
            "in no backup, what it sealed stays unreadable.",
        )
    else:
        count = len(settings.DIGI_ENCRYPTION_KEYS)
        who = "The key opens" if count == 1 else f"The {count} keys open"
        yield fine(f"{who} the oldest and the newest of all that is sealed.")


def _weak() -> Iterator[Finding]:
    word = settings.SECRET_KEY
    if len(word) < 32 or len(set(word)) < FEW or word.startswith("django-insecure"):
        yield fault(
            "DIGI_SECRET_KEY can be guessed, and with it sessions and mailed links.",
            "Put what `python -m digi.secrets` prints there; everybody signs in again.",
        )
    weak = [at for at, key in enumerate(ring_keys(settings.DIGI_ENCRYPTION_KEYS), 1) if len(set(key)) < FEW]
    if weak:
        yield fault(
            f"Key {weak[0]} of DIGI_ENCRYPTION_KEYS can be guessed, and with it every message it seals.",
            "Replace it by a fresh one and run manage.py rotate_keys: docs/operations.md, Keys.",
        )
    if word in settings.DIGI_ENCRYPTION_KEYS:
        yield fault("DIGI_SECRET_KEY is one of the encryption keys.", "Give it a value of its own.")


def _readable() -> Iterator[Finding]:
    """Files with secrets that everybody on this machine may read."""
    named = [
        Path(value) for name, value in environ.items() if name.startswith("DIGI_") and name.endswith("_FILE") and value
    ]
    dotenv = Path(environ.get("DIGI_DOTENV") or settings.BASE_DIR / ".env")
    for path in [*named, dotenv]:
        if path.is_file() and path.stat().st_mode & stat.S_IROTH:
            yield care(f"Everybody on this machine may read {path}.", f"chmod o= {path}")
