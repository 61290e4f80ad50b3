"""The pages of theses."""

from django.urls import path

from thesis import views

app_name = "thesis"
urlpatterns = [path("<uuid:thesis_id>/receipts/<uuid:receipt_id>/", views.receipt, name="receipt")]
