"""Delivery, with real mail servers and real databases."""
