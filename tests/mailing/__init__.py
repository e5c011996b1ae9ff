"""Messages, composed from values: no database and no mail server."""
