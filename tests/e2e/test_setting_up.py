"""A site nobody has an account at yet, in a browser: from the code on the terminal to the first organisation, and no way back to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.e2e.browsing import WALKS, Visitor, faults, path_of, scrolls_sideways
from tests.e2e.demonstration import serve
from tripkit.storage import open_engine
from tripkit.storage.migrations import upgrade
from tripkit.web.setup.code import code_of

SECRET_KEY = "only for tests, 32 characters.."
LONG = "Västernärkes och Österåkers kommunalförbunds gemensamma nämnd för studieresor"


def empty_site(folder: Path) -> Path:
    """A database in which there is nothing but tables."""
    database = folder / "empty.sqlite3"
    engine = open_engine(f"sqlite:///{database}")
    upgrade(engine)
    engine.dispose()
    return database


def code() -> str:
    """The code that stands on the terminal."""
    app = Flask("terminal")
    app.config["SECRET_KEY"] = SECRET_KEY
    return code_of(app)


@pytest.mark.parametrize(("language", "size", "scripts"), [(*WALKS[0], True), (*WALKS[1], True), (*WALKS[0], False)])
def test_the_first_organisation_is_made_without_a_fault_of_accessibility(
    tmp_path: Path, visit: Callable[..., Visitor], language: str, size: str, scripts: bool
) -> None:
    with serve(empty_site(tmp_path), tmp_path, TRIPKIT_SECRET_KEY=SECRET_KEY, TRIPKIT_DEMO="no") as site:
        someone = visit(site.url, language=language, size=size, java_script_enabled=scripts)
        page, form, found = someone.page, f"/{language}/setup/", {}

        def look(name: str) -> None:
            someone.picture(f"setup-{name}")
            # What looks for faults is a script itself.
            found[name] = (faults(page), scrolls_sideways(page)) if scripts else ([], "")

        someone.go(f"/{language}/")
        look("empty-site")
        someone.go(form)
        look("form")
        page.locator("form button[type=submit]").last.click()
        assert page.locator(".error").count() == 1, "without the code nothing else is said"
        look("no-code")
        page.locator("#code").fill(code().lower())
        page.locator("#key").fill("Inte en nyckel")
        page.locator("form button[type=submit]").last.click()
        assert page.locator(".error").count() > 2
        assert page.locator("#code").input_value() == code().lower(), "nothing is lost"
        look("wrong")
        for name, value in (
            ("organisation", LONG),
            ("key", "vasternarke"),
            ("name", "Åsa Öberg-Lindström"),
            ("email", "asa@tripkit.example"),
        ):
            page.locator(f"#{name}").fill(value)
        page.locator("form button[type=submit]").last.click()
        assert path_of(page) == f"/{language}/organise/vasternarke/"
        look("begun")
        assert found == dict.fromkeys(found, ([], ""))
        answer = page.goto(site.url + form)
        assert answer is not None
        assert answer.status == 404, "a site that has begun begins no more"
