"""allauth's passkey forms, which trust the shape of what a browser sends more than they should.

A number where fido2 expects bytes makes it allocate that many: one request without any sign-in could take all memory.
"""

import json
import struct
from typing import Any, Literal

import msgspec
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from fido2.webauthn import AuthenticationResponse, RegistrationResponse

LONGEST = 16_384  # characters of an answer; a phone's are a tenth of that


class Assertion(msgspec.Struct):
    """What `navigator.credentials.get` answers; bytes are base64url."""

    clientDataJSON: str  # noqa: N815 - the standard's names (WebAuthn level 3, section 5.1)
    authenticatorData: str  # noqa: N815
    signature: str
    userHandle: str | None = None  # noqa: N815


class Attestation(msgspec.Struct):
    """What `navigator.credentials.create` answers."""

    clientDataJSON: str  # noqa: N815
    attestationObject: str  # noqa: N815


class Credential(msgspec.Struct, kw_only=True):
    id: str
    rawId: str  # noqa: N815
    type: Literal["public-key"]
    authenticatorAttachment: str | None = None  # noqa: N815
    clientExtensionResults: dict[str, Any] = {}  # noqa: N815


class Signed(Credential, kw_only=True):
    response: Assertion


class Registered(Credential, kw_only=True):
    response: Attestation


# What fido2 raises over strings that hold no credential, from base64 down to the CBOR inside.
_MISSHAPEN = (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, struct.error)


class CredentialField(forms.JSONField):
    """A browser's answer, read once as a whole: what cannot be read is refused before anything relies on it."""

    def __init__(
        self, shape: type[Credential], kind: type[AuthenticationResponse] | type[RegistrationResponse]
    ) -> None:
        super().__init__(widget=forms.HiddenInput)
        self.shape = shape
        self.kind = kind

    def to_python(self, value: Any) -> Any:
        if value in self.empty_values:
            return None
        try:
            if len(value) > LONGEST:
                raise ValueError
            msgspec.json.decode(value, type=self.shape)
            read = json.loads(value)
            self.kind.from_dict(read)
        except _MISSHAPEN as error:  # msgspec's errors are ValueErrors
            raise ValidationError(_("This is not what a passkey answers."), code="misshapen") from error
        return read


class Add(AddWebAuthnForm):
    credential = CredentialField(Registered, RegistrationResponse)


class Authenticate(AuthenticateWebAuthnForm):
    credential = CredentialField(Signed, AuthenticationResponse)


class LogIn(LoginWebAuthnForm):
    credential = CredentialField(Signed, AuthenticationResponse)


class Reauthenticate(ReauthenticateWebAuthnForm):
    credential = CredentialField(Signed, AuthenticationResponse)
