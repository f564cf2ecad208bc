"""Faults on purpose: what they are, whom they strike, and how a socket or httpx meets them."""
