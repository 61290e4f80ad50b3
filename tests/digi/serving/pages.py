"""What a browser fetches for a page that it has never seen: the page and all it needs at once, counted in bytes."""

import re
from urllib.parse import urljoin, urlsplit

import httpx

from tests.visitor import Visitor

ATTRIBUTES = re.compile(
    r'<link[^>]*rel="(?:stylesheet|icon|manifest|preload|modulepreload)"[^>]*>|<script[^>]*src=[^>]*>|<img[^>]*src=[^>]*>'
)
ADDRESS = re.compile(r'(?:href|src)="([^"]+)"')
ICONS = re.compile(r'<meta name="icons" content="([^"]+)"')
IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*["']([./][^"']+)["']""")
LINKS = re.compile(r'<a [^>]*href="([^"#]+)"')


class Browser:
    """Measures pages of one visitor; what was fetched once is remembered, not counted once."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self._sizes: dict[str, int] = {}
        self._imports: dict[str, list[str]] = {}

    def load(self, address: str) -> tuple[int, set[str]]:
        """Bytes of the first load over the network, bodies alone, and the addresses that the page leads to."""
        answer = self._ask(address)
        if answer.is_redirect:
            return 0, {urljoin(address, answer.headers["Location"])}
        text = self._text(answer)
        parts: set[str] = set()
        for tag in ATTRIBUTES.findall(text):
            parts |= self._with_imports(urljoin(address, ADDRESS.search(tag)[1].replace("&amp;", "&")))
        parts |= {urljoin(address, icons) for icons in ICONS.findall(text)}
        total = answer.num_bytes_downloaded + sum(self._size(part) for part in parts)
        return total, {urljoin(address, link.replace("&amp;", "&")) for link in LINKS.findall(text)}

    def _with_imports(self, address: str) -> set[str]:
        found, waiting = set(), [address]
        while waiting:
            one = waiting.pop()
            if one not in found and not one.startswith("data:"):
                found.add(one)
                self._size(one)
                waiting += self._imports[one]
        return found

    def _size(self, address: str) -> int:
        if address not in self._sizes:
            answer = self._ask(address)
            text, self._sizes[address] = self._text(answer), answer.num_bytes_downloaded
            script = urlsplit(address).path.endswith(".js")
            self._imports[address] = [urljoin(address, part) for part in IMPORT.findall(text)] if script else []
        return self._sizes[address]

    def _ask(self, address: str) -> httpx.Response:
        return self.visitor.ask("GET", address, headers={"Accept-Encoding": "br, gzip"})

    def _text(self, answer: httpx.Response) -> str:
        assert answer.status_code == 200, (answer.url, answer.status_code)
        return answer.text
