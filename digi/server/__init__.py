"""Daphne with Digi's defaults and limits; `digi.asgi` also runs under other ASGI servers, without them."""
