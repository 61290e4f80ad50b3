"""The pages of topics, and of applying for one."""

from django.urls import path

from thesis.views import subscriptions, topic_editing, topics

urlpatterns = [
    path("topics/", topics.every, name="topics"),
    path("topics/new/", topic_editing.new, name="topic_new"),
    path("topics/subscriptions/", subscriptions.mine, name="topic_subscriptions"),
    path("topics/subscriptions/<uuid:subscription_id>/end/", subscriptions.end, name="topic_subscription_end"),
    path("topics/<uuid:topic_id>/", topics.topic, name="topic"),
    path("topics/<uuid:topic_id>/edit/", topic_editing.edit, name="topic_edit"),
    path("topics/<uuid:topic_id>/move/", topic_editing.move, name="topic_move"),
]
