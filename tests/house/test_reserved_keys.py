"""No organisation can be called what addresses use themselves: the words are derived from the routes there are."""

from __future__ import annotations

from pathlib import Path

from tripkit.app import create_app
from tripkit.domain.organisations import RESERVED_KEYS, check_key
from tripkit.i18n import LANGUAGES
from tripkit.settings import Settings


def test_what_stands_where_a_key_would_is_no_key(tmp_path: Path) -> None:
    settings = Settings(
        database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}",
        secret_key="only for tests, 32 characters..",
        mail=f"files:{tmp_path}",
        demo=True,
        metrics_token="only for tests, a monitor's",
        worker=False,
    )
    used = set(LANGUAGES)
    for rule in create_app(settings).url_map.iter_rules():
        # At the front, or behind the language: `/<organisation>/look.css`, `/<language>/<organisation>/`.
        used |= {part for part in rule.rule.strip("/").split("/")[:2] if part and "<" not in part}
    words = {word for word in used if not list(check_key("", word)) or word in RESERVED_KEYS}
    assert words == RESERVED_KEYS, "say so in domain/organisations.py"
    assert all(list(check_key("", word)) for word in used)
