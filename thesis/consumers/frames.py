"""What clients of a thesis's socket may send."""

from typing import Annotated

import msgspec
from django.utils.translation import gettext as _

from digi.errors import Invalid

VERSION = 1
Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class Hello(msgspec.Struct, tag_field="type", tag="hello", forbid_unknown_fields=True):
    """`since` is the last number that the client has, in the numbering `stream`; without them it begins now."""

    v: int
    since: Number | None = None
    stream: str | None = None


_decoder = msgspec.json.Decoder(Hello)


def decode(text: str) -> Hello:
    """The frame. Raises `Invalid`: `unknown_type`, `unknown_version`, or `bad_frame` with what is wrong and where."""
    detail = "JSON"
    try:
        frame = _decoder.decode(text)
    except msgspec.ValidationError as error:
        if str(error).startswith("Invalid value") and str(error).endswith("`$.type`"):
            raise Invalid(_("There is no frame of this type."), code="unknown_type") from error
        detail = str(error)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        pass
    else:
        if frame.v != VERSION:
            raise Invalid(_("This server speaks another version."), code="unknown_version", versions=[VERSION])
        return frame
    raise Invalid(_("This is not a frame: %(detail)s") % {"detail": detail}, code="bad_frame")
