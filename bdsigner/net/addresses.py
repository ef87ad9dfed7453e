"""Which addresses may be connected to (hardening.md N1): looked up once, checked, and used as checked."""

import ipaddress
import queue
import socket
import threading

from bdsigner.errors import ErrorCode, NetworkError
from bdsigner.model.profile import NetworkPolicy
from bdsigner.net.patience import Patience

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

PUBLIC_PORTS = frozenset({80, 443})
"""Where CAs publish; other ports would let a certificate probe services."""
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
"""RFC 6052: an IPv4 address in its last 32 bits."""
_PLATFORM_SERVICES = frozenset(map(ipaddress.ip_address, ("168.63.129.16", "fd00:ec2::254")))
"""Machine-configuration services of cloud platforms outside the link-local range."""


def find_addresses(host: str, port: int, policy: NetworkPolicy, patience: Patience, *, url: str) -> list[IpAddress]:
    """Look up ``host`` and check every address it has; connect to nothing but what this returns.

    Raises ``NetworkError``: ``NETWORK_REFUSED_ADDRESS`` when any address (or the port) is not allowed,
    ``NETWORK_UNREACHABLE`` when there is none, ``NETWORK_TIMEOUT``.
    """
    if port not in PUBLIC_PORTS and not policy.allow_private_addresses:
        raise NetworkError(ErrorCode.NETWORK_REFUSED_ADDRESS, url=url, reason=f"port {port}")
    addresses = look_up(host, port, patience, url=url)
    for address in addresses:
        if not is_allowed(address, policy):
            raise NetworkError(ErrorCode.NETWORK_REFUSED_ADDRESS, url=url, reason=str(address))
    return addresses


def check_for_proxy(host: str, port: int, policy: NetworkPolicy, *, url: str) -> None:
    """Check what can be checked when a proxy looks the name up: the port, written-out addresses, ``localhost``.

    Raises ``NETWORK_REFUSED_ADDRESS``.  What other names lead to is the proxy's to restrict.
    """
    is_local_name = host == "localhost" or host.endswith(".localhost")
    address = _written_out(host)
    if (
        (port not in PUBLIC_PORTS and not policy.allow_private_addresses)
        or (is_local_name and not policy.allow_private_addresses)
        or (address is not None and not is_allowed(address, policy))
    ):
        raise NetworkError(ErrorCode.NETWORK_REFUSED_ADDRESS, url=url, reason=f"{host} port {port}")


def _written_out(host: str) -> IpAddress | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))  # 127.1, 0x7f000001, 2130706433
    except OSError:
        return None


def is_allowed(address: IpAddress, policy: NetworkPolicy) -> bool:
    """Whether the policy lets us connect: public addresses, with ``allow_private_addresses`` also private ones.

    Never: multicast, unspecified, link-local and platform services (metadata), also inside IPv6 forms of IPv4.
    """
    address = _embedded_ipv4(address) or address
    if address.is_multicast or address.is_unspecified or address.is_link_local or address in _PLATFORM_SERVICES:
        return False
    if policy.allow_private_addresses:
        return True
    return address.is_global and not address.is_reserved


def _embedded_ipv4(address: IpAddress) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def look_up(host: str, port: int, patience: Patience, *, url: str) -> list[IpAddress]:
    """All addresses of a name, in the system's order.  Raises ``NetworkError``.

    ``getaddrinfo`` cannot be given a deadline, so it runs in a thread that is left behind when it takes too long.
    """
    answers: queue.SimpleQueue[list[IpAddress] | OSError | UnicodeError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:  # UnicodeError: a label over 63 characters
            answers.put(error)
        else:
            answers.put([ipaddress.ip_address(entry[4][0]) for entry in found])

    threading.Thread(target=ask, name="look-up", daemon=True).start()
    while True:
        try:
            answer = answers.get(timeout=patience.slice_seconds())
        except queue.Empty:
            continue
        if isinstance(answer, Exception):
            raise NetworkError(ErrorCode.NETWORK_UNREACHABLE, url=url, reason="name not found") from answer
        return list(dict.fromkeys(answer))
