"""Somebody signs in each second, as a browser does: `python -m bench.signing_in PORT USER PASSWORD SECONDS`.

In a process of its own, so that the load generator beside it is not held up. Prints a line after the first
sign-in, and at the end how many succeeded; ends with 1 when one did not.
"""

import sys
import time
from http.cookiejar import CookieJar
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, HTTPRedirectHandler, Request, build_opener


class _Stay(HTTPRedirectHandler):
    """The redirect after a sign-in is the answer; the page behind it is somebody else's measurement."""

    def redirect_request(self, *_: object) -> None:
        return None

    def http_error_302(self, request: Request, fp: object, *_: object) -> object:
        return fp


def sign_in(port: int, user: str, password: str) -> bool:
    """Fetch the form, post it; whether it was accepted."""
    url = f"http://127.0.0.1:{port}/accounts/login/"
    cookies = CookieJar()
    browser = build_opener(HTTPCookieProcessor(cookies), _Stay())
    with browser.open(url, timeout=20) as page:
        form = page.read().decode()
    token = form.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    fields = {"csrfmiddlewaretoken": token, "login": user, "password": password}
    headers = {"Origin": f"http://127.0.0.1:{port}", "Referer": url}
    with browser.open(Request(url, urlencode(fields).encode(), headers), timeout=20):
        return any("sessionid" in cookie.name for cookie in cookies)


def main(port: int, user: str, password: str, seconds: float) -> int:
    """Sign in at every full second; the status to exit with."""
    start = time.monotonic()
    done = [sign_in(port, user, password)]
    print("The first one is done.", flush=True)
    while (due := start + len(done)) < start + seconds:
        time.sleep(max(0.0, due - time.monotonic()))
        done.append(sign_in(port, user, password))
    print(sum(done))
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2], sys.argv[3], float(sys.argv[4])))
