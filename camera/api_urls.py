"""The API's routes of cameras."""

from django.urls import path

from camera.api import access, cameras, recordings, settings

CAMERA = "cameras/<slug:slug>/"
RECORDING = CAMERA + "recordings/<uuid:recording_id>/"

urlpatterns = [
    path("cameras/", cameras.Cameras.as_view()),
    path(CAMERA, cameras.OneCamera.as_view()),
    path(CAMERA + "capabilities/", settings.Capabilities.as_view()),
    path(CAMERA + "settings/", settings.Settings.as_view()),
    path(CAMERA + "settings/reset/", settings.Reset.as_view()),
    path(CAMERA + "history/", settings.History.as_view()),
    path(CAMERA + "history/<int:revision>/undo/", settings.Undo.as_view()),
    path(CAMERA + "presets/", settings.Presets.as_view()),
    path(CAMERA + "presets/<uuid:preset_id>/", settings.OnePreset.as_view()),
    path(CAMERA + "presets/<uuid:preset_id>/apply/", settings.ApplyPreset.as_view()),
    path(CAMERA + "grants/", access.Grants.as_view()),
    path(CAMERA + "grants/<str:username>/", access.OneGrant.as_view()),
    path(CAMERA + "tokens/", access.AgentTokens.as_view()),
    path(CAMERA + "tokens/rotate/", access.RotateTokens.as_view()),
    path(CAMERA + "tokens/<uuid:token_id>/", access.OneAgentToken.as_view()),
    path(CAMERA + "recordings/", recordings.Recordings.as_view()),
    path(RECORDING, recordings.OneRecording.as_view()),
    path(RECORDING + "stop/", recordings.StopRecording.as_view()),
    path(RECORDING + "parts/<int:n>/", recordings.PartFile.as_view(), name="camera-recording-part"),
    path(CAMERA + "snapshot.jpg", recordings.Snapshot.as_view(), name="camera-snapshot"),
    path(CAMERA + "snapshot.png", recordings.PngSnapshot.as_view(), name="camera-snapshot-png"),
    path(CAMERA + "thumbnail/", recordings.Thumbnail.as_view(), name="camera-thumbnail"),
]
