"""The application: settings, database, areas and headers put together; the only module of the web that knows them all."""

from __future__ import annotations

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from sqlalchemy import make_url
from sqlalchemy.exc import DatabaseError

from tripkit import logs
from tripkit import settings as settings_module
from tripkit.settings import Settings, WrongSetting
from tripkit.storage import db, wake_after_commit
from tripkit.storage.data_keys import vault_for
from tripkit.storage.revision import Age, TablesAreOlder, age_of, current, told_newer, told_older
from tripkit.storage.secret_files import beside, kept
from tripkit.storage.session import engine_options
from tripkit.web import (
    account,
    administrator,
    mybooking,
    organiser,
    proving_here,
    public,
    setup,
    signup,
    styles,
    visitors,
    watching,
    words,
)
from tripkit.web.access import note_requests
from tripkit.web.errors import answer_errors
from tripkit.web.hosts import keep_hosts_apart
from tripkit.web.public.kept import Kept
from tripkit.web.public.shelf import Shelf
from tripkit.web.routing import refuse_undeclared
from tripkit.web.security import protect
from tripkit.web.who import recognise
from tripkit.worker.thread import start as start_worker

if TYPE_CHECKING:
    from tripkit.storage.redis_server import Reached

__all__ = ["create_app"]

log = logging.getLogger(__name__)


def create_app(settings: Settings | None = None) -> Flask:
    """Make the application. ``settings``: None = from the environment and the file it names.

    Raises: WrongSetting, TablesAreOlder, RuntimeError (a route that does not say who may ask for it).
    """
    chosen = settings or settings_module.Settings.from_environment(os.environ)
    logs.set_up_if_nobody_has(chosen.log, chosen.log_level)
    app = Flask(__name__, static_folder="web/static", template_folder="web/templates")
    app.extensions["tripkit"] = chosen
    app.config["SECRET_KEY"] = _secret_key(chosen)
    app.config["SQLALCHEMY_DATABASE_URI"] = chosen.database_url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = engine_options(chosen.database_url, vault_for(chosen))
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # Flask's own provider has it
    note_requests(app, chosen)
    db.init_app(app)
    words.teach(app)
    styles.serve(app)
    for area in (account, organiser, administrator, setup, public, signup, mybooking, watching, proving_here):
        app.register_blueprint(area.blueprint)
    if chosen.demo:
        from tripkit.web import demo  # noqa: PLC0415 (a page that must not exist outside a demonstration)

        app.register_blueprint(demo.blueprint)
    answer_errors(app)
    protect(app, chosen)
    keep_hosts_apart(app)
    recognise(app)
    visitors.believe(app, chosen.proxies)
    redis = _redis(chosen)
    if redis is not None:
        app.extensions["tripkit_pages"] = Kept(Shelf(redis, app.config["SECRET_KEY"], chosen))
    if chosen.limits:
        from tripkit.web.counters import Counters  # noqa: PLC0415 (slow to load, and many processes count nothing)

        app.extensions["tripkit_limiter"] = Counters(app.config["SECRET_KEY"], redis)
    if chosen.metrics_token is not None:
        _count_requests(app)
    refuse_undeclared(app)
    _look_at_tables(app)
    _deliver_messages(app, chosen)
    return app


def _count_requests(app: Flask) -> None:
    with _that_is_installed("TRIPKIT_METRICS_TOKEN", "metrics"):
        from tripkit.web.watching.meters import Meters  # noqa: PLC0415 (an extra)
    app.extensions["tripkit_meters"] = Meters()


def _look_at_tables(app: Flask) -> None:
    """Say at once what every page would trip over. A database that is away may come back: pages say so until then."""
    url = make_url(app.config["SQLALCHEMY_DATABASE_URI"])
    if url.get_backend_name() == "sqlite" and not (url.database and Path(url.database).exists()):
        return  # To look must not make one.
    with app.app_context(), suppress(DatabaseError):
        revision = current(db.engine)
        db.engine.dispose()  # No connection is carried into processes that are forked from this one.
        match age_of(revision):
            case Age.OLDER:
                raise TablesAreOlder(told_older(revision))
            case Age.NEWER:
                log.warning(told_newer(revision or ""))


def _deliver_messages(app: Flask, settings: Settings) -> None:
    """Start a worker in this process, or wake those elsewhere, whenever a request has written messages."""
    wake: Callable[[], None]
    if settings.worker:
        wake = start_worker(settings).wake
    elif settings.redis_url is not None:
        with _that_is_installed("TRIPKIT_REDIS_URL", "redis"):
            from tripkit.worker.queue import Waker  # noqa: PLC0415 (an extra, and slow to load)
        wake = Waker(settings).wake
    else:
        return  # `tripkit worker` looks by itself.
    with app.app_context():
        wake_after_commit(db.engine, wake)


def _redis(settings: Settings) -> Reached | None:
    """What processes share, None where there is only one."""
    if settings.redis_url is None:
        return None
    with _that_is_installed("TRIPKIT_REDIS_URL", "redis"):
        from tripkit.storage.redis_server import Reached  # noqa: PLC0415 (an extra: one process needs none)
    return Reached(settings)


@contextmanager
def _that_is_installed(setting: str, extra: str) -> Iterator[None]:
    try:
        yield
    except ModuleNotFoundError as error:
        raise WrongSetting(
            f"{setting} needs {error.name}, which is not installed: pip install 'tripkit[{extra}]'."
        ) from error


def _secret_key(settings: Settings) -> str:
    """The key that signs forms: the given one, else one made once and kept beside the SQLite database."""
    if missing := settings.missing_keys():
        raise WrongSetting("\n".join(missing))
    if settings.secret_key is not None:
        return settings.secret_key
    file = beside(settings.database_url, ".secret")
    return secrets.token_hex(32) if file is None else kept(file, lambda: secrets.token_hex(32))
