"""Asking other servers: whom, how, and how far."""
