"""Going through pages and looking at each: accessibility, sideways scroll, what moves while it loads."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.waiting import wait_still

SCREENS = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
LOOKS = [("desk", "light"), ("phone", "dark")]  # each size and each theme once: contrast does not hang on size
SHIFTS = """new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) sum += entry.value; })
    .observe({ type: "layout-shift", buffered: true });
  setTimeout(() => resolve(sum), 100);
})"""


def violations(page: Page) -> list[str]:
    """Axe's, each with the first places and why. It need not load sheets anew, which our policy would not let it."""
    wait_still(page)
    found = Axe().run(page, options={"preload": False}).response["violations"]
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}" for fault in found for node in fault["nodes"][:2]
    ]


def faults_of(page: Page) -> list[str]:
    """Axe's violations, and how far the page goes beyond the narrowest phone."""
    found = violations(page)
    page.set_viewport_size({"width": 320, "height": 640})
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, f"{beyond} px too wide"] if beyond > 0 else found


def walk(page: Page, addresses: tuple[str, ...], screen: str, lost: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """What is wrong with each page; those in `lost` are errors on purpose."""
    faults = {}
    for address in addresses:
        page.set_viewport_size(SCREENS[screen])
        status = page.goto(address).status
        moved = page.evaluate(SHIFTS)
        faults[address] = faults_of(page) + ([f"moved by {moved}"] if moved > 0.05 else [])
        if status >= 400 and address not in lost:
            faults[address].append(f"answered {status}")
    return faults
