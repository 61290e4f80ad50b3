"""Other ASGI servers in Daphne's place."""

import pytest
from websockets.exceptions import InvalidStatus

from tests.digi.serving.recipes import recipe
from tests.servers import free_port
from tests.visitor import Visitor


@pytest.mark.parametrize("program", ["Uvicorn", "Hypercorn"])
def test_another_asgi_server_serves_the_same(serve, program):
    port = free_port()
    url = f"http://127.0.0.1:{port}"

    serve(recipe(program, **{"8000": port}), visitor=lambda: Visitor(url), DIGI_BODY_LIMIT="100000")

    assert Visitor(url).talk("by another server") == "by another server"
    for address in ("/ws/chat/", "/elsewhere/"):
        with pytest.raises(InvalidStatus) as refused:
            Visitor(url).open(address)
        assert refused.value.response.status_code == 403
    assert Visitor(url).ask("POST", "/accounts/login/", content=b"x" * 100_001).status_code == 413
