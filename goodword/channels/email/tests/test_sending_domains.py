"""What `goodword doctor` says of the domains we write from, asked of a DNS server of our own."""

import dns.resolver
import pytest

from goodword.channels.email import sending_domains, spf
from goodword.channels.email.sending_domains import Asker
from goodword.channels.email.tests.name_server import NameServer
from goodword.inboxes.models import InboxAddress

FINE = {
    "shop.example": {
        "MX": ["10 mail.shop.example."],
        "TXT": ['"google-site-verification=x"', '"v=spf1 include:spf.post.example -all"'],
    },
    "spf.post.example": {"TXT": ['"v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all"']},
    "selector1._domainkey.shop.example": {"TXT": ['"v=DKIM1; k=rsa; " "p=MIIBIjANBgkq"']},
    "_dmarc.shop.example": {"TXT": ['"v=DMARC1; p=quarantine; rua=mailto:d@shop.example"']},
}


def zone(**changes):
    """The fine zone with records changed: `mx=[]`, `spf="v=spf1 +all"`, `dkim=…`, `dmarc=…`."""
    records = {name: dict(kinds) for name, kinds in FINE.items()}
    if "mx" in changes:
        records["shop.example"]["MX"] = changes["mx"]
    if "spf" in changes:
        given = changes["spf"]
        texts = given if isinstance(given, list) else [given]
        records["shop.example"]["TXT"] = [f'"{text}"' for text in texts]
    for kind, name in (
        ("dkim", "selector1._domainkey.shop.example"),
        ("dmarc", "_dmarc.shop.example"),
    ):
        if kind in changes:
            records[name]["TXT"] = [f'"{text}"' for text in changes[kind]]
    return records | changes.get("more", {})


def examined(records, domain="shop.example"):
    with NameServer(records) as server:
        found = sending_domains.examine(domain, Asker(server.resolver))
        return {each.rule: each for each in found}


def test_a_domain_that_is_as_it_should_be():
    found = examined(FINE)

    assert [(each.rule, each.state) for each in found.values()] == [
        ("mx", "ok"), ("spf", "ok"), ("dkim", "ok"), ("dmarc", "ok"),
    ]  # fmt: skip
    assert "mail.shop.example" in str(found["mx"])
    assert "selector1" in str(found["dkim"])


def test_a_domain_that_does_not_exist_is_said_once():
    found = examined(FINE, "shpo.example")

    assert [(each.rule, each.state) for each in found.values()] == [("domain", "wrong")]


@pytest.mark.parametrize(
    ("changes", "rule", "state", "words"),
    [
        ({"mx": []}, "mx", "wrong", "nobody can answer"),
        ({"mx": ["0 ."]}, "mx", "wrong", "takes no mail"),
        ({"spf": []}, "spf", "look", "spam"),
        ({"spf": ["v=spf1 -all", "v=spf1 a -all"]}, "spf", "wrong", "2 records"),
        ({"spf": "v=spf1 a +all"}, "spf", "wrong", "anybody on earth"),
        ({"spf": "v=spf1 a all"}, "spf", "wrong", "anybody on earth"),
        ({"spf": "v=spf1 a mx"}, "spf", "look", "no end"),
        ({"spf": "v=spf1 ipv4:192.0.2.1 -all"}, "spf", "wrong", "ipv4:192.0.2.1"),
        ({"spf": "v=spf1 a exp=why.%{d} ?all"}, "spf", "ok", "v=spf1"),
        ({"spf": "V=SPF1 A MX ~ALL"}, "spf", "ok", "A MX"),
        ({"spf": "v=spf1 redirect=spf.post.example"}, "spf", "ok", "redirect"),
        ({"dkim": ["v=DKIM1; p="]}, "dkim", "look", "no key"),
        ({"dmarc": []}, "dmarc", "look", "forgers"),
        ({"dmarc": ["v=DMARC1; p=none"]}, "dmarc", "ok", "reports only"),
        ({"dmarc": ["v=DMARC1; rua=mailto:x@shop.example"]}, "dmarc", "wrong", "p="),
        ({"dmarc": ["v=DMARC1; p=none", "v=DMARC1; p=reject"]}, "dmarc", "wrong", "2 records"),
    ],
)
def test_each_fault_is_told_with_what_it_means(changes, rule, state, words):
    found = examined(zone(**changes))[rule]

    assert found.state == state
    assert words in str(found)
    assert (state == "ok") == (found.do == "")


def test_a_domain_below_is_covered_by_the_record_above():
    records = FINE | {"desk.shop.example": {"MX": ["10 mail.shop.example."]}}

    assert examined(records, "desk.shop.example")["dmarc"].state == "ok"


def test_without_mx_the_domains_own_address_will_do():
    found = examined(zone(mx=[]) | {"shop.example": {"A": ["192.0.2.1"]}})

    assert found["mx"].state == "look"


def test_more_look_ups_than_receivers_make_are_counted_through_the_includes():
    more = {
        f"s{n}.post.example": {"TXT": ['"v=spf1 a mx exists:x.example ~all"']} for n in range(3)
    }
    parts = " ".join(f"include:s{n}.post.example" for n in range(3))

    found = examined(zone(spf=f"v=spf1 {parts} -all", more=more))["spf"]

    assert (found.state, "12 look-ups" in found.words) == ("wrong", True)


def test_records_that_include_each_other_come_to_an_end():
    more = {
        "a.example": {"TXT": ['"v=spf1 include:b.example -all"']},
        "b.example": {"TXT": ['"v=spf1 include:a.example include:b.example -all"']},
    }
    assert examined(zone(spf="v=spf1 include:a.example -all", more=more))["spf"].state == "ok"


def test_a_record_made_to_cost_us_time_costs_little():
    """Every record includes ten others that do the same: 10^12 look-ups if all were followed."""
    asked = []

    def texts(name, begins):
        asked.append(name)
        return ["v=spf1 " + " ".join(f"include:x{n}.{name}" for n in range(10)) + " -all"]

    fault = spf.fault_of(texts("evil.example", "")[0], "evil.example", texts)

    assert fault.state == "wrong"
    assert len(asked) < 100


def test_a_silent_server_is_said_and_is_no_fault(house):
    with NameServer(FINE) as server:
        server.silent = {"shop.example"}
        found = list(sending_domains.look(server.resolver, seconds=0.3))

    assert [(each.rule, each.state) for each in found] == [("dns", "look")]
    assert "could not be asked" in str(found[0])


def test_a_machine_without_a_resolver_says_so(house, monkeypatch):
    def none(*given):
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", none)

    assert [each.state for each in sending_domains.look()] == ["look"]


def test_each_domain_is_asked_once_and_a_providers_own_never(house):
    InboxAddress.objects.filter(inbox=house.repairs).update(value="shop@gmail.com")
    with NameServer(FINE) as server:
        found = list(sending_domains.look(server.resolver))

    assert [each.rule for each in found] == ["mx", "spf", "dkim", "dmarc"]
    assert not any("gmail" in name for name in server.asked)


def test_every_domain_that_an_answer_may_leave_from_is_looked_at(house):
    InboxAddress.objects.create(inbox=house.hello, value="sales@second.example")
    with NameServer(FINE) as server:
        found = list(sending_domains.look(server.resolver))

    assert {each.about.rpartition(" ")[2] for each in found} == {"shop.example", "second.example"}


def test_one_provider_that_is_silent_hides_nothing_else():
    with NameServer(FINE) as server:
        server.silent = {"spf.post.example"}
        asker = Asker(server.resolver, seconds=0.3)
        found = {each.rule: each for each in sending_domains.examine("shop.example", asker)}

    assert [each.state for each in found.values()] == ["ok", "look", "ok", "ok"]
    assert "could not be asked" in str(found["spf"])


@pytest.mark.parametrize("name", ["a..b", "x" * 80 + ".example", ".".join(["y" * 60] * 6), "a b\\"])
def test_names_that_no_dns_can_hold_have_no_records(name):
    with NameServer({"a b\\": {}}) as server:
        assert Asker(server.resolver).texts(name, "v=spf1") == []


@pytest.mark.parametrize("name", ["grüße.example", "\udcff.example", "\x00.example"])
def test_names_in_other_letters_are_asked_or_have_none(name):
    with NameServer({}) as server:
        assert Asker(server.resolver).texts(name, "v=spf1") == []
