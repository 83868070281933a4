"""A mailbox by OAuth 2 in the running house: connected on the page, renewed, withdrawn, mended."""

import html
import http.client
import re
from urllib.parse import urlencode

import pytest

from goodword.bench.servers import wait_until
from goodword.bench.servers.dovecot import Dovecot
from goodword.bench.servers.smtp_sink import SmtpSink
from goodword.channels.email.tests.consent import agree
from tests.doors.house import (
    INBOX,
    OWNER,
    PASSWORD,
    mail,
    rows,
    run_code,
    wait_for_messages,
)
from tests.servers.fixtures import installed

BACK = "/settings/mailboxes/consent/"


class Browser:
    """Ana at the pages, with her cookies."""

    def __init__(self, goodword):
        self.host, self.port = goodword.host, goodword.port
        self.cookies = {}
        self.ask("GET", "/account/login/")
        self.ask("POST", "/account/login/", {"login": OWNER, "password": PASSWORD})

    def ask(self, method, path, form=None):
        """The status, where it sends one, and the page."""
        line = http.client.HTTPConnection(self.host, self.port, timeout=20)
        form = {**form, "csrfmiddlewaretoken": self.cookies["goodword_csrf"]} if form else None
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        line.request(method, path, urlencode(form) if form else None, headers)
        answer = line.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        page = answer.read().decode()
        line.close()
        return answer.status, answer.headers.get("Location", ""), page

    def agree_and_use(self, watching):
        """Follow the provider's link, wait for the trial, connect."""
        link = re.search(r'href="([^"]*code_challenge[^"]*)"', self.ask("GET", watching)[2])
        came = agree(html.unescape(link[1]))
        assert self.ask("GET", f"{BACK}?{urlencode(came)}")[1] == watching
        wait_until(
            lambda: "All of it works" in self.ask("GET", watching)[2],
            seconds=20,
            what="the trial of both servers",
        )
        status, there, _ = self.ask("POST", f"{watching}use/", {"yes": "1"})
        assert status == 302
        return there


@pytest.fixture
def servers(token_server):
    with (
        installed(lambda: Dovecot(introspect_url=token_server.introspect_url)) as dovecot,
        SmtpSink(accepts=token_server.accepts) as sink,
    ):
        yield dovecot, sink


@pytest.mark.long
@pytest.mark.dovecot
def test_mail_goes_on_while_tokens_end_and_after_a_withdrawn_consent_each_mail_is_there_once(
    start_shop, token_server, servers
):
    goodword = start_shop()
    dovecot, sink = servers
    user = dovecot.new_user()
    ana = Browser(goodword)
    token_server.redirect_uri = f"{goodword.url}{BACK}"
    [(inbox,)] = rows(goodword, "SELECT public_id FROM inboxes_inbox")
    page = f"/settings/inboxes/{inbox}/mailbox/"
    given = {
        "user": user,
        "client_id": token_server.client_id,
        "client_secret": token_server.client_secret,
        "authorize_url": token_server.authorize_url,
        "token_url": token_server.token_url,
        "scopes": token_server.scopes,
        "imap_host": dovecot.host,
        "imap_port": dovecot.imap_port,
        "imap_security": "none",
        "smtp_host": sink.host,
        "smtp_port": sink.port,
        "smtp_security": "none",
        "imap_folder": "INBOX",
    }
    _, watching, _ = ana.ask("POST", f"{page}?with=other", given)
    assert ana.agree_and_use(watching) == page
    sql = "SELECT last_ok_at, trouble FROM email_mailaccount"
    wait_until(lambda: rows(goodword, sql)[0][0], seconds=20, what="the mailbox is read")

    # The token has ended under an open line; all who want one at once get the same new one.
    token_server.end_access(user)
    run_code(
        goodword,
        """
import threading
from django.db import connection
from goodword.channels.email import grants
from goodword.channels.email.models import Grant, MailAccount
account = MailAccount.objects.get()
old, got = grants.tokens_of(account.grant).access, []
def want():
    got.append(grants.access_token(account, rejected=old, clock=timezone.now))
    connection.close()
threads = [threading.Thread(target=want) for _ in range(6)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
assert len(got) == 6 and len(set(got)) == 1, "each asked for itself"
Grant.objects.update(due_at=timezone.now())  # and now the time has come for the worker
""",
    )
    wait_until(lambda: token_server.renewals == 2, seconds=20, what="the worker renews it")
    dovecot.deliver(bytes(mail("first", sender="one@home.example")), user)
    wait_for_messages(goodword, 1)

    # Consent withdrawn, and the mail server cuts the line, as Google does.
    token_server.withdraw(user)
    dovecot.stop()
    dovecot.start()
    wait_until(lambda: rows(goodword, sql)[0][1] == "consent", seconds=30, what="it is noticed")
    for where in (page, "/inbox/mine/"):
        assert "no longer lets Goodword into this mailbox" in ana.ask("GET", where)[2]
    told = rows(goodword, "SELECT \"to\", text FROM email_notice WHERE subject LIKE '%mailbox%'")
    assert [to for to, _ in told] == [OWNER] and "Connect the mailbox again" in told[0][1]
    dovecot.deliver(bytes(mail("meanwhile", sender="two@home.example")), user)

    _, watching, _ = ana.ask("POST", f"{page}again/", {"yes": "1"})
    ana.agree_and_use(watching)
    dovecot.deliver(bytes(mail("afterwards", sender="three@home.example")), user)
    wait_for_messages(goodword, 3)
    assert "no longer lets Goodword" not in ana.ask("GET", "/inbox/mine/")[2]
    # The notice waits for its next try; it can leave by this mailbox again.
    later = "from goodword.channels.email.models import Notice; Notice.objects.update(due_at="
    run_code(goodword, later + "timezone.now())")
    [notice] = sink.wait_for(1, timeout=20)
    assert notice.recipients == (OWNER,) and notice.sender == INBOX

    said = goodword.log
    for secret in ("access-", "refresh-", token_server.client_secret, "code="):
        assert secret not in said
