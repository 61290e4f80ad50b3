"""Two people on one thesis, each in a browser: uploads that break off, and talks that not everybody reads."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from digi.accounts.models import Role
from tests.e2e.waiting import until, wait_alive
from tests.factories import AffiliationFactory, DepartmentFactory
from tests.papers import pdf
from thesis.models import DocumentVersion, MemberRole, Programme
from thesis.services import theses
from thesis.services.members import bring_in
from thesis.states import State

PART = 1_048_576


@pytest.fixture
def thesis(alice, bob):
    """Alice writes it, Bob supervises."""
    department = DepartmentFactory(name="Distributed Systems", slug="ds")
    AffiliationFactory(user=bob, department=department, role=Role.COORDINATOR)
    programme = Programme.objects.create(department=department, name="Informatics")
    made = theses.create(programme=programme, title="Bounded lag", kind="master", by=bob)
    bring_in(thesis=made, people=[(alice, MemberRole.STUDENT), (bob, MemberRole.SUPERVISOR)], by=bob)
    made.state = State.WRITING
    made.save()
    return made


@pytest.fixture
def paper(tmp_path) -> Path:
    """A PDF of two and a half parts."""
    path = tmp_path / "draft.pdf"
    path.write_bytes(pdf("It is short.\n" + "x" * (5 * PART // 2)))
    return path


def opened(page: Page, thesis, part: str) -> Page:
    """The page, once its socket has spoken: it may do so while the page still loads."""
    heard: list = []

    def listen(socket) -> None:
        if f"/ws/theses/{thesis.uuid}/" in socket.url:
            socket.on("framereceived", lambda frame: heard.append(frame))

    page.on("websocket", listen)
    page.goto(f"/theses/{thesis.uuid}/{part}/")
    until(page, lambda: heard)
    wait_alive(page)
    page.evaluate("window.stayed = true")
    return page


def test_upload_goes_on_after_a_cut_and_a_reload_and_appears_to_the_other(
    signed_in_page, thesis, alice, bob, paper
) -> None:
    writer, reader = signed_in_page(alice), signed_in_page(bob)
    opened(reader, thesis, "documents")
    opened(writer, thesis, "documents")
    asked: list[str] = []
    cut = [True]

    def parts(route: Route) -> None:
        offset = route.request.headers.get("upload-offset", "")
        asked.append(f"{route.request.method} {offset}".strip())
        if cut[0] and route.request.method == "PATCH" and int(offset) >= PART:
            route.abort()
        else:
            route.continue_()

    writer.route(re.compile(r"/api/v1/uploads/"), parts)
    writer.locator("#upload [name=file]").set_input_files(paper)
    writer.locator("#upload [name=note]").fill("Chapter 4")
    writer.locator("#upload").get_by_role("button", name="Upload").click()
    expect(writer.locator("file-upload [data-state=uploading]")).to_contain_text("1.0 MB of 2.5 MB, waiting")

    writer.on("dialog", lambda dialog: dialog.accept())
    opened(writer, thesis, "documents")
    expect(writer.locator("file-upload [data-state=broken]")).to_contain_text("Choose the same file")
    cut[0] = False
    before = len(asked)
    writer.locator("#upload [name=file]").set_input_files(paper)
    writer.locator("#upload").get_by_role("button", name="Upload").click()

    for page in (writer, reader):
        expect(page.locator("#documents .file")).to_contain_text("Chapter 4")
    version = DocumentVersion.objects.get()
    assert asked.count("POST") == 1
    assert asked[before:] == ["HEAD", f"PATCH {PART}", f"PATCH {2 * PART}"]
    assert (version.size, version.note) == (paper.stat().st_size, "Chapter 4")
    assert reader.evaluate("window.stayed")


def test_talk_of_the_staff_never_reaches_the_student_until_it_is_widened(signed_in_page, thesis, alice, bob) -> None:
    student, supervisor = signed_in_page(alice), signed_in_page(bob)
    heard: list[str] = []
    student.on("response", lambda answer: heard.append(answer.text()) if "/discussion/" in answer.url else None)
    student.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    opened(student, thesis, "discussion")
    opened(supervisor, thesis, "discussion")

    supervisor.keyboard.press("c")
    supervisor.keyboard.type("Too thin, @bo")
    supervisor.keyboard.press("Enter")
    supervisor.get_by_label("Seen by").select_option("staff")
    supervisor.get_by_role("button", name="Comment").click()
    expect(supervisor.locator("[data-remark]")).to_contain_text("Too thin, @bob")
    expect(supervisor.locator("form[data-sending]")).to_have_count(0)
    hidden = thesis.threads.get()
    supervisor.locator("#open [name=body]").fill("For everybody.")
    supervisor.get_by_label("Seen by").select_option("all")
    supervisor.get_by_role("button", name="Comment").click()
    expect(student.locator("#talks")).to_contain_text("For everybody.")

    assert student.locator("[data-remark]").count() == 1
    assert not [text for text in heard if "Too thin" in text or str(hidden.uuid) in text]

    supervisor.get_by_role("link", name="Let everyone read it").click()
    expect(supervisor.get_by_role("dialog")).to_contain_text("Alice Winter")
    supervisor.get_by_role("dialog").get_by_role("button", name="Let them read it").click()
    expect(supervisor.get_by_role("dialog")).to_have_count(0)
    expect(student.locator("#talks")).to_contain_text("Too thin")
    student.keyboard.press("n")
    student.keyboard.press("n")
    assert "Too thin" in student.evaluate("document.activeElement.textContent")
    until(student, lambda: [text for text in heard if "Too thin" in text])
    assert student.evaluate("window.stayed")
    assert supervisor.evaluate("window.stayed")
