"""Digi below a path such as /forum: `--root-path`, or the Daphne-Root-Path header of a proxy."""

import re

from digi.server.body_limit import Application, Message, Receive, Send

_SEGMENT = r"/[\w~-][\w.~-]*"
_ROOT = re.compile(rf"(?:{_SEGMENT})+", re.ASCII)


def at_root_path(application: Application) -> Application:
    """Wrap an ASGI application: whether the proxy forwards the root path or cuts it off, paths begin with it.

    Django answers either way, Channels' router fails at paths without the prefix. Anybody can write the header to a
    server that no proxy shields, so what does not look like a path is passed over: it would lead links elsewhere.
    """

    async def rooted(scope: Message, receive: Receive, send: Send) -> None:
        if scope.get("root_path"):
            scope = {**scope, **_rooted(scope["root_path"].rstrip("/"), scope["path"])}
        await application(scope, receive, send)

    return rooted


def _rooted(root: str, path: str) -> dict[str, str]:
    if not _ROOT.fullmatch(root):
        return {"root_path": "", "path": path}
    if path != root and not path.startswith(f"{root}/"):
        path = root + path
    return {"root_path": root, "path": f"{root}/" if path == root else path}
