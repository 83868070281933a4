"""A DNS server on loopback that tells what the test wrote down, and a resolver that asks it."""

from __future__ import annotations

import socket
import threading
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset


class NameServer:
    """`zone`: records by name and kind, `{"shop.example": {"MX": ["10 mail.shop.example."]}}`.

    A name that is not in it doesn't exist; names below `silent` are never answered.
    """

    def __init__(self, zone: dict[str, dict[str, list[str]]]) -> None:
        self.zone = zone
        self.silent: set[str] = set()
        self.asked: list[str] = []
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)

    @property
    def resolver(self) -> dns.resolver.Resolver:
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self._socket.getsockname()[1]
        resolver.timeout = 0.1
        return resolver

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            wire, whence = self._socket.recvfrom(4096)
            if not wire:
                return
            query = dns.message.from_wire(wire)
            question = query.question[0]
            name = question.name.to_text(omit_final_dot=True).lower()
            self.asked.append(name)
            if name in self.silent:
                continue
            answer = dns.message.make_response(query)
            answer.flags |= dns.flags.RA
            if name not in self.zone:
                answer.set_rcode(dns.rcode.NXDOMAIN)
            kind = dns.rdatatype.to_text(question.rdtype)
            records = self.zone.get(name, {}).get(kind, [])
            if records:
                answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
            self._socket.sendto(answer.to_wire(), whence)
