"""Authentication-Results (RFC 8601): what the servers on the way say of the From address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from goodword.channels.email.headers import addresses
from goodword.channels.email.mime import Part
from goodword.core.text import clean_line
from goodword.desk.roads import Authentication, Party

_HEADER = "authentication-results"
_MOST_HEADERS = 50
_MOST_VALUE = 8000
_RESULT = re.compile(r"\s*([a-z][a-z0-9_-]{0,30})\s*(?:/\s*\d+\s*)?=\s*([a-z]{1,20})", re.I)
_PROPERTY = re.compile(r"(?<!\S)([a-z]{1,20}\.[a-z0-9_-]{1,40})\s*=\s*(\S{1,400})", re.I)
_TOKEN = re.compile(r'\\.|[^();"\\]+|[();"\\]', re.DOTALL)
# The sender chooses what stands in quotes (RFC 5321, 4.1.2): it must not look like a property.
_IN_QUOTES = re.compile(r"[\s=;]")
_AGAINST = {"fail", "softfail", "hardfail"}
# Whose domain a method vouches for, the first of these that is told: where the envelope names a
# sender, SPF is about that one, and HELO may say anything.
_VOUCHES = {"dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom", "smtp.mail", "smtp.helo")}
# Microsoft judges domains without DMARC ("bestguesspass").
_DMARC_PASS = {"pass", "bestguesspass"}


@dataclass(frozen=True, slots=True)
class _Result:
    method: str
    result: str
    properties: dict[str, str]
    comment: str

    def words(self, property_name: str = "") -> str:
        told = f"{self.method}={self.result}"
        if property_name:
            return f"{told} {property_name}={self.properties[property_name]}"
        return f"{told} ({self.comment})" if self.comment else told


def authentications(mail: Part, behind: Party | None = None) -> list[Authentication]:
    """One for each server, the last server on the way first. Which of them to believe is not
    decided here: the sender can write such headers too.

    `behind`: who wrote it if a list put its own address in From; what is told is of them then.
    """
    written = [behind.address] if behind else addresses(mail, "From")
    domain = written[0].rpartition("@")[2].lower().rstrip(".") if written else ""
    return [_judged(server, results, domain) for server, results in _by_server(mail)]


def _by_server(mail: Part) -> list[tuple[str, list[_Result]]]:
    """Results by server; several headers of one server count together.

    But not across a Received: what stands below it came with the mail, under whatever name.
    """
    found: list[tuple[str, list[_Result]]] = []
    together = False
    for name, value in mail.headers:
        if name.lower() == "received":
            together = False
        if name.lower() != _HEADER:
            continue
        server, results = _read(value[:_MOST_VALUE])
        if together and found and found[-1][0] == server:
            found[-1][1].extend(results)
        else:
            found.append((server, results))
        together = True
        if len(found) >= _MOST_HEADERS:
            break
    return found


def _read(value: str) -> tuple[str, list[_Result]]:
    """The server's name (Microsoft leaves it out) and the results."""
    segments = list(_segments(value))
    first = segments[0][0].split()
    named = bool(first) and "=" not in first[0] and not _RESULT.match(segments[0][0])
    server = clean_line(first[0].strip('"'), most=255).lower() if named else ""
    results = []
    for bare, comment in segments[1:] if named else segments:
        match = _RESULT.match(bare)
        if match:
            properties: dict[str, str] = {}
            for key, found in _PROPERTY.findall(bare):
                properties.setdefault(key.lower(), found)
            method, result = match.group(1).lower(), match.group(2).lower()
            results.append(_Result(method, result, properties, clean_line(comment, most=100)))
    return server, results


def _segments(value: str) -> Iterator[tuple[str, str]]:
    """What stands between semicolons, without comments; and the first comment in it."""
    bare, comments, depth, quoted = "", [""], 0, False
    for mark in _TOKEN.findall(value):
        if mark == '"' and not depth:
            quoted = not quoted
        elif quoted:
            bare += _IN_QUOTES.sub("_", mark)
        elif mark == "(":
            depth += 1
            comments += [""] if depth == 1 else []
        elif mark == ")" and depth:
            depth -= 1
        elif depth:
            comments[-1] += mark
        elif mark == ";":
            yield bare, comments[1] if comments[1:] else ""
            bare, comments = "", [""]
        else:
            bare += mark
    yield bare, comments[1] if comments[1:] else ""


def _judged(server: str, results: list[_Result], domain: str) -> Authentication:
    verdict, why = _verdict(results, domain)
    return Authentication(server=server, verdict=verdict, why=clean_line(why, most=300))


def _verdict(results: list[_Result], domain: str) -> tuple[Literal["pass", "fail", "none"], str]:
    for one in results:
        about_another = not _aligned(one.properties.get("header.from", domain), domain)
        if one.method != "dmarc" or about_another:
            continue
        if one.result == "fail":
            return "fail", one.words()
        if one.result in _DMARC_PASS:
            return "pass", one.words()
    for one in results:
        name = next((n for n in _VOUCHES.get(one.method, ()) if n in one.properties), "")
        vouched = one.properties.get(name, "").rpartition("@")[2]
        if one.result == "pass" and domain and _aligned(vouched, domain):
            return "pass", one.words(name)
    against = [one for one in results if one.result in _AGAINST and one.method in _VOUCHES]
    if {one.method for one in against} == set(_VOUCHES):
        return "fail", ", ".join(one.words() for one in against)
    return "none", ""


def _aligned(one: str, other: str) -> bool:
    """Whether two domains are of one organisation: the same, or one below the other.

    DMARC asks the list of public suffixes (RFC 7489, 3.2); nobody signs for "co.uk" anyway.
    """
    one, other = one.lower().strip("."), other.lower().strip(".")
    longer, shorter = (one, other) if len(one) > len(other) else (other, one)
    return longer == shorter or ("." in shorter and longer.endswith(f".{shorter}"))
