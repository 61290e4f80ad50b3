"""The key ring and everything made from it. The only module that imports `cryptography`.

One ring (DIGI_ENCRYPTION_KEYS, newest first, each 32 random bytes in base64) is the root. Keys for separate uses
are derived from each ring key by HKDF-SHA256 (RFC 5869), a label each, so that no use can stand in for another:

* `connection`: Fernet keys of opaque, expiring ids,
* `wrap`: AES-256-GCM keys that wrap data keys and message-id keys,
* `seal`: AES-256-GCM keys of small server-side secrets (drafts, TOTP secrets),
* `layer`: the keys of events that travel through Redis,
* `sign`: Ed25519 keys (RFC 8032) of what people carry away and check without us,
* `name`: what a key is called where people tell one from another.
"""

import base64
import binascii
import os
import time
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM, AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE = 12  # bytes, the size GCM is specified for (NIST SP 800-38D)

Use = Literal["wrap", "seal"]


class Unreadable(Exception):
    """A sealed thing that no key of the ring opens, or that was moved, altered or cut."""


class Expired(Exception):
    """An opaque id that is genuine and too old; `payload` is what it held."""

    def __init__(self, payload: bytes) -> None:
        super().__init__()
        self.payload = payload


def ring_keys(encoded: Sequence[str]) -> list[bytes]:
    """Decode the ring; complain in words about a key that is not 32 bytes of base64."""
    keys = []
    for position, text in enumerate(encoded, 1):
        try:
            key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
        except (binascii.Error, ValueError):
            key = b""
        if len(key) != 32:
            raise ImproperlyConfigured(f"DIGI_ENCRYPTION_KEYS: key {position} is not 32 bytes in base64.")
        keys.append(key)
    if not keys:
        raise ImproperlyConfigured("DIGI_ENCRYPTION_KEYS holds no key.")
    return keys


def derive(key: bytes, label: str, length: int = 32) -> bytes:
    """HKDF-SHA256 of one ring key for one use."""
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=f"digi:{label}".encode()).derive(key)


def name_of(key: bytes) -> str:
    """What a ring key is called: eight signs that say nothing about it."""
    return derive(key, "name", 4).hex()


def layer_keys(encoded: Sequence[str]) -> list[str]:
    """Keys for channels-redis' `symmetric_encryption_keys`."""
    return [base64.urlsafe_b64encode(derive(key, "layer")).decode() for key in ring_keys(encoded)]


class KeyRing:
    """Seals with the newest key and opens with whichever key fits."""

    def __init__(self, encoded: Sequence[str]) -> None:
        keys = ring_keys(encoded)
        self._fernet = MultiFernet([Fernet(base64.urlsafe_b64encode(derive(key, "connection"))) for key in keys])
        self._keys: dict[Use, list[AESGCM]] = {
            "wrap": [AESGCM(derive(key, "wrap")) for key in keys],
            "seal": [AESGCM(derive(key, "seal")) for key in keys],
        }
        self._sign = [Ed25519PrivateKey.from_private_bytes(derive(key, "sign")) for key in keys]
        self.names = [name_of(key) for key in keys]

    def wrap(self, key: bytes, context: bytes) -> bytes:
        """Wrap a data key; `context` says whose it is and must be given again to unwrap."""
        return encrypt(self._keys["wrap"][0], key, context)

    def unwrap(self, wrapped: bytes, context: bytes) -> bytes:
        return self._opened("wrap", wrapped, context)[1]

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Seal a small secret of the server's own; `context` binds it to its place."""
        return encrypt(self._keys["seal"][0], plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        return self._opened("seal", sealed, context)[1]

    def opener(self, use: Use, sealed: bytes, context: bytes) -> int:
        """Where in the ring the key stands that opens it: 0 is the newest. Raises `Unreadable` where none does."""
        return self._opened(use, sealed, context)[0]

    def renewed(self, use: Use, sealed: bytes, context: bytes) -> bytes:
        """The same, wrapped or sealed by the newest key. Raises `Unreadable`."""
        return encrypt(self._keys[use][0], self._opened(use, sealed, context)[1], context)

    def sign(self, message: bytes) -> tuple[str, str]:
        """The newest public key and the Ed25519 signature by its private one, both in base64."""
        return self.public_keys()[0], base64.b64encode(self._sign[0].sign(message)).decode()

    def public_keys(self) -> list[str]:
        """What `sign` signs with, newest first, in base64."""
        return [base64.b64encode(key.public_key().public_bytes_raw()).decode() for key in self._sign]

    def issue(self, payload: bytes) -> str:
        """An opaque id that says nothing to its bearer: base64url of a Fernet token, without padding."""
        return base64.urlsafe_b64encode(self._fernet.encrypt(payload)).rstrip(b"=").decode()

    def read(self, opaque: str, lifetime: int) -> bytes:
        """The payload of an id issued at most `lifetime` seconds ago. Raises `Unreadable` or `Expired`."""
        try:
            token = base64.b64decode(opaque + "=" * (-len(opaque) % 4), altchars=b"-_", validate=True)
            payload = self._fernet.decrypt(token)
            issued = self._fernet.extract_timestamp(token)
        except (InvalidToken, binascii.Error, ValueError) as error:
            raise Unreadable from error

        if time.time() - issued > lifetime:
            raise Expired(payload)
        return payload

    def _opened(self, use: Use, sealed: bytes, context: bytes) -> tuple[int, bytes]:
        for position, key in enumerate(self._keys[use]):
            try:
                return position, decrypt(key, sealed, context)
            except Unreadable:
                continue
        raise Unreadable


@lru_cache(maxsize=4)
def _ring(encoded: tuple[str, ...]) -> KeyRing:
    return KeyRing(encoded)


def ring() -> KeyRing:
    """The ring of the settings."""
    return _ring(tuple(settings.DIGI_ENCRYPTION_KEYS))


def known_public_keys() -> list[str]:
    """Those of the ring, newest first, and those of keys that have left it (DIGI_RECEIPT_KEYS)."""
    return [*ring().public_keys(), *settings.DIGI_RECEIPT_KEYS]


def new_key(length: int = 32) -> bytes:
    """Fresh random key material, `length` bytes."""
    return os.urandom(length)


def cipher(key: bytes) -> AESGCM:
    """AES-256-GCM under a 32-byte key."""
    return AESGCM(key)


def encrypt(key: AESGCM, plain: bytes, context: bytes) -> bytes:
    """Seal under one key: nonce, ciphertext and tag, bound to `context`."""
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, plain, context)


def decrypt(key: AESGCM, sealed: bytes, context: bytes) -> bytes:
    """The plain bytes. Raises `Unreadable` where key, place or bytes do not fit."""
    try:
        return key.decrypt(sealed[:NONCE], sealed[NONCE:], context)
    except (InvalidTag, ValueError) as error:
        raise Unreadable from error


def is_signed(message: bytes, *, key: str, signature: str) -> bool:
    """Does the signature, under this public key, both in base64, belong to the message?"""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        public.verify(base64.b64decode(signature, validate=True), message)
    except (InvalidSignature, ValueError):
        return False
    return True


class Numbering:
    """Turns numbers into stable opaque ids and back: AES-SIV (RFC 5297), deterministic, bound to `context`."""

    def __init__(self, key: bytes, context: bytes) -> None:
        self._siv = AESSIV(key)  # 64 bytes: AES-256 twice
        self._context = [context]

    def hide(self, number: int) -> str:
        return base64.urlsafe_b64encode(self._siv.encrypt(number.to_bytes(8, "big"), self._context)).decode()

    def reveal(self, opaque: str) -> int:
        """The number. Raises `Unreadable` for an id of another context, one that was made up, or another spelling."""
        try:
            hidden = base64.urlsafe_b64decode(opaque)
            plain = self._siv.decrypt(hidden, self._context)
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise Unreadable from error
        if base64.urlsafe_b64encode(hidden).decode() != opaque:  # base64 is read with noise in it
            raise Unreadable
        return int.from_bytes(plain, "big")
