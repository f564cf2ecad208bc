"""Certificates of one test run: an authority that the client trusts, and all ways to be wrong."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta

import trustme

HOST = "127.0.0.1"
NOW = datetime.now(UTC)


class Certificates:
    """An authority, and the TLS settings of both ends.

    Attributes:
        trust: The client's: it trusts this authority and no other.
        good: A server's that the client has no reason to refuse.
    """

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self.trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(self.trust)
        self.good = self._server(self._authority.issue_cert(HOST))

    def named(self, name: str) -> ssl.SSLContext:
        """A server with what the name says: ``good``, or wrong in one way."""
        return {
            "good": lambda: self.good,
            "untrusted": lambda: self._server(trustme.CA().issue_cert(HOST)),
            "another host": lambda: self._issued("sms.example"),
            "expired": lambda: self._issued(
                HOST, not_before=NOW - timedelta(days=9), not_after=NOW - timedelta(days=1)
            ),
            "not yet valid": lambda: self._issued(
                HOST, not_before=NOW + timedelta(days=1), not_after=NOW + timedelta(days=9)
            ),
            "wants one of the client": self._mutual,
            "speaks another version": self._old,
        }[name]()

    def _issued(self, host: str, **validity: datetime) -> ssl.SSLContext:
        return self._server(self._authority.issue_cert(host, **validity))

    def _mutual(self) -> ssl.SSLContext:
        server = self._server(self._authority.issue_cert(HOST))
        server.verify_mode = ssl.CERT_REQUIRED
        self._authority.configure_trust(server)
        return server

    def _old(self) -> ssl.SSLContext:
        server = self._server(self._authority.issue_cert(HOST))
        server.maximum_version = ssl.TLSVersion.TLSv1_2
        # The client offers none of it, and no other cipher of this version.
        server.set_ciphers("PSK")
        return server

    @staticmethod
    def _server(certificate: trustme.LeafCert) -> ssl.SSLContext:
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(server)
        return server
