"""What the DNS says of the domains we write from: MX, SPF, DKIM, DMARC.

A question that nobody answers is no fault of the domain: it is said, and nothing more.
"""

from __future__ import annotations

from collections.abc import Iterator

import dns.exception
import dns.name
import dns.resolver

from goodword.channels.email import spf
from goodword.channels.email.providers import provider_of
from goodword.core.diagnosis import Diagnosis
from goodword.inboxes.models import InboxAddress

_SECONDS = 4.0  # for one question, all tries together
# Which name a key has is the sender's choice; these are what the usual providers choose.
_DKIM_SELECTORS = (
    "default", "dkim", "mail", "google", "selector1", "selector2", "k1", "k2", "k3", "s1", "s2",
    "fm1", "fm2", "fm3", "protonmail", "zoho", "zmail", "pm", "sig1", "mx", "key1", "dkim1",
    "s1-ionos", "s2-ionos", "mailjet", "mandrill", "sendgrid", "resend", "brevo1", "brevo2",
)  # fmt: skip


class NobodyAnswers(Exception):
    """The question could not be asked."""


class Asker:
    """Asks one resolver, this machine's unless another is given."""

    def __init__(
        self, resolver: dns.resolver.Resolver | None = None, *, seconds: float = _SECONDS
    ) -> None:
        self._seconds = seconds
        try:
            self._resolver = resolver or dns.resolver.Resolver()
        except (dns.exception.DNSException, OSError) as error:
            raise NobodyAnswers("this machine names no DNS server") from error

    def ask(self, name: str, kind: str) -> list[str]:
        """The records as text, none if there is none. Raises NobodyAnswers, NoSuchDomain."""
        try:
            asked = dns.name.from_text(name)
        except (dns.exception.DNSException, UnicodeError):
            return []  # no DNS can hold such a name
        try:
            answer = self._resolver.resolve(asked, kind, lifetime=self._seconds)
        except dns.resolver.NXDOMAIN as error:
            raise spf.NoSuchDomain(name) from error
        except (dns.resolver.NoAnswer, dns.resolver.YXDOMAIN):
            return []
        except (dns.exception.DNSException, OSError) as error:
            raise NobodyAnswers(" ".join(str(error).split())[:200]) from error
        if kind == "TXT":
            return [b"".join(each.strings).decode("utf-8", "replace") for each in answer]
        return [each.to_text() for each in answer]

    def texts(self, name: str, begins: str) -> list[str]:
        """The TXT records of `name` that begin so; a name that isn't there has none."""
        try:
            found = self.ask(name, "TXT")
        except spf.NoSuchDomain:
            return []
        return [text for text in found if text.strip().lower().startswith(begins.lower())]


def look(
    resolver: dns.resolver.Resolver | None = None, *, seconds: float = _SECONDS
) -> Iterator[Diagnosis]:
    """Every domain that an inbox answers from, in the order of their names."""
    domains: set[str] = set()
    for address in InboxAddress.objects.values_list("value", flat=True):
        if provider_of(address) is None:  # a provider looks after its own domain
            domains.add(address.rpartition("@")[2].lower())
    try:
        asker = Asker(resolver, seconds=seconds)
        for domain in sorted(domains):
            yield from examine(domain, asker)
    except NobodyAnswers as error:
        yield Diagnosis(
            "look", "dns", "DNS",
            f"could not be asked ({error}), so nothing is known about SPF, DKIM and DMARC of"
            f" {', '.join(sorted(domains))}.",
            "Run this again where names can be looked up.",
        )  # fmt: skip


def examine(domain: str, asker: Asker) -> Iterator[Diagnosis]:
    """What is to be said of one domain. Raises NobodyAnswers when not even its MX is told."""
    try:
        yield _mx(domain, asker)
    except spf.NoSuchDomain:
        yield Diagnosis(
            "wrong", "domain", f"DNS of {domain}",
            "there is no such domain: nobody can write to it, and mail from it is refused.",
            "Check the inbox's address, and whether the domain has run out.",
        )  # fmt: skip
        return
    for rule, check in (("spf", _spf), ("dkim", _dkim), ("dmarc", _dmarc)):
        try:
            yield check(domain, asker)
        except NobodyAnswers as error:
            about = f"{rule.upper()} of {domain}"
            yield Diagnosis("look", rule, about, f"could not be asked ({error}).", "Try later.")


def _mx(domain: str, asker: Asker) -> Diagnosis:
    about = f"MX of {domain}"
    servers = asker.ask(domain, "MX")
    if servers and all(each.split()[-1] == "." for each in servers):
        return Diagnosis(
            "wrong", "mx", about, "the domain says that it takes no mail, so nobody can answer us.",
            "Name your provider's mail server as MX.",
        )  # fmt: skip
    if servers:
        names = ", ".join(sorted(each.split()[-1].rstrip(".") for each in servers))
        return Diagnosis("ok", "mx", about, f"mail goes to {names}.")
    if asker.ask(domain, "A") or asker.ask(domain, "AAAA"):
        return Diagnosis(
            "look", "mx", about, "none, so mail goes to the domain's own address.",
            "Name the server that takes your mail.",
        )  # fmt: skip
    return Diagnosis(
        "wrong", "mx", about, "no server is named that takes mail: nobody can answer us.",
        "Name your provider's mail server as MX.",
    )  # fmt: skip


def _spf(domain: str, asker: Asker) -> Diagnosis:
    about = f"SPF of {domain}"
    records = asker.texts(domain, "v=spf1")
    if not records:
        return Diagnosis(
            "look", "spf", about,
            "none, so receivers can't tell our mail from a forger's, and more of it ends as spam.",
            "Your provider says what to publish, such as: v=spf1 include:PROVIDER -all",
        )  # fmt: skip
    if len(records) > 1:
        return Diagnosis(
            "wrong", "spf", about,
            f"there are {len(records)} records, so receivers count none of them (RFC 7208, 4.5).",
            "Join them into one.",
        )  # fmt: skip
    fault = spf.fault_of(records[0], domain, asker.texts)
    if fault:
        return Diagnosis(fault.state, "spf", about, fault.words, fault.do)
    return Diagnosis("ok", "spf", about, records[0])


def _dkim(domain: str, asker: Asker) -> Diagnosis:
    about = f"DKIM of {domain}"
    found = [each for each in _DKIM_SELECTORS if _has_key(each, domain, asker)]
    if found:
        return Diagnosis("ok", "dkim", about, f"keys at {', '.join(found)}.")
    return Diagnosis(
        "look", "dkim", about,
        "no key under any of the usual names. Without a signature more of our mail ends as spam,"
        " and Google and Yahoo refuse it from those who send much.",
        "Turn DKIM on at your provider; if it is on under a name of your own, all is well.",
    )  # fmt: skip


def _has_key(selector: str, domain: str, asker: Asker) -> bool:
    try:
        texts = asker.ask(f"{selector}._domainkey.{domain}", "TXT")
    except spf.NoSuchDomain:
        return False
    keys = [tag.strip() for text in texts for tag in text.split(";")]
    # An empty key is one that was withdrawn (RFC 6376, 3.6.1).
    return any(tag.startswith("p=") and tag != "p=" for tag in keys)


def _dmarc(domain: str, asker: Asker) -> Diagnosis:
    about = f"DMARC of {domain}"
    records, place = _dmarc_records(domain, asker)
    if not records:
        return Diagnosis(
            "look", "dmarc", about,
            "none, so forgers may write in our name, and Google and Yahoo refuse mail from those"
            " who send much.",
            f"Publish a TXT record at _dmarc.{domain}, to begin with: v=DMARC1; p=none;",
        )  # fmt: skip
    tags = dict(_tags(records[0]))
    policy = tags.get("p", "").lower()
    if len(records) > 1 or policy not in {"none", "quarantine", "reject"}:
        why = f"there are {len(records)} records" if len(records) > 1 else "its p= can't be read"
        return Diagnosis(
            "wrong", "dmarc", about, f"{why}, so receivers don't count it (RFC 7489, 6.6.3).",
            f"Leave one record at {place}, such as: v=DMARC1; p=none;",
        )  # fmt: skip
    if policy == "none":
        return Diagnosis("ok", "dmarc", about, f"{records[0]} (reports only; nothing is refused).")
    return Diagnosis("ok", "dmarc", about, records[0])


def _dmarc_records(domain: str, asker: Asker) -> tuple[list[str], str]:
    """The domain's own, else those of the nearest domain above it that has one."""
    labels = domain.split(".")
    for above in range(max(1, len(labels) - 1)):
        place = "_dmarc." + ".".join(labels[above:])
        records = asker.texts(place, "v=DMARC1")
        if records:
            return records, place
    return [], f"_dmarc.{domain}"


def _tags(record: str) -> Iterator[tuple[str, str]]:
    for tag in record.split(";"):
        name, _, value = tag.partition("=")
        yield name.strip().lower(), value.strip()
