"""What the guards look at, read from the database: a fixed number of queries."""

from collections import Counter

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from digi.errors import Sentence
from thesis import days
from thesis.models import LatePolicy, MemberRole, RequestState, Thesis, Transition
from thesis.models.people import EXAMINING
from thesis.services import history, papers
from thesis.states import Facts, State


def gather(thesis: Thesis, steps: list[Transition]) -> Facts:
    """The facts of a thesis now; `steps` are those of its history that stand."""
    programme = thesis.programme
    members = list(thesis.members.current().values_list("role", "user"))
    roles = Counter(role for role, _user in members)
    students = {user for role, user in members if role == MemberRole.STUDENT}
    examiners = {user for role, user in members if role in EXAMINING}
    open_requests = Q(state=RequestState.OPEN)
    requests = thesis.change_requests.aggregate(
        open=Count("pk", filter=open_requests), blocking=Count("pk", filter=open_requests & Q(blocking=True))
    )
    reports = set(thesis.assessments.exclude(submitted_at=None).values_list("examiner", flat=True))
    marked = set(thesis.marks.exclude(published_at=None).values_list("student", flat=True))
    uploaded = papers.of(thesis)
    undoable = history.undoable(steps)
    now = timezone.now()
    return Facts(
        students=len(students),
        supervisors=roles[MemberRole.SUPERVISOR],
        examiners=roles[MemberRole.EXAMINER],
        second_examiners=roles[MemberRole.SECOND_EXAMINER],
        proposal_required=programme.proposal_required,
        second_examiner_required=programme.second_examiner_required,
        defence_required=programme.defence_required,
        proposal_uploaded=uploaded.proposal is not None,
        final_uploaded=uploaded.final is not None,
        final_is_newer=uploaded.final is not None and uploaded.final.sha256 != handed_in(steps),
        open_requests=requests["open"],
        open_blocking_requests=requests["blocking"],
        dates_set=thesis.start_on is not None and thesis.due_on is not None,
        overdue=thesis.due_on is not None and now >= days.end_of(thesis.due_on),
        late_is_refused=programme.late == LatePolicy.REFUSE,
        reports_missing=len(examiners - reports),
        defence_booked=thesis.defence_at is not None,
        defence_held=thesis.defence_at is not None and thesis.defence_at <= now,
        marks_unpublished=len(students - marked),
        metadata_missing=_missing(thesis),
        before=State(undoable.from_state) if undoable else None,
    )


def handed_in(steps: list[Transition]) -> str:
    """The SHA-256 of the version that was handed in last; empty if none was."""
    digests = [str(step.details.get("sha256", "")) for step in steps if step.to_state == State.SUBMITTED]
    return digests[-1] if digests else ""


def _missing(thesis: Thesis) -> tuple[Sentence, ...]:
    dates = thesis.start_on is not None and thesis.due_on is not None
    wanted = ((_("the abstract"), bool(thesis.abstract.strip())), (_("start and due date"), dates))
    return tuple(what for what, there in wanted if not there)
