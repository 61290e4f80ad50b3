"""Lists of theses: a table, a board, a plan."""

from django.urls import path

from thesis.views import board, bulk, lists, plan

urlpatterns = [
    path("theses/", lists.theses, name="theses"),
    path("theses/many/", bulk.many, name="bulk"),
    path("theses/board/", board.board, name="board"),
    path("theses/board/<uuid:thesis_id>/", board.move, name="board_move"),
    path("theses/plan/", plan.plan, name="plan"),
]
