"""Messages: what a letter says and how it looks, as values to e-mail; nothing is sent and nothing is read from here."""
