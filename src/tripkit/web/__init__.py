"""Requests to pages, cut by area; no rule and no SQL of its own."""
