"""A whole database as one file, and back, on SQLite and PostgreSQL alike; no file is opened by name and no command is here."""

from tripkit.storage.backup.checking import open_backup
from tripkit.storage.backup.form import Backup, BackupRefused, Manifest, Part
from tripkit.storage.backup.restoring import Restored, restore
from tripkit.storage.backup.saving import save

__all__ = ["Backup", "BackupRefused", "Manifest", "Part", "Restored", "open_backup", "restore", "save"]
