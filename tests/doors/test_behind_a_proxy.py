"""What a reverse proxy says counts only from where it may be said."""

import http.client

import pytest


def headers_of(goodword, **sent):
    line = http.client.HTTPConnection(goodword.host, goodword.port, timeout=10)
    line.request("GET", "/account/login/", headers={"Host": "desk.shop.example", **sent})
    answer = line.getresponse()
    answer.read()
    line.close()
    return answer


@pytest.mark.parametrize(("trusted", "secure"), [("127.0.0.1", True), ("", False)])
def test_https_is_believed_only_from_a_trusted_proxy(start_goodword, trusted, secure):
    goodword = start_goodword(
        environment={
            "GOODWORD_URL": "https://desk.shop.example",
            "GOODWORD_TRUSTED_PROXIES": trusted,
        }
    )
    answer = headers_of(goodword, **{"X-Forwarded-Proto": "https"})
    assert answer.status == 200
    assert (answer.headers["Strict-Transport-Security"] is not None) is secure
    assert "Secure" in answer.headers["Set-Cookie"]
    # Another host's name leads nowhere.
    assert headers_of(goodword, Host="evil.example").status == 400
