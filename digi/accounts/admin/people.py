"""People in the admin."""

from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.forms import SetPasswordForm
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from digi.accounts.admin.forms import AnonymiseForm, PersonForm, RosterForm
from digi.accounts.models import User
from digi.accounts.services import erasure, invitations, people, profiles, roster
from digi.audit import services as audit
from digi.audit.admin import ServedAdmin, changed
from digi.errors import DigiError

RIGHTS = ("is_staff", "is_superuser", "groups")


@admin.register(User)
class PersonAdmin(ServedAdmin):
    """Accounts: looked for, made, corrected, closed. Nobody is deleted, and only superusers touch staff."""

    form = PersonForm
    list_display = ("username", "display_name", "email", "is_active", "is_staff", "last_login", "date_joined")
    list_filter = ("is_active", "is_staff", "is_superuser", "affiliations__department", "affiliations__role")
    search_fields = ("search_text", "email")
    ordering = ("username",)
    readonly_fields = ("uuid", "language", "time_zone", "is_active", "last_login", "date_joined", "anonymised_at")
    fields = ("username", "email", "display_name", *RIGHTS, *readonly_fields)
    actions = ("invite",)

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        return self.fields if obj else ("username", "email", "display_name")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> Any:
        if obj is None:
            return ()
        rights = () if request.user.is_superuser else RIGHTS
        return (*self.readonly_fields, "username", *rights)

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        allowed = super().has_change_permission(request, obj)
        if obj is None:
            return allowed
        above = obj.is_staff or obj.is_superuser
        return allowed and obj.anonymised_at is None and (request.user.is_superuser or not above)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return self.has_change_permission(request)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        values = form.cleaned_data
        if not change:
            named = {name: values[name] or "" for name in ("username", "email", "display_name")}
            made = people.create(**named, verified=True, by=request.user)
            obj.__dict__.update(made.__dict__)
            invite = partial(invitations.send, people=[made], absolute=request.build_absolute_uri)
            transaction.on_commit(invite, robust=True)  # or everybody's writes would wait for the mail server
            return

        person = User.objects.get(pk=obj.pk)
        new = changed(form)
        if "email" in new:
            people.set_address(user=person, email=new["email"] or "", by=request.user)
        if "display_name" in new:
            profiles.change(user=person, display_name=new["display_name"])
        rights = {name: new[name] for name in ("is_staff", "is_superuser") if name in new}
        if rights and request.user.is_superuser:
            people.set_rights(user=person, **rights, by=request.user)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        if "groups" in form.changed_data:
            super().save_related(request, form, formsets, change)

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Reading somebody's account is itself something that the audit keeps."""
        person = self.get_object(request, object_id)
        if person is not None and request.method == "GET" and self.has_view_permission(request, person):
            audit.record(action="person.viewed", actor=request.user, target=audit.target_of(person))
        answer: HttpResponse = super().change_view(request, object_id, *args, **kwargs)
        return answer

    @admin.action(description=gettext_lazy("Send invitations with a link to set the password"), permissions=["invite"])
    def invite(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        chosen = [person for person in queryset if self.has_change_permission(request, person)]
        sent = invitations.send(people=chosen, absolute=request.build_absolute_uri)
        level = messages.SUCCESS if sent == len(chosen) else messages.WARNING
        numbers = {"sent": sent, "chosen": len(chosen)}
        self.message_user(request, _("%(sent)d of %(chosen)d invitations are sent.") % numbers, level)

    def get_urls(self) -> list[URLPattern]:
        def own(route: str, view: Any, name: str) -> URLPattern:
            route_to: URLPattern = path(route, self.admin_site.admin_view(view), name=f"accounts_user_{name}")
            return route_to

        return [
            own("import/", self.import_view, "import"),
            own("<int:pk>/password/", self.password_view, "password"),
            own("<int:pk>/switch/", self.switch_view, "switch"),
            own("<int:pk>/anonymise/", self.anonymise_view, "anonymise"),
            *super().get_urls(),
        ]

    def password_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._person(request, pk)
        form = SetPasswordForm(person, *_sent(request))
        if form.is_bound and form.is_valid():
            people.set_password(user=person, password=form.cleaned_data["new_password1"], by=request.user)
            return self._back(request, person, _("The password is set; all sessions are ended."))
        text = _("Whoever is signed in as this person is signed out everywhere.")
        return self._ask(request, person, _("Set the password"), text, form)

    def switch_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Deactivate, or reactivate."""
        person = self._person(request, pk)
        if request.method == "POST":
            return self._switch(request, person)
        if person.is_active:
            text = _("The person is signed out everywhere and cannot sign in until the account is switched on again.")
            return self._ask(request, person, _("Deactivate"), text)
        return self._ask(request, person, _("Reactivate"), _("The person can sign in again."))

    def _switch(self, request: HttpRequest, person: User) -> HttpResponse:
        try:
            if person.is_active:
                people.deactivate(user=person, by=request.user)
                return self._back(request, person, _("The account is switched off."))
            people.reactivate(user=person, by=request.user)
        except DigiError as error:
            return self._back(request, person, str(error.message), messages.ERROR)
        return self._back(request, person, _("The account is switched on."))

    def anonymise_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        person = self._person(request, pk)
        form = AnonymiseForm(*_sent(request), person=person)
        if form.is_bound and form.is_valid():
            try:
                people.anonymise(user=person, by=request.user)
            except DigiError as error:
                return self._back(request, person, str(error.message), messages.ERROR)
            return self._back(request, person, _("The person is anonymised."))
        text = _(
            "Name, addresses, picture, tokens, sessions, second factors and roles are removed for good. "
            "What the person wrote to others stays, under a name that says nothing."
        )
        return self._ask(request, person, _("Anonymise"), text, form, lines=erasure.preview(person))

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A CSV file, its preview, and then the import."""
        if not (self.has_add_permission(request) and request.user.has_perm("accounts.add_affiliation")):
            raise PermissionDenied
        form = RosterForm(*_sent(request))
        plan = form.plan() if form.is_bound and form.is_valid() else None
        if plan is not None and not plan.faults and form.is_confirmed:
            return self._import(request, form.content)

        text = form.content.decode() if plan is not None and not plan.faults else ""
        context = {"form": form, "plan": plan, "text": text, "columns": roster.COLUMNS, "title": _("Import people")}
        page = {**self.admin_site.each_context(request), "opts": self.opts, **context}
        return TemplateResponse(
            request, "admin/accounts/user/import.html", page, status=422 if plan and plan.faults else 200
        )

    def _import(self, request: HttpRequest, content: bytes) -> HttpResponse:
        newcomers = roster.admit(content=content, by=request.user)
        sent = invitations.send(people=newcomers, absolute=request.build_absolute_uri)
        numbers = {"new": len(newcomers), "sent": sent}
        level = messages.SUCCESS if sent == len(newcomers) else messages.WARNING
        sentence = _("%(new)d accounts are made; %(sent)d invitations are sent.") % numbers
        self.message_user(request, sentence, level)
        return HttpResponseRedirect(reverse("admin:accounts_user_changelist"))

    def _person(self, request: HttpRequest, pk: int) -> User:
        person: User | None = User.objects.filter(pk=pk).first()
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person

    def _ask(
        self, request: HttpRequest, person: User, title: str, text: str, form: Any = None, **more: Any
    ) -> HttpResponse:
        context = {"person": person, "title": title, "text": text, "form": form, "opts": self.opts} | more
        page = {**self.admin_site.each_context(request), **context}
        return TemplateResponse(request, "admin/accounts/user/ask.html", page)

    def _back(self, request: HttpRequest, person: User, sentence: str, level: int = messages.SUCCESS) -> HttpResponse:
        self.message_user(request, sentence, level)
        return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[person.pk]))


def _sent(request: HttpRequest) -> tuple[Any, ...]:
    """What a form is bound to: nothing until it is sent."""
    return (request.POST, request.FILES) if request.method == "POST" else ()
