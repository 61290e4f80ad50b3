"""The discussion of a thesis: talks, what is written in them, and who reads them."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from digi.accounts.models import User
from digi.accounts.requests import SignedInRequest
from thesis.forms.discussion import EditForm, OpenForm, WriteForm
from thesis.models import Comment, DocumentVersion, Thesis, ThesisMember, Thread, ThreadVisibility
from thesis.models.people import EXAMINING, SUPERVISING
from thesis.services import discussion, news, requests
from thesis.services.access import Standing
from thesis.services.plan import PLANNERS
from thesis.states import Part
from thesis.views.frame import entered, framed

PAGE = 30  # talks at once
SHOWN = {"open": Q(resolved_at=None), "resolved": Q(resolved_at__isnull=False), "all": Q()}
RELATED = ("author__avatar", "guest", "reply_to__author", "reply_to__guest", "change_request")


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment as the person sees it; `edit` is theirs alone, `steps` are those of its change request."""

    comment: Comment
    is_new: bool
    edit: EditForm | None
    steps: list[str]


@dataclass(frozen=True, slots=True)
class Talk:
    """A thread; `reply` where one may answer, `wider` whom it may be opened to."""

    thread: Thread
    remarks: list[Remark]
    reply: WriteForm | None
    wider: list[ThreadVisibility]


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def talks(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """The talks that the person may read, the newest first; a new one is begun here."""
    thesis, standing = entered(request, thesis_id)
    if request.method != "POST":
        return _page(request, thesis, standing)
    form = OpenForm(request.POST, thesis=thesis, standing=standing)
    if comment := form.accepted(lambda values: discussion.open_thread(thesis=thesis, by=request.user, **values)[1]):
        return redirect(f"{reverse('thesis:discussion', args=[thesis.uuid])}#c{comment.uuid}")
    return _page(request, thesis, standing, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: SignedInRequest, thesis_id: UUID, thread_id: UUID) -> HttpResponse:
    """One talk among the others; an answer to it."""
    thesis, standing = entered(request, thesis_id)
    talk = thread_of(thesis, thread_id, request.user)
    if request.method != "POST":
        return redirect(f"{listed(talk, standing)}#t{talk.uuid}")
    form = WriteForm.answering(talk, request.POST)
    if comment := form.accepted(lambda values: discussion.comment(thread=talk, by=request.user, **values)):
        return redirect(here(request, thesis, comment))
    return _page(request, thesis, standing, form)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def comment(request: SignedInRequest, thesis_id: UUID, comment_id: UUID) -> HttpResponse:
    """The address of a comment, which leads to it; the person's own words are changed here."""
    thesis, standing = entered(request, thesis_id)
    found = comment_of(thesis, comment_id, request.user)
    if request.method != "POST":
        return redirect(f"{listed(found.thread, standing)}#c{found.uuid}")
    form = EditForm.of(found, request.POST)
    if form.accepted(lambda values: discussion.edit(comment=found, by=request.user, **values)):
        return redirect(here(request, thesis, found))
    return _page(request, thesis, standing, form)


@login_required
@require_POST
def settle(request: SignedInRequest, thesis_id: UUID, thread_id: UUID) -> HttpResponse:
    """Say that a talk is settled, or go on with it."""
    thesis, _standing = entered(request, thesis_id)
    talk = thread_of(thesis, thread_id, request.user)
    move = discussion.reopen if "open" in request.POST else discussion.resolve
    move(thread=talk, by=request.user)
    return redirect(here(request, thesis))


@login_required
@require_POST
def read(request: SignedInRequest, thesis_id: UUID) -> HttpResponse:
    """Nothing is new to the person any more."""
    thesis, _standing = entered(request, thesis_id)
    news.read(thesis=thesis, user=request.user)
    return redirect(here(request, thesis))


def thread_of(thesis: Thesis, uuid: UUID, by: User) -> Thread:
    found, _standing = discussion.find(uuid, by)
    if found.thesis_id != thesis.pk:
        raise discussion.unknown()
    return found


def comment_of(thesis: Thesis, uuid: UUID, by: User) -> Comment:
    found = discussion.find_comment(uuid, by)
    if found.thread.thesis_id != thesis.pk:
        raise discussion.unknown()
    return found


def here(request: SignedInRequest, thesis: Thesis, found: Comment | None = None) -> str:
    """The list as the person sees it just now, at a comment."""
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return reverse("thesis:discussion", args=[thesis.uuid]) + query + (f"#c{found.uuid}" if found else "")


def listed(talk: Thread, standing: Standing) -> str:
    """The list and the page of it on which a talk stands for somebody of this standing."""
    threads = discussion.threads_for(talk.thesis, standing)
    same = threads.filter(pk__gt=talk.pk, resolved_at__isnull=talk.resolved_at is None)
    asked = {"show": "resolved"} if talk.resolved_at else {}
    if newer := same.count() // PAGE:
        asked["page"] = str(newer + 1)
    query = f"?{urlencode(asked)}" if asked else ""
    return reverse("thesis:discussion", args=[talk.thesis.uuid]) + query


def _page(
    request: SignedInRequest, thesis: Thesis, standing: Standing, failed: WriteForm | None = None
) -> HttpResponse:
    context = framed(request, thesis, standing)
    show = request.GET.get("show", "open")
    show = show if show in SHOWN else "open"
    threads = discussion.threads_for(thesis, standing)
    counts = {name: Count("pk", filter=rule) if rule else Count("pk") for name, rule in SHOWN.items()}
    on = _version(thesis, request.GET.get("on", ""))
    shown = threads.filter(SHOWN[show], **({"on": on} if on else {}))
    leaf = Paginator(_whole(shown), PAGE).get_page(request.GET.get("page"))
    writes = discussion.writes(standing)
    begin = failed if isinstance(failed, OpenForm) else OpenForm(thesis=thesis, standing=standing, initial={"on": on})
    found = _talks(list(leaf), request.user, standing, failed)
    context |= {
        "talks": found,
        "fresh": any(remark.is_new for talk in found for remark in talk.remarks),
        "leaf": leaf,
        "show": show,
        "on": on,
        "counts": threads.aggregate(**counts),
        "query": f"?{request.GET.urlencode()}" if request.GET else "",
        "begin": begin if writes else None,
        "may_write": writes,
        "may_plan": standing.may(*PLANNERS, Part.EXAMINER),
        "may_ask": standing.may(Part.SUPERVISOR, Part.EXAMINER),
        "mentionable": _mentionable(context["members"], discussion.visibilities(standing)),
    }
    return render(request, "thesis/discussion.html", context, status=422 if failed else 200)


def _whole(threads: QuerySet[Thread]) -> QuerySet[Thread]:
    """With everything that is shown: a fixed number of queries."""
    comments = Comment.objects.select_related(*RELATED).prefetch_related("mentions", "tasks").order_by("pk")
    related = threads.select_related("on__document", "resolved_by")
    return related.prefetch_related(Prefetch("comments", queryset=comments)).order_by("-pk")


def _talks(threads: list[Thread], user: User, standing: Standing, failed: WriteForm | None) -> list[Talk]:
    fresh = news.unread((one for thread in threads for one in thread.comments.all()), user)
    given = {failed.id: failed} if failed else {}
    writes = discussion.writes(standing)

    def remark(one: Comment) -> Remark:
        edit = EditForm.of(one) if one.author_id == user.pk and one.deleted_at is None else None
        edit = given.get(edit.id, edit) if edit else None  # type: ignore[assignment]
        asked = getattr(one, "change_request", None)
        return Remark(one, one.uuid in fresh, edit, requests.steps(asked, standing) if asked else [])

    def talk(one: Thread) -> Talk:
        reply = WriteForm.answering(one)
        open_to = discussion.WIDER.get(ThreadVisibility(one.visibility), ()) if standing.is_staff else ()
        may_reply = writes and one.resolved_at is None
        remarks = [remark(comment) for comment in one.comments.all()]
        return Talk(one, remarks, given.get(reply.id, reply) if may_reply else None, list(open_to))

    return [talk(one) for one in threads]


def _mentionable(members: list[ThesisMember], seen: set[str]) -> list[dict[str, Any]]:
    """The members by the visibilities that each of them reads, of those that the person reads too."""
    readers: dict[str, dict[str, Any]] = {}
    for member in members:
        known = {"user": member.user.username, "name": str(member.user), "reads": []}
        found = readers.setdefault(member.user.username, known)
        own = {ThreadVisibility.ALL}
        own |= {ThreadVisibility.STAFF} if member.role in (*SUPERVISING, *EXAMINING) else set()
        own |= {ThreadVisibility.EXAMINERS} if member.role in EXAMINING else set()
        found["reads"] = sorted({*found["reads"], *(str(one) for one in own if one in seen)})
    return list(readers.values())


def _version(thesis: Thesis, asked: str) -> DocumentVersion | None:
    try:
        uuid = UUID(asked)
    except ValueError:
        return None
    found = DocumentVersion.objects.filter(document__thesis=thesis, uuid=uuid)
    return found.select_related("document").first()
