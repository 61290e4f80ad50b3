"""What a first visit costs, of every page that links lead the people of a department to."""

from urllib.parse import urlsplit

import pytest
from django.core.management import call_command
from django.urls import resolve

from tests.conftest import PASSWORD
from tests.digi.serving.pages import Browser
from tests.digi.serving.test_static import LEADS_AWAY, LIMIT, start
from tests.visitor import Visitor

PEOPLE = ("dave", "bob", "carol", "grace", "admin")  # a student, a supervisor, an examiner, a coordinator
FILES = (".csv", ".bib", ".ics", ".xlsx", ".zip", ".pdf")
ELSEWHERE = (*LEADS_AWAY, "/camera/", "/chat/", "/api/")  # tests beside this weigh them
KNOWN = {"overview", "documents", "discussion", "marks", "timeline", "dashboard", "theses", "board", "plan", "library"}


@pytest.fixture
def room(transactional_db, settings, tmp_path) -> None:
    """The ground that `serve` stands on: the demo's department."""
    settings.DEBUG, settings.VAR, settings.DIGI_DEMO_PASSWORD = True, tmp_path, PASSWORD
    call_command("demo", verbosity=0)
    settings.DEBUG = False


def test_first_load_of_every_page_of_a_department_is_light(serve, production):
    url = start(serve, production).visitor().url
    weights: dict[str, int] = {}

    for name in PEOPLE:
        browser = Browser(Visitor(url))
        browser.visitor.sign_in(name)
        waiting = [f"{url}/dashboard/"]
        while waiting:
            address = waiting.pop()
            path = urlsplit(address).path
            if not address.startswith(url) or path.startswith(ELSEWHERE) or path.endswith(FILES):
                continue
            view = resolve(path).view_name
            if view not in weights:
                weights[view], links = browser.load(address)
                waiting += sorted(links)

    print("\n".join(f"{size:>8} {view}" for view, size in sorted(weights.items(), key=lambda item: -item[1])))
    assert {f"thesis:{name}" for name in KNOWN} < weights.keys()
    assert {view: size for view, size in weights.items() if size > LIMIT} == {}
