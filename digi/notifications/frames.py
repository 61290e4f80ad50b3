"""What clients of an inbox's socket may send."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _

from digi.errors import Invalid

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Numbers = Annotated[list[Number], msgspec.Meta(min_length=1, max_length=200)]


class _Frame(msgspec.Struct, tag_field="type", forbid_unknown_fields=True):
    """One frame of a client; an unknown key is an error, not a surprise."""


class Hello(_Frame, tag="hello"):
    """`last_id` is the highest number that the client has; None: it has what the page was made of."""

    last_id: Number | None = None


class Seen(_Frame, tag="seen"):
    ids: Numbers


class Read(_Frame, tag="read"):
    ids: Numbers


class Done(_Frame, tag="done"):
    ids: Numbers


_decoder = msgspec.json.Decoder(Hello | Seen | Read | Done)


def decode(text: str) -> Hello | Seen | Read | Done:
    """The frame. Raises `Invalid`: `unknown_type`, or `bad_frame` with what is wrong and where."""
    detail = "JSON"
    try:
        frame: Hello | Seen | Read | Done = _decoder.decode(text)
        return frame
    except msgspec.ValidationError as error:
        if str(error).startswith("Invalid value") and str(error).endswith("`$.type`"):
            raise Invalid(_("There is no frame of this type."), code="unknown_type") from error
        detail = str(error)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    raise Invalid(_("This is not a frame: %(detail)s") % {"detail": detail}, code="bad_frame")
