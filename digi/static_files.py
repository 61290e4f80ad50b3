"""Static files: below whatever path Digi lies, and in production under names that carry their hash."""

import os
import re
from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import StaticFilesStorage
from django.core.files.base import ContentFile
from django.urls import get_script_prefix
from servestatic.storage import CompressedManifestStaticFilesStorage

IMPORT = re.compile(r'@import "([\w-]+\.css)";\n')


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

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """As ever; but a sheet that only imports its neighbours becomes one with them: a request, and a third less."""
        for name in () if dry_run else [name for name in paths if name.endswith(".css")]:
            self._join(name, paths)
        yield from super().post_process(paths, dry_run=dry_run, **options)

    def _join(self, name: str, paths: dict[str, Any]) -> None:
        sheet = self._text(name)
        if IMPORT.search(sheet) is None:
            return
        folder = name.rpartition("/")[0]
        joined = IMPORT.sub(lambda found: self._text(f"{folder}/{found[1]}"), sheet)
        self.delete(name)
        self._save(name, ContentFile(joined.encode()))
        paths[name] = (self, name)

    def _text(self, name: str) -> str:
        with self.open(name) as file:
            text: str = file.read().decode()
        return text

    def stat_static_root(self) -> dict[str, os.stat_result]:
        """Nothing: inodes and times in the manifest would make each build another, to spare a start milliseconds."""
        return {}
