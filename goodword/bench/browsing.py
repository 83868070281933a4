"""Ask a running Goodword for pages as a teammate's browser does, and take the time."""

from __future__ import annotations

import http.client
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html import unescape
from itertools import cycle, islice
from urllib.parse import urlencode, urlsplit

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_CSRF_COOKIE = "goodword_csrf"
_SIGN_IN = "/account/login/"
HTMX = {"HX-Request": "true"}


@dataclass(frozen=True, slots=True)
class Asked:
    """What one request took."""

    seconds: float
    size_bytes: int


class Browser:
    """One connection, kept alive, with its cookies."""

    def __init__(self, url: str, cookies: Mapping[str, str] | None = None) -> None:
        self.url = url
        self._connection = http.client.HTTPConnection(str(urlsplit(url).netloc), timeout=60)
        self.cookies = dict(cookies or {})

    def sign_in(self, email: str, password: str) -> None:
        status, page = self._ask("GET", _SIGN_IN)
        token = _CSRF.search(page)
        assert status == 200 and token, "no sign-in page"
        form = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
        status, page = self._ask(
            "POST",
            _SIGN_IN,
            urlencode(form),
            {"Content-Type": "application/x-www-form-urlencoded", "Referer": self.url + _SIGN_IN},
        )
        assert status == 302, f"{email} could not sign in: {status}"

    def see(self, path: str, headers: Mapping[str, str] | None = None) -> str:
        """A page. Raises AssertionError when there is none."""
        status, page = self._ask("GET", path, headers=headers)
        assert status == 200, f"{path} answered {status}: {page[:300]}"
        return page

    def look(self, path: str, headers: Mapping[str, str]) -> int:
        """The status of a page, whatever it is."""
        return self._ask("GET", path, headers=headers)[0]

    def press(
        self, path: str, form: Mapping[str, str | list[str]], headers: Mapping[str, str]
    ) -> int:
        """Send a form; the status of what is answered."""
        sent = {
            "Content-Type": "application/x-www-form-urlencoded",
            "X-CSRFToken": self.cookies[_CSRF_COOKIE],
        }
        return self._ask("POST", path, urlencode(form, doseq=True), {**sent, **headers})[0]

    def measure(self, path: str, headers: Mapping[str, str]) -> Asked:
        begun = time.perf_counter()
        page = self.see(path, headers)
        return Asked(time.perf_counter() - begun, len(page.encode()))

    def close(self) -> None:
        self._connection.close()

    def _ask(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[int, str]:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        self._connection.request(method, path, body, {"Cookie": cookie, **(headers or {})})
        answer = self._connection.getresponse()
        for header in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = header.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, answer.read().decode()


def links(page: str, pattern: str) -> list[str]:
    """The addresses in a page that match, each once, in their order."""
    return list(dict.fromkeys(unescape(found) for found in re.findall(pattern, page)))


def ask(
    url: str,
    cookies: Mapping[str, str],
    paths: Sequence[str],
    headers: Mapping[str, str],
    *,
    times: int,
    at_once: int,
) -> list[Asked]:
    """Ask for `paths` in turn, `times` in all, by as many browsers as `at_once`."""

    def browse(share: Iterator[str]) -> list[Asked]:
        browser = Browser(url, cookies)
        try:
            return [browser.measure(path, headers) for path in share]
        finally:
            browser.close()

    wanted = list(islice(cycle(paths), times))
    with ThreadPoolExecutor(at_once) as pool:
        found = pool.map(browse, (iter(wanted[n::at_once]) for n in range(at_once)))
    return [each for share in found for each in share]
