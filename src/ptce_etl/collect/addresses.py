"""Which machines we connect to: those of the public internet, and the very address that was looked at.

A name is resolved once, each of its addresses is checked, and the connection goes to a checked address: a name that
resolves otherwise a moment later (DNS rebinding) changes nothing. The certificate is still checked against the name.
Behind a proxy the proxy resolves: there, only names and numbers that are private on their face can be refused.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Collection

from urllib3.exceptions import HTTPError

__all__ = ["PrivateAddressError", "check_name", "is_public", "public_addresses"]

_LOCAL_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home.arpa")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class PrivateAddressError(HTTPError):
    """The address is on this machine or in a private network, and nobody said that it may be asked."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host[:100]} is not an address of the public internet")


def is_public(address: str) -> bool:
    """Whether an IP address is one that anybody can reach, also when it wraps an older one (mapped, 6to4, NAT64…)."""
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFF_FFFF))
        if not all(is_public(str(wrapped)) for wrapped in inner if wrapped is not None):
            return False
        if ip.ipv4_mapped is not None:
            return True
    return ip.is_global and not ip.is_multicast


def check_name(host: str, private: Collection[str]) -> None:
    """Refuse what is private on its face: ``localhost``, ``10.0.0.1``, and the other ways to write a number.

    ``private`` names the hosts that may be private. Raises :class:`PrivateAddressError`.
    """
    bare = host.strip("[]").rstrip(".").lower()
    if bare in private or host in private:
        return
    if any(bare == name or bare.endswith(f".{name}") for name in _LOCAL_NAMES):
        raise PrivateAddressError(host)
    try:
        # The system's own reading: 127.1, 0x7f000001 and 2130706433 are 127.0.0.1.
        numeric = socket.getaddrinfo(bare, None, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except (OSError, UnicodeError):
        return  # a name
    if not all(is_public(str(found[4][0])) for found in numeric):
        raise PrivateAddressError(host)


def public_addresses(host: str, port: int, private: Collection[str]) -> list[str]:
    """The addresses of ``host``, each public (unless ``host`` is in ``private``), in the system's order.

    Raises ``socket.gaierror`` when it has none, :class:`PrivateAddressError` when one of them is not public.
    """
    check_name(host, private)
    bare = host.strip("[]")
    try:
        found = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise socket.gaierror(socket.EAI_NONAME, "not a name") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if bare.rstrip(".").lower() not in private and not all(map(is_public, addresses)):
        raise PrivateAddressError(host)
    return addresses
