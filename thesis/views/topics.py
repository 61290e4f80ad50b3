"""Topics: what departments offer, and one of them."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from digi.accounts.models import Role, User
from digi.accounts.requests import SignedInRequest
from thesis.forms.topics import TopicFilters, offered_by
from thesis.models import Topic, TopicState, TopicSubscription
from thesis.services import drafts, topics

PAGE = 25


@never_cache
@login_required
@require_safe
def every(request: SignedInRequest) -> HttpResponse:
    """The topics of the person's departments, as they ask for them: a page."""
    form = TopicFilters(request.GET, by=request.user)
    asked = form.asked()
    page = Paginator(_shown(_filtered(asked, request.user)), PAGE).get_page(request.GET.get("page"))
    known = {
        "form": form,
        "asked": asked,
        "page": page,
        "kept": _kept(request),
        "offers": offered_by(request.user).exists(),
        "subscription": _subscription(asked, request.user),
    }
    return render(request, "thesis/topics.html", known)


@never_cache
@login_required
@require_safe
def topic(request: SignedInRequest, topic_id: UUID) -> HttpResponse:
    """One topic, with the way to apply for it or what stands in it."""
    found = topics.find(topic_id, request.user)
    known = {
        "topic": _shown(Topic.objects.filter(pk=found.pk)).get(),
        "owned": topics.owns(found, request.user),
        "hindrance": topics.closed_because(found),
        "is_student": request.user.affiliations.filter(
            department=found.programme.department_id, role=Role.STUDENT
        ).exists(),
        "application": found.applications.filter(student=request.user).order_by("-pk").first(),
        "draft": drafts.of(request.user, found),
    }
    return render(request, "thesis/topic.html", known)


def _shown(rows: Any) -> Any:
    """With all that is shown of each: a fixed number of queries."""
    people = Prefetch("owners", queryset=User.objects.select_related("avatar").order_by("pk"))
    return rows.counted().select_related("programme__department").prefetch_related(people).order_by("-pk")


def _filtered(asked: dict[str, Any], by: User) -> Any:
    rows: Any = Topic.objects.visible_to(by).named(asked.get("q", ""))
    show = asked["show"]
    if show == "open":
        rows = rows.filter(state=TopicState.OPEN)
    elif show in {"mine", "drafts"}:
        rows = rows.filter(pk__in=Topic.owners.through.objects.filter(user=by).values("topic"))
    if show == "drafts":
        rows = rows.filter(state=TopicState.DRAFT)
    if "programme" in asked:
        rows = rows.filter(programme=asked["programme"])
    if "kind" in asked:  # a topic that names no kind is for any
        rows = rows.filter(kinds__contains=f",{asked['kind']},") | rows.filter(kinds=",")
    if "tag" in asked:
        rows = rows.filter(tags__contains=f",{asked['tag'].lower()},")
    return rows.counted().filter(left__gt=0) if "free" in asked else rows


def _subscription(asked: dict[str, Any], by: User) -> TopicSubscription | None:
    """What the person has asked to hear of, of just what the list shows."""
    if "programme" not in asked:
        return None
    mine = TopicSubscription.objects.filter(user=by, programme=asked["programme"])
    return mine.filter(tag=asked.get("tag", "").lower()).first()


def _kept(request: SignedInRequest) -> str:
    """The question without the number of its page, for links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()
