"""The settings of departments."""

from django.urls import path

from thesis.views import departments, mails

ONE = "departments/<slug:slug>/"

urlpatterns = [
    path("mails/", mails.mails, name="mails"),
    path("mails/<str:name>/<slug:language>/", mails.mail, name="mail"),
    path("departments/", departments.departments, name="departments"),
    path(ONE, departments.settings, name="settings"),
    path(f"{ONE}people/", departments.people, name="department_people"),
    path(f"{ONE}people/withdraw/", departments.withdraw, name="department_withdraw"),
    path(f"{ONE}programmes/new/", departments.programme, name="programme_new"),
    path(f"{ONE}programmes/<uuid:programme_id>/", departments.programme, name="programme"),
]
