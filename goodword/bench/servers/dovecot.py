"""A throw-away Dovecot 2.3: IMAP with IDLE, and LMTP to put mail in. Never touches /etc.

Any user name exists, with the one password, or by XOAUTH2 with a token that `introspect_url` knows.
Runs as root (mail then belongs to `nobody`) and as an ordinary user.
"""

from __future__ import annotations

import grp
import imaplib
import os
import pwd
import shutil
import signal
import smtplib
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from goodword.bench.servers import (
    LOOPBACK,
    NotInstalled,
    find_program,
    listens,
    spare_port,
    wait_until,
)
from goodword.bench.servers.certificate import Certificate, self_signed

_CONFIGURATION = """
protocols = imap lmtp
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
listen = 127.0.0.1
hostname = localhost
postmaster_address = postmaster@localhost
mail_location = maildir:~/Maildir
mail_fsync = never
first_valid_uid = 1
mail_max_userip_connections = 200
disable_plaintext_auth = no
auth_failure_delay = 0
auth_username_format = %Lu
{oauth2}passdb {{
  driver = passwd-file
  mechanisms = plain login
  # One line for everybody: whatever the user's name, `everybody` is looked up.
  args = scheme=PLAIN username_format=everybody {folder}/passwords
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u allow_all_users=yes
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  inet_listener lmtp {{
    port = {lmtp_port}
  }}
}}
service anvil {{
  chroot =
  # Off, or a test of wrong passwords slows down every sign-in after it.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
_OAUTH2 = """
auth_mechanisms = plain login xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {folder}/oauth2
}}
"""
_INTROSPECTION = """
introspection_url = {url}
introspection_mode = post
username_attribute = email
active_attribute = active
active_value = true
"""
_WITH_TLS = """
ssl = yes
ssl_cert = <{certificate.certificate_file}
ssl_key = <{certificate.key_file}
"""
_AS_ORDINARY_USER = """
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
"""


def _find() -> str:
    program = find_program("dovecot")
    if not any((Path(folder) / "dovecot/lmtp").exists() for folder in ("/usr/lib", "/usr/libexec")):
        raise NotInstalled("Dovecot's LMTP (Debian: dovecot-lmtpd) isn't installed")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    if not told.stdout.startswith("2.3."):
        raise NotInstalled(f"Dovecot 2.3 isn't installed (found {told.stdout.split()[0]})")
    return program


class Dovecot:
    """IMAP on `imap_port`, LMTP on `lmtp_port`, with `tls` also IMAPS and STARTTLS."""

    host: str = LOOPBACK
    imap_port: int
    imaps_port: int  # 0 without `tls`
    lmtp_port: int
    password: str
    certificate: Certificate | None
    folder: Path

    def __init__(
        self, *, password: str = "secret", tls: bool = False, introspect_url: str = ""
    ) -> None:
        self._program = _find()
        self._process: subprocess.Popen[bytes] | None = None
        self._users = 0
        self._password_changes = 0
        self.password = password
        self.imap_port, self.lmtp_port = spare_port(), spare_port()
        self.imaps_port = spare_port() if tls else 0
        self.folder = Path(tempfile.mkdtemp(prefix="goodword-dovecot-"))
        self.folder.chmod(0o755)  # Dovecot's own users look in
        for name in ("run", "state", "mail"):
            (self.folder / name).mkdir(mode=0o755)
        self._owner = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        os.chown(self.folder / "mail", self._owner.pw_uid, self._owner.pw_gid)
        self.certificate = self_signed(self.folder) if tls else None
        self._introspect_url = introspect_url
        self._write_passwords()

    # The server

    def start(self) -> Self:
        """Start, also again after `stop`: same ports, same mail."""
        configuration = self.folder / "dovecot.conf"
        configuration.write_text(self._configuration())
        self._process = subprocess.Popen(
            [self._program, "-F", "-c", configuration],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            process_group=0,
        )
        wait_until(self._answers, seconds=15, what="Dovecot answers")
        return self

    def stop(self) -> None:
        """Stop and cut off whoever is connected; the mail stays until `remove`."""
        if self._process is not None:
            # All of it: told by the master alone, an idle line lives on for many seconds.
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def set_password(self, password: str) -> None:
        """Change the password of everybody; who is signed in stays so until `stop`."""
        self.password = password
        self._write_passwords()
        if self.running:
            # Dovecot looks at the file once in a second at most.
            wait_until(self._lets_in, seconds=5, what="Dovecot takes the new password")

    @property
    def running(self) -> bool:
        return self._process is not None

    @property
    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    # The mailboxes

    def new_user(self) -> str:
        """A user whom no other test knows, with an empty mailbox."""
        self._users += 1
        return f"user{self._users}@mail.example"

    def deliver(self, raw: bytes, user: str, *, sender: str = "customer@home.example") -> None:
        """Put a mail into the mailbox as a mail server does, by LMTP (adds Received and others)."""
        with smtplib.LMTP(self.host, self.lmtp_port) as lmtp:
            lmtp.sendmail(sender, [user], raw)

    def append(self, raw: bytes, user: str, *, flags: str = "", folder: str = "INBOX") -> None:
        """Put a mail in by IMAP, byte for byte. `flags` as in IMAP: `\\Seen \\Flagged`."""
        with self.signed_in(user) as imap:
            answer, words = imap.append(folder, f"({flags})", "", raw)
            assert answer == "OK", words

    def fill(self, user: str, mails: Iterable[bytes], *, arrived: datetime) -> None:
        """Lay mails into the mailbox as if they had reached it then: thousands within seconds."""
        box = self.folder / "mail" / user.lower() / "Maildir"
        for name in ("cur", "new", "tmp"):
            (box / name).mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(mails):
            path = box / "new" / f"{int(arrived.timestamp())}.N{number:07}.filled"
            path.write_bytes(raw)
            os.utime(path, (arrived.timestamp(), arrived.timestamp()))
        if os.geteuid() == 0:
            for path in (box.parent, *box.parent.rglob("*")):
                os.chown(path, self._owner.pw_uid, self._owner.pw_gid)

    def mails(self, user: str, *, folder: str = "INBOX") -> list[bytes]:
        """Every mail in the folder, in the order of their UIDs; marks nothing as read."""
        with self.signed_in(user) as imap:
            imap.select(folder, readonly=True)
            uids = imap.uid("SEARCH", "ALL")[1][0].split()
            return [imap.uid("FETCH", uid, "(BODY.PEEK[])")[1][0][1] for uid in uids]

    def flags(self, user: str, *, folder: str = "INBOX") -> list[tuple[str, ...]]:
        """The flags of every mail, such as `\\Seen`, in the order of `mails`."""
        with self.signed_in(user) as imap:
            count = int(imap.select(folder, readonly=True)[1][0] or b"0")
            rows = imap.fetch("1:*", "(FLAGS)")[1] if count else []
            return [
                tuple(flag.decode() for flag in imaplib.ParseFlags(row))
                for row in rows
                if isinstance(row, bytes)
            ]

    def uidvalidity(self, user: str, *, folder: str = "INBOX") -> int:
        with self.signed_in(user) as imap:
            imap.select(folder, readonly=True)
            return int(imap.response("UIDVALIDITY")[1][0])

    def reset_uidvalidity(self, user: str) -> None:
        """Forget all UIDs, as a restored server does: the same mails under a new UIDVALIDITY."""
        mailbox = self.folder / "mail" / user.lower() / "Maildir"
        running = self.running
        self.stop()
        # `dovecot-uidvalidity` stays: from it Dovecot knows to choose a number never used before.
        for path in [mailbox / "dovecot-uidlist", *mailbox.glob("dovecot.*index*")]:
            path.unlink(missing_ok=True)
        if running:
            self.start()

    @contextmanager
    def signed_in(self, user: str) -> Iterator[imaplib.IMAP4]:
        with imaplib.IMAP4(self.host, self.imap_port, timeout=10) as imap:
            imap.login(user, self.password)
            yield imap

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.remove()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.remove()

    def _write_passwords(self) -> None:
        path = self.folder / "passwords"
        path.write_text(f"everybody:{self.password}\n")
        path.chmod(0o644)
        # Dovecot reads the file again when its time in whole seconds has changed.
        self._password_changes += 1
        os.utime(path, (self._password_changes, self._password_changes))

    def _lets_in(self) -> bool:
        try:
            with self.signed_in("anybody@mail.example"):
                return True
        except imaplib.IMAP4.error:
            return False

    def _configuration(self) -> str:
        oauth2 = ""
        if self._introspect_url:
            oauth2 = _OAUTH2.format(folder=self.folder)
            (self.folder / "oauth2").write_text(_INTROSPECTION.format(url=self._introspect_url))
        text = _CONFIGURATION.format(
            folder=self.folder,
            oauth2=oauth2,
            uid=self._owner.pw_uid,
            gid=self._owner.pw_gid,
            imap_port=self.imap_port,
            imaps_port=self.imaps_port,
            lmtp_port=self.lmtp_port,
        )
        if self.certificate:
            text += _WITH_TLS.format(certificate=self.certificate)
        else:
            text += "\nssl = no\n"
        if os.geteuid() != 0:
            group = grp.getgrgid(self._owner.pw_gid).gr_name
            text += _AS_ORDINARY_USER.format(user=self._owner.pw_name, group=group)
        return text

    def _answers(self) -> bool:
        if self._process is not None and self._process.poll() is not None:
            raise RuntimeError(f"Dovecot stopped while starting:\n{self.log}")
        return listens(self.imap_port) and listens(self.lmtp_port)
