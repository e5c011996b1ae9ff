"""The published format of an event directory: what may be written, with which words; nothing is read or checked here."""
