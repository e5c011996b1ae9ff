"""The application: settings, database, areas and headers put together; the only module of the web that knows them all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from flask import Flask
from sqlalchemy import make_url

from tripkit import settings as settings_module
from tripkit.settings import Settings, WrongSetting
from tripkit.storage import db
from tripkit.storage.session import engine_options
from tripkit.web import mybooking, public, signup, styles, words
from tripkit.web.errors import answer_errors
from tripkit.web.routing import refuse_undeclared
from tripkit.web.security import protect
from tripkit.worker.thread import start as start_worker

__all__ = ["create_app"]


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application. ``settings``: None = from the environment.

    Raises: WrongSetting, RuntimeError (a route that does not say who may ask for it).
    """
    chosen = settings or settings_module.Settings.from_environment(os.environ)
    app = Flask(__name__, static_folder="web/static", template_folder="web/templates")
    app.extensions["tripkit"] = chosen
    app.config["SECRET_KEY"] = _secret_key(chosen)
    app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(chosen.database_url)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it
    db.init_app(app)
    words.teach(app)
    styles.serve(app)
    for area in (public, signup, mybooking):
        app.register_blueprint(area.blueprint)
    if chosen.demo:
        from tripkit.web import demo  # noqa: PLC0415 (a page that must not exist outside a demonstration)

        app.register_blueprint(demo.blueprint)
    answer_errors(app)
    protect(app, chosen)
    refuse_undeclared(app)
    if chosen.worker:
        start_worker(chosen)
    return app


def _secret_key(settings: Settings) -> str:
    """The key that signs forms: the given one, else one made once and kept beside the SQLite database."""
    if settings.secret_key is not None:
        return settings.secret_key
    url = make_url(settings.database_url)
    if url.get_backend_name() != "sqlite":
        raise WrongSetting("TRIPKIT_SECRET_KEY is needed with PostgreSQL; use at least 16 random characters.")
    if not url.database or url.database == ":memory:":
        return secrets.token_hex(32)
    file = Path(url.database).with_suffix(".secret")
    file.parent.mkdir(parents=True, exist_ok=True)
    if not file.exists():
        # Written under another name and then named: no other process ever reads half a key, and the first one's stands.
        mine = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
        mine.touch(mode=0o600)
        mine.write_text(secrets.token_hex(32), encoding="ascii")
        with suppress(FileExistsError):
            file.hardlink_to(mine)
        mine.unlink()
    return file.read_text(encoding="ascii").strip()
