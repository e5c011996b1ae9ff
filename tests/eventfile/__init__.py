"""Tests of event directories."""
