from django.urls import path

from digi.files import views

app_name = "files"
urlpatterns = [path("files/<uuid:uuid>/", views.download, name="download")]
