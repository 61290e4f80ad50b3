"""Who may come in, and what sockets have written: each answers many at a time, one by one where it writes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils import translation
from django.utils.translation import gettext as _

from camera.models import AgentToken, Camera, Origin, Role
from camera.services import access, agents, pictures, settings, states, tokens
from camera.services.states import State
from digi.accounts.models import User
from digi.errors import DigiError, Invalid

Question = TypeVar("Question")


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody at the door of a camera; `user_id` None is a machine, whose token or ticket has been looked at."""

    camera_id: int
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Entrance:
    role: Role | None
    state: State


@dataclass(frozen=True, slots=True)
class Wish:
    """Settings that somebody has sent by a socket."""

    camera_id: int
    user_id: int
    patch: dict[str, Any]
    if_revision: int | None


@dataclass(frozen=True, slots=True)
class Agency:
    """An agent that is connected: its camera, its token, and the number of its run once it has one."""

    camera_id: int
    token_id: int
    run: int = 0


@dataclass(frozen=True, slots=True)
class Arrival:
    agency: Agency
    able: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Departure:
    agency: Agency
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What an agent has made of settings."""

    camera_id: int
    revision: int
    applied: dict[str, Any]
    outcomes: dict[str, dict[str, str]]
    first_frame_seq: int
    stream_epoch: int


def note_looks(asked: Sequence[Asked]) -> list[None]:
    """Write down which of these are administrators who look from outside."""
    people = User.objects.filter(is_superuser=True).in_bulk({one.user_id for one in asked})
    cameras = Camera.objects.in_bulk({one.camera_id for one in asked})
    for one in asked:
        user, camera = people.get(one.user_id), cameras.get(one.camera_id)
        if user is not None and camera is not None:
            access.note_outside_look(camera, user)
    return [None for _one in asked]


def find(slugs: Sequence[str]) -> list[int | None]:
    """The keys of cameras in service, by their short names. One query."""
    known = dict(Camera.objects.in_service().filter(slug__in=set(slugs)).values_list("slug", "pk"))
    return [known.get(slug) for slug in slugs]


def enter(asked: Sequence[Asked]) -> list[Entrance | None]:
    """For each: role and state; None for who may not watch, and where there is no camera in service."""
    found = states.read([one.camera_id for one in asked])
    people = [(one.user_id, one.camera_id) for one in asked if one.user_id is not None]
    standing = dict(zip(people, access.roles(people), strict=True)) if people else {}
    answers: list[Entrance | None] = []
    for one, state in zip(asked, found, strict=True):
        role = None if one.user_id is None else standing[one.user_id, one.camera_id]
        shut = state is None or state.retired or (one.user_id is not None and role is None)
        answers.append(None if shut or state is None else Entrance(role, state))
    return answers


def knocked(secrets: Sequence[str]) -> list[tuple[int, int] | None]:
    """The camera and the key of each agent's token; None for those that open nothing."""
    return [(token.camera_id, token.pk) if token else None for token in tokens.find(secrets)]


def wish(wishes: Sequence[Wish]) -> list[State | DigiError]:
    """Change settings as their operators wish; the error stands in the place of what was refused."""
    return [_refusable(_wish, one) for one in wishes]


def arrive(arrivals: Sequence[Arrival]) -> list[State | None]:
    """Agents begin to publish: the state with each one's run, None where it may not any more."""
    return [_arrive(one) for one in arrivals]


def stay(agencies: Sequence[Agency]) -> list[bool]:
    """Agents are still here; False for each that may not be any more."""
    return [
        agents.stay(camera=Camera(pk=one.camera_id), run=one.run, token=AgentToken(pk=one.token_id)) for one in agencies
    ]


def leave(departures: Sequence[Departure]) -> list[None]:
    for one in departures:
        agents.leave(camera=Camera.objects.get(pk=one.agency.camera_id), run=one.agency.run, reason=one.reason)
    return [None for _one in departures]


def answer(answers: Sequence[Answer]) -> list[bool]:
    """Keep what agents have made of settings."""
    return [
        settings.acknowledge(
            camera=Camera.objects.get(pk=one.camera_id),
            revision=one.revision,
            applied=one.applied,
            outcomes=one.outcomes,
            first_frame_seq=one.first_frame_seq,
            stream_epoch=one.stream_epoch,
        )
        for one in answers
    ]


def keep(last: Sequence[tuple[int, bytes]]) -> list[None]:
    """Keep cameras' last pictures."""
    for camera_id, jpeg in dict(last).items():
        pictures.keep(camera_id, jpeg)
    return [None for _one in last]


def _wish(one: Wish) -> State:
    camera, user = Camera.objects.get(pk=one.camera_id), User.objects.get(pk=one.user_id)
    patch = dict(one.patch)
    with translation.override(user.language):
        if patch.pop("camera_name", camera.name) != camera.name:
            raise Invalid(_("A camera is renamed on its page."), fields={"camera_name": _("It is kept.")})
        settings.change(camera=camera, by=user, patch=patch, if_revision=one.if_revision, origin=Origin.SOCKET)
    (state,) = states.read([camera.pk])
    assert state is not None  # noqa: S101 - it was written this moment
    return state


def _arrive(one: Arrival) -> State | None:
    token = AgentToken.objects.valid().select_related("camera").filter(pk=one.agency.token_id).first()
    if token is None:
        return None
    agents.report(camera=token.camera, able=one.able)
    agents.arrive(camera=token.camera, token=token)
    return states.read([token.camera_id])[0]


def _refusable(work: Callable[[Question], State], question: Question) -> State | DigiError:
    try:
        return work(question)
    except DigiError as error:
        return error
