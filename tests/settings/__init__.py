"""What an installation may set, and what is refused with which sentence."""
