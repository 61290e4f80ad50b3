"""Static files: below whatever path Digi lies, and in production under names that carry their hash."""

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.urls import get_script_prefix
from servestatic.storage import CompressedManifestStaticFilesStorage


class _Rooted:
    """Links begin with the root path of the request that is answered; Django's own are fixed before it is known."""

    def url(self, *args: object, **options: object) -> str:
        link: str = super().url(*args, **options)  # type: ignore[misc]
        return get_script_prefix().rstrip("/") + link


class Sources(_Rooted, StaticFilesStorage):
    """For development: the files as they lie in the folders."""


class HashedModules(_Rooted, CompressedManifestStaticFilesStorage):
    """A page's script and all it imports change name together, so that a browser never mixes two releases."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20  # a name settles one step of the import graph a pass
