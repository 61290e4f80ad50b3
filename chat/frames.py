"""What clients may send, in both dialects, and the answers that are not events."""

from typing import Annotated, Any, NoReturn
from uuid import UUID

import msgspec
from django.utils.translation import gettext as _

from digi.errors import DigiError, Invalid
from digi.realtime.wire import text_frame

Number = Annotated[int, msgspec.Meta(ge=0, le=2**53)]
Name = Annotated[str, msgspec.Meta(max_length=200)]


class _Frame(msgspec.Struct, tag_field="type", forbid_unknown_fields=True):
    """One frame of a client; an unknown key is an error, not a surprise."""


class Resume(_Frame, tag="resume"):
    since: Number


class Add(_Frame, tag="add"):
    cid: UUID
    message: str
    reply_to: Name | None = None


class Edit(_Frame, tag="edit"):
    cid: UUID
    message_id: Name
    message: str
    base_rev: Number | None = None


class Delete(_Frame, tag="delete"):
    cid: UUID
    message_id: Name


class Read(_Frame, tag="read"):
    seq: Number


class Delivered(_Frame, tag="delivered"):
    seq: Number


class Ack(_Frame, tag="ack"):
    n: Number


class Typing(_Frame, tag="typing"):
    pass


class SeedAdd(_Frame, tag="add"):
    message: str
    user: Name | None = None


class SeedEdit(_Frame, tag="edit"):
    message_id: Name
    message: str
    user: Name | None = None


class SeedDelete(_Frame, tag="delete"):
    message_id: Name
    user: Name | None = None


class ListDelivered(_Frame, tag="delivered"):
    room: UUID
    seq: Number


V2 = msgspec.json.Decoder(Resume | Add | Edit | Delete | Read | Delivered | Ack | Typing)
SEED = msgspec.json.Decoder(SeedAdd | SeedEdit | SeedDelete)
LISTING = msgspec.json.Decoder(ListDelivered)

_encode = msgspec.json.Encoder().encode


def decode(decoder: msgspec.json.Decoder[Any], text: str) -> Any:
    """The frame. Raises `Invalid`: `unknown_type`, or `bad_frame` with what is wrong and where."""
    try:
        return decoder.decode(text)
    except msgspec.ValidationError as error:
        if str(error).startswith("Invalid value") and str(error).endswith("`$.type`"):
            raise Invalid(_("There is no frame of this type."), code="unknown_type") from error
        _bad(str(error))
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        _bad("")


def error(problem: DigiError, cid: UUID | None = None) -> bytes:
    """An error frame; what the client can act on stands beside code and sentence."""
    start: dict[str, Any] = {"type": "error"}
    if cid is not None:
        start["cid"] = cid
    return text_frame(_encode(start | {"code": problem.code, "message": str(problem.message)} | problem.extra))


def ok(cid: UUID, n: int, seq: int, message_id: str, duplicate: bool) -> bytes:
    fields = {"type": "ok", "cid": cid, "n": n, "seq": seq, "message_id": message_id, "duplicate": duplicate}
    return text_frame(_encode(fields))


def simple(kind: str, **fields: Any) -> bytes:
    """`welcome`, `synced`, `heartbeat` and their like."""
    return text_frame(_encode({"type": kind, **fields}))


def _bad(detail: str) -> NoReturn:
    raise Invalid(_("This is not a frame: %(detail)s") % {"detail": detail or "JSON"}, code="bad_frame") from None
