"""Sealed texts: opened with the right key in the right place, and in no other way."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tripkit.settings import Settings, WrongSetting
from tripkit.storage.data_keys import key_file, put_first, vault_for
from tripkit.storage.sealing import Locked, Vault, is_sealed, name_of

OLD, NEW = "a1" * 32, "b2" * 32
vault = Vault(lambda: (OLD,))


@given(st.text())
def test_what_was_sealed_opens_in_its_place(text: str) -> None:
    sealed = vault.seal(text, "here")
    assert vault.open(sealed, "here") == text
    assert is_sealed(sealed) and sealed.startswith(f"{name_of(OLD)}.") and sealed.isascii()


def test_it_opens_in_no_other_place() -> None:
    sealed = vault.seal("vegan", "answer/1/diet")
    for place in ("answer/2/diet", "answer/1/allergy", "", "answer/1/diet "):
        with pytest.raises(Locked, match="another place"):
            vault.open(sealed, place)


def test_it_opens_with_no_other_key_and_not_when_a_sign_of_it_is_changed() -> None:
    sealed = vault.seal("vegan", "here")
    with pytest.raises(Locked, match=f"the key {name_of(OLD)} is not here"):
        Vault(lambda: (NEW,)).open(sealed, "here")
    head, _, rest = sealed.partition(".")
    damaged = ["", head, f"{head}.", f"{head}.é", f"{head}.{rest[:-4]}", f"{head}.{rest[4:]}", f"{name_of(NEW)}.{rest}"]
    damaged += [f"{head}.{rest[:at]}{'A' if rest[at] != 'A' else 'B'}{rest[at + 1 :]}" for at in range(len(rest) - 2)]
    for text in damaged:
        with pytest.raises(Locked):
            Vault(lambda: (OLD, NEW)).open(text, "here")


def test_the_same_text_is_never_sealed_the_same_and_its_length_does_not_tell_which_it_is() -> None:
    sealed = [vault.seal(text, "here") for text in ("yes", "no", "no", "everything", "gluten, nuts and dairy products")]
    assert len(set(sealed)) == len(sealed)
    assert len({len(text) for text in sealed}) == 1


def test_older_keys_open_and_the_newest_seals() -> None:
    both = Vault(lambda: (NEW, OLD))
    assert both.names == (name_of(NEW), name_of(OLD))
    assert both.open(vault.seal("vegan", "here"), "here") == "vegan"
    assert both.seal("vegan", "here").startswith(name_of(NEW))


def test_nothing_shows_a_key() -> None:
    assert OLD not in repr(vault) and OLD[:8] not in name_of(OLD)
    assert OLD not in vault.seal("vegan", "here")


def settings(folder: Path, *keys: str) -> Settings:
    return Settings(database_url=f"sqlite:///{folder / 'var' / 'trips.sqlite3'}", data_keys=keys)


def test_a_site_on_sqlite_makes_its_key_when_it_seals_something(tmp_path: Path) -> None:
    made = vault_for(settings(tmp_path))
    file = key_file(settings(tmp_path))
    assert made is not None and file is not None and not file.exists()
    sealed = made.seal("vegan", "here")
    assert file.name == "trips.keys" and file.stat().st_mode & 0o777 == 0o600
    again = vault_for(settings(tmp_path))
    assert again is not None and again.open(sealed, "here") == "vegan"


def test_a_new_key_in_the_file_holds_for_who_runs_already(tmp_path: Path) -> None:
    runs = vault_for(settings(tmp_path))
    file = key_file(settings(tmp_path))
    assert runs is not None and file is not None
    before = runs.seal("vegan", "here")
    put_first(file, NEW)
    assert runs.seal("vegan", "here").startswith(name_of(NEW))
    assert runs.open(before, "here") == "vegan"
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_key_is_lost_when_several_are_made_at_once_and_one_was_sealed_with_already(tmp_path: Path) -> None:
    """Among them the one that a site makes by itself, as it does when somebody answers while its owner makes a key."""
    many, together = 8, Barrier(8)
    for number in range(20):
        url = f"sqlite:///{tmp_path / f'{number}.sqlite3'}"
        file = key_file(Settings(database_url=url))
        assert file is not None

        def make(nth: int, url: str = url, file: Path = file) -> str:
            together.wait(10)
            if nth:
                put_first(file, f"{nth}" * 64)
                return f"{nth}" * 64
            own = vault_for(Settings(database_url=url))
            assert own is not None
            return own.seal("vegan", "here")

        with ThreadPoolExecutor(many) as threads:
            sealed, *made = threads.map(make, range(many))
        opened = vault_for(Settings(database_url=url))
        assert opened is not None
        assert opened.open(sealed, "here") == "vegan"
        assert {name_of(key) for key in made} <= set(opened.names)
        assert [one.name for one in tmp_path.glob(f"{number}.*")] == [file.name], "nothing else is left there"


def test_keys_that_are_given_come_before_those_in_the_file_and_make_none(tmp_path: Path) -> None:
    given_ones, file = vault_for(settings(tmp_path, NEW)), key_file(settings(tmp_path))
    assert given_ones is not None and file is not None
    assert given_ones.names == (name_of(NEW),) and not file.exists()
    file.parent.mkdir()
    put_first(file, OLD)
    assert given_ones.names == (name_of(NEW), name_of(OLD))


def test_a_file_that_holds_something_else_is_said(tmp_path: Path) -> None:
    file = key_file(settings(tmp_path))
    assert file is not None
    file.parent.mkdir()
    file.write_text("my dog's name\n")
    made = vault_for(settings(tmp_path))
    assert made is not None
    with pytest.raises(WrongSetting, match="no key"):
        made.seal("vegan", "here")


def test_a_server_needs_its_keys_from_outside() -> None:
    url = "postgresql+psycopg://localhost/trips"
    assert vault_for(Settings(database_url=url)) is None
    held = vault_for(Settings(database_url=url, data_keys=(NEW,)))
    assert held is not None and held.names == (name_of(NEW),)


@pytest.mark.parametrize("written", ["short", "g" * 64, f"{OLD},", f"{OLD},{OLD}", f"{OLD} {NEW}"])
def test_keys_that_are_none_are_refused_and_not_repeated(written: str) -> None:
    with pytest.raises(WrongSetting, match="TRIPKIT_DATA_KEYS holds what is no key") as refused:
        Settings.from_environment({"TRIPKIT_DATA_KEYS": written})
    assert written[:6] not in str(refused.value)
    key = secrets.token_hex(32)
    assert Settings.from_environment({"TRIPKIT_DATA_KEYS": f"{key.upper()}, {OLD}"}).data_keys == (key, OLD)
