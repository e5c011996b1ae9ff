"""Requests nobody would think of, made up from the routes and forms there are; `python -m tests.fuzz` sends as many as one likes."""
