"""``tripkit demo``: what it says to whoever starts it, and the way in for who organises."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from tripkit.actions.recording import digest_of
from tripkit.cli import main
from tripkit.cli.demo import ORGANISER, build_demo, demo_settings, give_owner
from tripkit.reads.owners import owned
from tripkit.storage import open_engine, sessions
from tripkit.storage.accounts import SignInLinkRow


def test_every_page_of_a_demo_answers(tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["demo", "--check", "--folder", str(tmp_path / "demo")])
    assert (done.exit_code, done.output.splitlines()[-1]) == (0, "Every page answers.")


def test_the_sample_of_a_demo_is_owned_by_who_is_named(tmp_path: Path) -> None:
    settings = demo_settings(tmp_path, "http://127.0.0.1:5000")
    build_demo(settings)
    engine = open_engine(settings.database_url)
    with sessions(engine)() as session:
        assert owned(session) is None, "the trip alone brings no owner"
        session.rollback()
        token = give_owner(settings).split("/")[-2]
        session.rollback()
        link = session.scalars(select(SignInLinkRow).where(SignInLinkRow.digest == digest_of(token))).one()
        assert link.email == ORGANISER
        assert owned(session) == "studieresekansliet"
    engine.dispose()
