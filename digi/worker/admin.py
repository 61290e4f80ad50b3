"""What the worker could not do, and the button that lets it try again."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.admin import LookOnly
from digi.worker.models import Job, JobState
from digi.worker.services import jobs


@admin.register(Job)
class JobAdmin(LookOnly):
    list_display = ("task", "state", "tries", "due_at", "created_at", "last_line")
    list_filter = ("state", "task")
    search_fields = ("=uuid", "task")
    fields = readonly_fields = ("uuid", "task", "arguments", "state", "tries", "due_at", "created_at", "error")
    actions = ("run_again",)
    show_full_result_count = False

    @admin.display(description=gettext_lazy("error"))
    def last_line(self, job: Job) -> str:
        return job.error.strip().rpartition("\n")[2][:120]

    def has_again_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("worker.change_job"))

    @admin.action(description=gettext_lazy("Run again"), permissions=["again"])
    def run_again(self, request: HttpRequest, queryset: QuerySet[Job]) -> None:
        failed = list(queryset.filter(state=JobState.FAILED))
        for job in failed:
            jobs.again(job=job, by=request.user)
        self.message_user(request, _("%d jobs run again.") % len(failed), messages.SUCCESS)
