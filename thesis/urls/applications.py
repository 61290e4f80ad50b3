"""The pages of applying and of applications."""

from django.urls import path

from thesis.views import applications, applying, deciding

urlpatterns = [
    path("topics/<uuid:topic_id>/apply/", applying.apply, name="apply"),
    path("topics/<uuid:topic_id>/apply/keep/", applying.keep, name="apply_keep"),
    path("topics/<uuid:topic_id>/apply/cv/", applying.cv, name="apply_cv"),
    path("applications/", applications.every, name="applications"),
    path("applications/new/", applying.apply, name="apply_own"),
    path("applications/new/keep/", applying.keep, name="apply_keep_own"),
    path("applications/new/cv/", applying.cv, name="apply_cv_own"),
    path("applications/many/", deciding.many, name="applications_many"),
    path("applications/<uuid:application_id>/", applications.one, name="application"),
    path("applications/<uuid:application_id>/cv/", applications.cv, name="application_cv"),
]
