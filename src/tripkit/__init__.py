"""The package: its version, and nothing that imports Flask or SQLAlchemy."""

__version__ = "0.1.0"
