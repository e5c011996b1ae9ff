"""Attacks, a file for each kind: what is tried is refused in words, nothing is lost, and nothing is an error of ours."""
