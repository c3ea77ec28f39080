"""Which hosts are this machine, so that nobody can listen in between."""

import ipaddress


def is_loopback(host: str) -> bool:
    """Whether a name or address leads nowhere else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
