"""The work on a thesis: milestones, tasks, meetings, extensions, reports and marks."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from digi.accounts.api.endpoints import IF_MATCH, listed, somebody, versioned
from thesis.api.endpoints import ThesisEndpoint, one
from thesis.models import Comment, Milestone, Task, Thesis
from thesis.serializers import work as shapes
from thesis.services import access, extensions, marks, meetings, plan

TASK = ("assignee__avatar", "created_by__avatar", "milestone", "meeting", "comment")


class Milestones(ThesisEndpoint):
    @extend_schema(operation_id="theses_milestones_list", responses=shapes.MilestonesSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The milestones of a thesis, in the order of their making."""
        found = self.thesis(thesis_id).milestones.order_by("pk")
        return Response({"results": listed(shapes.MilestoneSerializer, found)})

    @extend_schema(request=shapes.AddMilestoneSerializer, responses={201: shapes.MilestoneSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Plan a milestone."""
        thesis = self.thesis(thesis_id)
        made = plan.add_milestone(thesis=thesis, by=self.person, **self.sent(shapes.AddMilestoneSerializer))
        return versioned(shapes.MilestoneSerializer(made).data, made, status.HTTP_201_CREATED)


class OneMilestone(ThesisEndpoint):
    @extend_schema(
        parameters=[IF_MATCH], request=shapes.ChangeMilestoneSerializer, responses=shapes.MilestoneSerializer
    )
    def patch(self, request: Request, thesis_id: UUID, milestone_id: UUID) -> Response:
        """Change what you give, or say that it is done."""
        found = one(self.thesis(thesis_id).milestones.all(), milestone_id)
        values = self.sent(shapes.ChangeMilestoneSerializer, partial=True)
        found = plan.change_milestone(milestone=found, by=self.person, version=self.version, **values)
        return versioned(shapes.MilestoneSerializer(found).data, found)

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, thesis_id: UUID, milestone_id: UUID) -> Response:
        """Drop a milestone; its tasks stay."""
        found = one(self.thesis(thesis_id).milestones.all(), milestone_id)
        plan.remove_milestone(milestone=found, by=self.person, version=self.version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class TaskEndpoint(ThesisEndpoint):
    def references(self, thesis: Thesis, values: dict[str, Any]) -> dict[str, Any]:
        """The values with rows in place of public ids and names."""
        found = dict(values)
        if values.get("assignee"):
            found["assignee"] = somebody(values["assignee"])
        if values.get("milestone"):
            found["milestone"] = one(Milestone.objects.filter(thesis=thesis), values["milestone"])
        if values.get("meeting"):
            found["meeting"] = one(thesis.meetings.all(), values["meeting"])
        if values.get("comment"):
            mine = Comment.objects.filter(thread__thesis=thesis).select_related("thread__thesis")
            found["comment"] = one(mine, values["comment"])
        return found

    def answer(self, task: Task, status: int = 200) -> Response:
        found = Task.objects.select_related(*TASK).get(pk=task.pk)
        return versioned(shapes.TaskSerializer(found).data, found, status)


class Tasks(TaskEndpoint):
    @extend_schema(operation_id="theses_tasks_list", responses=shapes.TasksSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The tasks of a thesis, in the order of their making."""
        found = self.thesis(thesis_id).tasks.select_related(*TASK).order_by("pk")
        return Response({"results": listed(shapes.TaskSerializer, found)})

    @extend_schema(request=shapes.AddTaskSerializer, responses={201: shapes.TaskSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Make a task; its assignee is told."""
        thesis = self.thesis(thesis_id)
        values = self.references(thesis, self.sent(shapes.AddTaskSerializer))
        return self.answer(plan.add_task(thesis=thesis, by=self.person, **values), status.HTTP_201_CREATED)


class OneTask(TaskEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.ChangeTaskSerializer, responses=shapes.TaskSerializer)
    def patch(self, request: Request, thesis_id: UUID, task_id: UUID) -> Response:
        """Change what you give, or say that it is done."""
        thesis = self.thesis(thesis_id)
        task = one(thesis.tasks.select_related("created_by"), task_id)
        values = self.references(thesis, self.sent(shapes.ChangeTaskSerializer, partial=True))
        return self.answer(plan.change_task(task=task, by=self.person, version=self.version, **values))

    @extend_schema(parameters=[IF_MATCH], responses={204: None})
    def delete(self, request: Request, thesis_id: UUID, task_id: UUID) -> Response:
        """Drop a task that you have made; supervisors drop any."""
        task = one(self.thesis(thesis_id).tasks.all(), task_id)
        plan.remove_task(task=task, by=self.person, version=self.version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class Meetings(ThesisEndpoint):
    @extend_schema(operation_id="theses_meetings_list", responses=shapes.MeetingsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The meetings of a thesis, the latest first."""
        found = self.thesis(thesis_id).meetings.select_related("created_by__avatar").order_by("-starts_at", "-pk")
        return Response({"results": listed(shapes.MeetingSerializer, found)})

    @extend_schema(request=shapes.AddMeetingSerializer, responses={201: shapes.MeetingSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Plan a meeting; everybody on the thesis is told."""
        thesis = self.thesis(thesis_id)
        made = meetings.arrange(thesis=thesis, by=self.person, **self.sent(shapes.AddMeetingSerializer))
        return versioned(shapes.MeetingSerializer(made).data, made, status.HTTP_201_CREATED)


class OneMeeting(ThesisEndpoint):
    @extend_schema(parameters=[IF_MATCH], request=shapes.ChangeMeetingSerializer, responses=shapes.MeetingSerializer)
    def patch(self, request: Request, thesis_id: UUID, meeting_id: UUID) -> Response:
        """Move it, write agenda or minutes, say that it was held or is cancelled."""
        found = one(self.thesis(thesis_id).meetings.all(), meeting_id)
        values = self.sent(shapes.ChangeMeetingSerializer, partial=True)
        found = meetings.change(meeting=found, by=self.person, version=self.version, **values)
        return versioned(shapes.MeetingSerializer(found).data, found)


class Extensions(ThesisEndpoint):
    @extend_schema(operation_id="theses_extensions_list", responses=shapes.ExtensionsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """Who asked for more time, and what was answered."""
        related = ("asked_by__avatar", "decided_by__avatar")
        found = self.thesis(thesis_id).extensions.select_related(*related).order_by("-pk")
        return Response({"results": listed(shapes.ExtensionSerializer, found)})

    @extend_schema(request=shapes.AskForTimeSerializer, responses={201: shapes.ExtensionSerializer})
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Ask for more time."""
        thesis = self.thesis(thesis_id)
        made = extensions.ask(thesis=thesis, by=self.person, **self.sent(shapes.AskForTimeSerializer))
        return versioned(shapes.ExtensionSerializer(made).data, made, status.HTTP_201_CREATED)


class DecideExtension(ThesisEndpoint):
    def decide(self, thesis_id: UUID, extension_id: UUID, *, grant: bool) -> Response:
        found = one(self.thesis(thesis_id).extensions.all(), extension_id)
        answer = self.sent(shapes.AnswerSerializer)
        found = extensions.decide(extension=found, by=self.person, grant=grant, version=self.version, **answer)
        return versioned(shapes.ExtensionSerializer(found).data, found)


class GrantExtension(DecideExtension):
    @extend_schema(parameters=[IF_MATCH], request=shapes.AnswerSerializer, responses=shapes.ExtensionSerializer)
    def post(self, request: Request, thesis_id: UUID, extension_id: UUID) -> Response:
        """Grant it: the thesis has its new due date."""
        return self.decide(thesis_id, extension_id, grant=True)


class RefuseExtension(DecideExtension):
    @extend_schema(parameters=[IF_MATCH], request=shapes.AnswerSerializer, responses=shapes.ExtensionSerializer)
    def post(self, request: Request, thesis_id: UUID, extension_id: UUID) -> Response:
        """Refuse it, and say why."""
        return self.decide(thesis_id, extension_id, grant=False)


class Assessments(ThesisEndpoint):
    @extend_schema(operation_id="theses_assessments_list", responses=shapes.AssessmentsSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """Examiners' reports, as far as you may read them: another examiner's once every one is in."""
        thesis = self.thesis(thesis_id)
        standing = access.standing(thesis, self.person)
        found = marks.reports_for(thesis, self.person, standing).select_related("examiner__avatar").order_by("pk")
        return Response({"results": listed(shapes.AssessmentSerializer, found)})

    @extend_schema(parameters=[IF_MATCH], request=shapes.ReportSerializer, responses=shapes.AssessmentSerializer)
    def put(self, request: Request, thesis_id: UUID) -> Response:
        """Write your report; once handed in it stands."""
        thesis = self.thesis(thesis_id)
        values = self.sent(shapes.ReportSerializer)
        made = marks.report(
            thesis=thesis, by=self.person, text=values["report"], submit=values["submit"], version=self.version
        )
        return versioned(shapes.AssessmentSerializer(made).data, made)


class Marks(ThesisEndpoint):
    @extend_schema(operation_id="theses_marks_list", responses=shapes.MarksSerializer)
    def get(self, request: Request, thesis_id: UUID) -> Response:
        """The marks that you may see: a student sees their own, once it is published."""
        thesis = self.thesis(thesis_id)
        found = marks.marks_for(thesis, self.person, access.standing(thesis, self.person))
        return Response({"results": _marks(found)})

    @extend_schema(parameters=[IF_MATCH], request=shapes.EnterMarkSerializer, responses=shapes.MarkSerializer)
    def put(self, request: Request, thesis_id: UUID) -> Response:
        """Enter a student's mark, or correct it until it is published."""
        thesis = self.thesis(thesis_id)
        values = self.sent(shapes.EnterMarkSerializer)
        student = somebody(values["student"])
        made = marks.enter(thesis=thesis, student=student, value=values["value"], by=self.person, version=self.version)
        return versioned(shapes.MarkSerializer(made).data, made)


class PublishMarks(ThesisEndpoint):
    @extend_schema(
        operation_id="theses_marks_publish", request=shapes.PublishMarksSerializer, responses=shapes.MarksSerializer
    )
    def post(self, request: Request, thesis_id: UUID) -> Response:
        """Show every student their mark; with `versions`, if they are still those that you have seen."""
        thesis = self.thesis(thesis_id)
        marks.publish(thesis=thesis, by=self.person, **self.sent(shapes.PublishMarksSerializer))
        return Response({"results": _marks(thesis.marks.all())})


def _marks(found: Any) -> Any:
    rows = found.select_related("student__avatar", "entered_by__avatar").order_by("pk")
    return listed(shapes.MarkSerializer, rows)
