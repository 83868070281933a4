"""Where we are found: our own address, the proxy before it, the doors for mail."""

from __future__ import annotations

import ipaddress
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from urllib.parse import urlsplit

from django.conf import settings

from goodword.core.diagnosis import Diagnosis

_CALL_SECONDS = 10
# A proxy that the shell names is for the world outside, not for our own address.
_straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def look() -> Iterator[Diagnosis]:
    yield _address()
    yield from _proxies()
    if settings.LMTP_PORT and not _is_inside(settings.LMTP_HOST):
        yield Diagnosis(
            "wrong", "lmtp", "LMTP",
            f"it listens on {settings.LMTP_HOST}, where the internet may reach it: it has no"
            " sign-in, no encryption and no limit.",
            "Set GOODWORD_LMTP_HOST to 127.0.0.1, or to an address in your own network.",
        )  # fmt: skip


def _address() -> Diagnosis:
    parts = urlsplit(settings.URL)
    host = str(parts.hostname)
    if _is_loopback(host):
        if _is_loopback(settings.HOST):
            return Diagnosis(
                "look", "address", "Address",
                f"{settings.URL} can be opened on this machine only, and links in mails lead to"
                " it.",
                "To let others in, put a web server with https before it and set GOODWORD_URL to"
                " what people type.",
            )  # fmt: skip
        return Diagnosis(
            "wrong", "address", "Address",
            f"pages are served on {settings.HOST} without https, and links in mails lead to"
            f" {settings.URL}, which nobody else can open.",
            "Put a web server with https before it, set GOODWORD_URL to what people type, and"
            " GOODWORD_HOST to 127.0.0.1.",
        )  # fmt: skip
    if parts.scheme != "https":
        return Diagnosis(
            "wrong", "address", "Address",
            f"{settings.URL} is not encrypted: passwords and customers' mail cross the network"
            " for everyone on it to read.",
            "Put a web server with https before Goodword, and begin GOODWORD_URL with https://.",
        )  # fmt: skip
    return Diagnosis("ok", "address", "Address", f"{settings.URL}, encrypted.")


def _proxies() -> Iterator[Diagnosis]:
    trusted = settings.TRUSTED_PROXIES
    if settings.URL.startswith("https:") and not trusted:
        yield Diagnosis(
            "look", "proxies", "Trusted proxies",
            "none is named, though https needs a web server before Goodword. All visitors seem to"
            " come from it, so one who guesses passwords locks all of them out.",
            "Set GOODWORD_TRUSTED_PROXIES to its address, often 127.0.0.1.",
        )  # fmt: skip
    for name in trusted:
        try:
            everybody = name == "*" or ipaddress.ip_network(name).prefixlen == 0
        except ValueError:
            yield Diagnosis(
                "wrong", "proxies", "Trusted proxies",
                f"{name} is no address, so its word doesn't count.",
                "Give the proxy's IP address or network, such as 127.0.0.1 or 10.0.0.0/24.",
            )  # fmt: skip
            continue
        if everybody:
            yield Diagnosis(
                "wrong", "proxies", "Trusted proxies",
                f"{name} trusts everybody: any visitor can pretend to be at another address.",
                "Name your proxy's address alone.",
            )  # fmt: skip


def call() -> Iterator[Diagnosis]:
    """Ask our own address, as far as this machine can."""
    about = "Calling our address"
    answers = Diagnosis("ok", "call", about, f"{settings.URL} answers.")
    try:
        _straight.open(f"{settings.URL}/healthz", timeout=_CALL_SECONDS).close()
        yield answers
    except urllib.error.HTTPError as answer:
        answer.close()
        if answer.code == 503:  # Goodword itself, saying what its worker lacks
            yield answers
            return
        yield Diagnosis(
            "wrong", "call", about,
            f"{settings.URL} answers {answer.code} {answer.reason}, so something else is there, or"
            " the web server before Goodword doesn't find it.",
            "Check that Goodword runs, and where that web server hands pages on to.",
        )  # fmt: skip
    except (OSError, ValueError) as error:
        why = getattr(error, "reason", error)
        # In many houses the own address can't be reached from inside; a certificate can be judged.
        yield Diagnosis(
            "wrong" if isinstance(why, ssl.SSLError) else "look", "call", about,
            f"{settings.URL} can't be reached from this machine: {why}.",
            "If others can't either, check that Goodword runs, the web server before it, its"
            " certificate, and the name in your DNS.",
        )  # fmt: skip


def _is_loopback(host: str) -> bool:
    return host == "localhost" or _is(host, "is_loopback")


def _is_inside(host: str) -> bool:
    """Whether only this machine and its own network can reach it; 0.0.0.0 is everywhere."""
    return _is_loopback(host) or (_is(host, "is_private") and not _is(host, "is_unspecified"))


def _is(host: str, kind: str) -> bool:
    try:
        return bool(getattr(ipaddress.ip_address(host), kind))
    except ValueError:
        return False
