"""The recipes in deploy/, read and run as far as a machine without systemd and Docker allows."""
