"""The HTTP map: every app's own routes, and the pages of the house itself."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from digi import faults, health, home
from digi.accounts.views.sessions import SessionList
from digi.metrics import Metrics

urlpatterns = [
    path("", home.home, name="home"),
    path("language/", home.set_language, name="set_language"),
    path("offline/", home.offline, name="offline"),
    path("worker.js", home.worker, name="worker"),
    path("favicon.ico", home.favicon),
    path("manifest.webmanifest", home.manifest, name="manifest"),
    path("jsi18n/", home.Catalogue.as_view(), name="jsi18n"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", Metrics.as_view(), name="metrics"),
    path("chat/", include("chat.urls")),
    path("", include("digi.accounts.urls")),
    path("", include("digi.files.urls")),
    path("", include("digi.notifications.urls")),
    path("", include("digi.webhooks.urls")),
    path("", include("digi.audit.urls")),
    path("", include("digi.status.urls")),
    path("", include("thesis.urls")),
    path("camera/", include("camera.urls")),
    path("accounts/sessions/", SessionList.as_view(), name="usersessions_list"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("digi.accounts.api_urls")),
    path("api/v1/", include("digi.notifications.api_urls")),
    path("api/v1/", include("digi.webhooks.api_urls")),
    path("api/v1/", include("chat.api_urls")),
    path("api/v1/", include("digi.files.api_urls")),
    path("api/v1/", include("thesis.api_documents_urls")),
    path("api/v1/", include("thesis.api_urls")),
    path("api/v1/", include("camera.api_urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api_docs"),
]

if settings.DEBUG:
    urlpatterns.append(re_path(r"^.*/$", faults.lost))

handler400 = "digi.faults.bad_request"
handler403 = "digi.faults.forbidden"
handler404 = "digi.faults.not_found"
handler500 = "digi.faults.failed"
