"""The pages of chat: the list, a room, starting, leaving. All of them work without a script."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import get_script_prefix, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import connection, dates, timeline
from chat.forms import MessageForm, ReceiptsForm, StartForm
from chat.models import Message, Room
from chat.serializers import MessageSerializer, RoomSerializer
from chat.services import drafts, history, messages, overview, rooms
from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from digi.accounts.serializers import PersonSerializer
from digi.errors import DigiError, NotFound, RateLimited
from digi.realtime.limits import Buckets
from digi.socket_urls import socket_url

PAGE = 50
MOST = 200  # messages of a first page, when many are unread

_posts = Buckets()


@never_cache
@login_required
@require_safe
def room_list(request: SignedInRequest) -> HttpResponse:
    """The rooms of a person, none of them open."""
    return render(request, "chat/list.html", _frame(request))


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Find somebody (`q`), and open the room with them (POST `with`)."""
    if request.method == "POST":
        return _start(request)

    words = request.GET.get("q", "").strip()[:120]
    found = User.objects.exclude(pk=request.user.pk).found_by(words)
    return _new_page(request, {"people": found, "q": words})


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def room(request: SignedInRequest, connection_id: str) -> HttpResponse:
    """A room with its latest messages; a POST writes into it. An id that is too old leads to a fresh one."""
    here, expired = _admitted(request, connection_id)
    if request.method == "POST":
        return _write(request, here)
    if expired:
        return redirect(_address(here, request.user))
    return _conversation(request, here)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, connection_id: str) -> HttpResponse:
    """Ask, then leave."""
    here, _expired = _admitted(request, connection_id)
    if request.method != "POST":
        view = overview.one(request.user, here)
        return render(request, "chat/leave.html", _frame(request) | {"view": view, "open": "main"})

    rooms.leave(room=here, by=request.user)
    return redirect("chat:list")


@login_required
@require_POST
def hide(request: SignedInRequest, connection_id: str) -> HttpResponse:
    """Take the room out of the list until something happens in it."""
    here, _expired = _admitted(request, connection_id)
    rooms.hide(room=here, by=request.user)
    return redirect("chat:list")


@login_required
@require_POST
def receipts(request: SignedInRequest, connection_id: str) -> HttpResponse:
    """Show in this room when one has read, or keep it to oneself."""
    here, _expired = _admitted(request, connection_id)
    form = ReceiptsForm(request.POST)
    form.is_valid()
    rooms.set_receipts(room=here, by=request.user, on=form.cleaned_data["receipts"])
    return redirect(_address(here, request.user))


def _admitted(request: SignedInRequest, connection_id: str) -> tuple[Room, bool]:
    """The room behind an id, and whether the id is too old; 404 for whoever is not in it, whatever the reason."""
    ticket = connection.read(connection_id, request.user.pk)
    found = Room.objects.of(request.user).filter(pk=ticket.room_id).first() if ticket else None
    if ticket is None or found is None:
        raise Http404
    return found, ticket.expired


def _address(here: Room, user: User) -> str:
    return reverse("chat:room", args=[connection.issue(here.pk, user.pk)])


def _write(request: SignedInRequest, here: Room) -> HttpResponse:
    form = MessageForm(request.POST)
    status = 400
    if form.is_valid():
        try:
            if wait := _posts.take("messages", request.user.pk):
                raise RateLimited(_("That was too fast. Try again in a moment."), retry_after=round(wait, 1))
            text, cid = form.cleaned_data["message"], form.cleaned_data["cid"]
            messages.post(room=here, by=request.user, text=text, cid=cid)
        except DigiError as error:
            form.add_error("message", str(error.message))
            status = error.status
        else:
            drafts.keep(room=here, by=request.user, text="")
            return redirect(_address(here, request.user))
    return _conversation(request, here, form, status)


def _start(request: SignedInRequest) -> HttpResponse:
    form = StartForm(request.POST)
    other = (
        User.objects.present().filter(username=form.data.get("with", "").lower()).first() if form.is_valid() else None
    )
    if other is None:
        raise NotFound(_("There is nobody of this name."), code="unknown_person")
    here, _created = rooms.open_pair(by=request.user, other=other)
    return redirect(_address(here, request.user))


def _new_page(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    return render(request, "chat/new.html", _frame(request) | context | {"open": "main"})


def _conversation(
    request: SignedInRequest, here: Room, form: MessageForm | None = None, status: int = 200
) -> HttpResponse:
    listed = overview.listed(request.user)
    view = next((view for view in listed if view.room.pk == here.pk), None) or overview.one(request.user, here)
    if view is None:
        raise Http404
    found, more = history.page(here, limit=_length(view))
    sources = _sources(here, found)
    context = _frame(request, listed) | {
        "open": "main",
        "view": view,
        "lines": timeline.lines(view, found, sources, more=more),
        "more": more,
        "form": form or MessageForm.fresh(view.draft),
        "conversation": {
            "room": RoomSerializer(view).data,
            "messages": [MessageSerializer(message).data for message in found],
            "more": more,
            "sources": [MessageSerializer(message).data for message in sources.values()],
        },
    }
    return render(request, "chat/room.html", context, status=status)


def _length(view: overview.RoomView) -> int:
    """How many messages a page begins with: back to the first unread, and some to read before it."""
    if not view.unread:
        return PAGE
    since = Message.objects.filter(room=view.room, seq__gt=view.membership.read).count()
    return min(max(PAGE, since + PAGE // 2), MOST)


def _sources(here: Room, found: list[history.Shown]) -> dict[str, history.Shown]:
    """The messages that those found reply to, by id."""
    known = {message.message_id: message for message in found}
    missing = {message.reply_to for message in found if message.reply_to and message.reply_to not in known}
    asked = {message.reply_to for message in found if message.reply_to}
    loaded = {message.message_id: message for message in history.by_ids(here, missing)} if missing else {}
    return {message_id: source for message_id, source in (known | loaded).items() if message_id in asked}


def _frame(request: SignedInRequest, listed: list[overview.RoomView] | None = None) -> dict[str, Any]:
    """What every page of chat shows: the list, and what the scripts need to know."""
    views = overview.listed(request.user) if listed is None else listed
    return {
        "open": "list",
        "views": views,
        "chat_unread": sum(view.unread for view in views),
        "chat": {
            "me": PersonSerializer(request.user).data,
            "singleKeys": request.user.single_keys,
            "zone": request.user.time_zone,
            "dates": dates.vocabulary(),
            "api": f"{get_script_prefix()}api/v1/",
            "socket": socket_url("chat/"),
            "pages": reverse("chat:list"),
        },
    }
