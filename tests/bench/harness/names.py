"""The name server of the bench: tests/origin/dns, which knows every name and is slow."""
DNS_DELAY_MS = 20


class NameServer:
    pass
