"""The pages of one thesis."""

from django.urls import path

from thesis.views import (
    describing,
    extensions,
    guests,
    marks,
    members,
    new,
    overview,
    receipts,
    timeline,
)

THESIS = "theses/<uuid:thesis_id>/"

urlpatterns = [
    path("theses/new/", new.new, name="new"),
    path(THESIS, overview.overview, name="overview"),
    path(THESIS + "step/", overview.step, name="step"),
    path(THESIS + "chat/<str:username>/", overview.talk, name="talk"),
    path(THESIS + "edit/", describing.edit, name="edit"),
    path(THESIS + "extensions/", extensions.extension_list, name="extensions"),
    path(THESIS + "extensions/<uuid:extension_id>/", extensions.decide, name="extension"),
    path(THESIS + "members/", members.member_list, name="members"),
    path(THESIS + "members/<uuid:member_id>/", members.remove, name="member"),
    path(THESIS + "handover/", members.hand_over, name="hand_over"),
    path(THESIS + "invitations/", members.invite, name="invite"),
    path(THESIS + "invitations/<uuid:invitation_id>/", members.revoke, name="invitation"),
    path(THESIS + "marks/", marks.mark_page, name="marks"),
    path(THESIS + "marks/publish/", marks.publish, name="publish_marks"),
    path(THESIS + "marks/<str:username>/", marks.enter, name="mark"),
    path(THESIS + "report/", marks.report, name="report"),
    path(THESIS + "timeline/", timeline.timeline, name="timeline"),
    path(THESIS + "receipts/<uuid:receipt_id>/", receipts.receipt, name="receipt"),
    path("invited/<str:secret>/", guests.invited, name="invited"),
    path("invited/<str:secret>/<uuid:version_id>/", guests.paper, name="invited_paper"),
]
