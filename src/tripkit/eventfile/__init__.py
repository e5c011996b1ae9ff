"""Event directories: plain files to values and back, every error with its position; no database, no page."""
