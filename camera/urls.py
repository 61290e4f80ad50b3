"""The pages of cameras."""

from django.urls import path

from camera.views import cameras, history, page, people, pictures, recordings, token

app_name = "camera"
urlpatterns = [
    path("", cameras.camera_list, name="list"),
    path("new/", cameras.new, name="new"),
    path("<slug:slug>/", page.page, name="page"),
    path("<slug:slug>/act/", page.act, name="act"),
    path("<slug:slug>/presets/", page.preset_list, name="presets"),
    path("<slug:slug>/rename/", cameras.rename, name="rename"),
    path("<slug:slug>/retire/", cameras.retire, name="retire"),
    path("<slug:slug>/token/", token.token, name="token"),
    path("<slug:slug>/people/", people.people, name="people"),
    path("<slug:slug>/people/<int:grant>/withdraw/", people.withdraw, name="withdraw"),
    path("<slug:slug>/history/", history.changes, name="history"),
    path("<slug:slug>/history/<int:revision>/undo/", history.undo, name="undo"),
    path("<slug:slug>/recordings/", recordings.recording_list, name="recordings"),
    path("<slug:slug>/recordings/record/", recordings.record, name="record"),
    path("<slug:slug>/recordings/<uuid:uuid>/delete/", recordings.delete, name="delete_recording"),
    path("<slug:slug>/recordings/<uuid:uuid>/<int:n>.mp4", recordings.part, name="part"),
    path("<slug:slug>/thumbnail.jpg", pictures.thumbnail, name="thumbnail"),
    path("<slug:slug>/picture.jpg", pictures.picture, {"ending": "jpg"}, name="picture"),
    path("<slug:slug>/picture.png", pictures.picture, {"ending": "png"}, name="picture_png"),
]
