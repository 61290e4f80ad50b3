"""Digi below a path such as /forum: DIGI_ROOT_PATH, `--root-path`, or the Daphne-Root-Path header of a proxy."""

from django.conf import settings

from digi.environment import ROOT_PATH
from digi.server.body_limit import Application, Message, Receive, Send


def at_root_path(application: Application) -> Application:
    """Wrap an ASGI application: whether the proxy forwards the root path or cuts it off, paths begin with it.

    Django answers either way, Channels' router fails at paths without the prefix. Anybody can write the header to a
    server that no proxy shields, so what does not look like a path is passed over: it would lead links elsewhere.
    """

    async def rooted(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and (root := scope.get("root_path") or settings.DIGI_ROOT_PATH):
            scope = {**scope, **_rooted(root.rstrip("/"), scope["path"])}
        await application(scope, receive, send)

    return rooted


def _rooted(root: str, path: str) -> dict[str, str]:
    if not ROOT_PATH.fullmatch(root):
        return {"root_path": "", "path": path}
    if path != root and not path.startswith(f"{root}/"):
        path = root + path
    return {"root_path": root, "path": f"{root}/" if path == root else path}
