"""Settings from a file beside the environment: what wins, where each comes from, and every fault at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tripkit.settings import Clock, Settings, WrongSetting, read


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(text: str, **environment: str) -> dict[str, str]:
    """An environment that names a file with this text."""
    Path("trips.toml").write_text(text, "utf-8")
    return {"TRIPKIT_SETTINGS": "trips.toml", **environment}


def faults(environment: dict[str, str]) -> list[str]:
    with pytest.raises(WrongSetting) as refused:
        Settings.from_environment(environment)
    return list(refused.value.faults)


pytestmark = pytest.mark.usefixtures("here")


def test_each_kind_is_read_as_toml_writes_it() -> None:
    found = Settings.from_environment(
        written(
            'url = "https://trips.example/"\nproxies = 1\ndemo = true\nworker = false\n'
            "clock = 2018-12-10T09:00:00+01:00\nlog = 'json'\n"
        )
    )
    assert (found.url, found.proxies, found.demo, found.worker, found.log) == (
        "https://trips.example",
        1,
        True,
        False,
        "json",
    )
    begins = Settings.from_environment({"TRIPKIT_CLOCK": "2018-12-10T09:00+01:00"}).clock
    assert found.clock == begins != Clock()
    assert Settings.from_environment(written('clock = "2018-12-10T09:00+01:00"')).clock == begins


def test_a_file_with_a_mark_at_its_beginning_and_the_lines_of_windows_is_read() -> None:
    Path("trips.toml").write_bytes(b'\xef\xbb\xbf# Ours\r\n\r\nurl = "https://trips.example"\r\nproxies = -1\r\n')
    assert faults({"TRIPKIT_SETTINGS": "trips.toml"}) == [
        "trips.toml:4: proxies is “-1”; write a whole number from 0 to 9."
    ]


def test_the_environment_wins_and_an_empty_variable_is_not_given() -> None:
    text = 'url = "https://file.example"\nmail = "files:post"\nmail_from = ""\n'
    found = read(written(text, TRIPKIT_URL="https://environment.example", TRIPKIT_MAIL="  "))
    assert (found.values["url"], found.origins["url"]) == ("https://environment.example", "environment")
    assert (found.values["mail"], found.origins["mail"]) == ("files:post", "trips.toml:2")
    assert (found.values["mail_from"], found.origins["mail_from"]) == (None, "default")
    assert [found.is_given(field) for field in ("url", "mail", "mail_from", "demo")] == [True, True, False, False]


def test_the_worker_follows_a_redis_server_that_the_file_names() -> None:
    assert not Settings.from_environment(written('redis_url = "redis://127.0.0.1"')).worker


def test_every_fault_is_said_at_once_with_its_place() -> None:
    text = 'redis_ulr = "redis://:hunter2@host"\nproxies = "2"\nmail = 25\n\ndemo = "yes"\n[worker]\nalways = true\n'
    environment = written(text, TRIPKIT_MIAL="smtp://u:hunter2@host", TRIPKIT_LOG="loud", TRIPKIT_URL="trips")
    found = faults(environment)
    assert found == [
        "TRIPKIT_MIAL is not a setting; did you mean TRIPKIT_MAIL?",
        "trips.toml:1: redis_ulr is not a setting; did you mean redis_url?",
        "trips.toml:6: worker is a section, and there are none; write each setting as one line, key = value.",
        "TRIPKIT_URL is “trips”; write the public address, as in https://trips.example.",
        "trips.toml:3: mail is not text; put it into quotation marks.",
        "trips.toml:5: demo is neither true nor false; write one of them, without quotation marks.",
        "trips.toml:2: proxies is no whole number; write one, without quotation marks.",
        "TRIPKIT_LOG is “loud”; write text or json.",
    ]
    said = str(WrongSetting(*found))
    assert said.splitlines() == ["8 settings cannot be used:", *(f"- {fault}" for fault in found)]


def test_a_fault_in_the_file_is_said_although_the_environment_wins() -> None:
    assert faults(written("proxies = 90", TRIPKIT_PROXIES="1")) == [
        "trips.toml:1: proxies is “90”; write a whole number from 0 to 9."
    ]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("TRIPKIT_DATABASE_URL", "did you mean TRIPKIT_DATABASE?"),
        ("TRIPKIT_MAILFROM", "did you mean TRIPKIT_MAIL_FROM?"),
        ("TRIPKIT_SETTING", "did you mean TRIPKIT_SETTINGS?"),
        ("TRIPKIT_REQUIRE", "no setting has a name like it, so take it away."),
        ("TRIPKIT_Q", "no setting has a name like it, so take it away."),
    ],
)
def test_an_unknown_variable_is_refused_with_the_one_that_may_be_meant(name: str, meant: str) -> None:
    assert faults({name: "hunter2"}) == [f"{name} is not a setting; {meant}"]


@pytest.mark.parametrize(
    "name",
    [
        "TRIPKIT_TEST_POSTGRES",
        "TRIPKIT_BENCH_POSTGRES",
        "TRIPKIT_SERVICE_HOST",
        "TRIPKIT_SERVICE_PORT_HTTP",
        "TRIPKIT_PORT",
        "TRIPKIT_PORT_5000_TCP_ADDR",
        "MY_TRIPKIT_MIAL",
    ],
)
def test_variables_of_tests_and_of_a_container_beside_a_service_named_tripkit_are_not_ours(name: str) -> None:
    Settings.from_environment({name: "tcp://10.0.0.1:5000"})


def test_a_key_of_a_longer_text_is_not_taken_for_the_line_of_one() -> None:
    text = 'map_attribution = """\nproxies = 3\n"""\nproxies = 90\n'
    assert faults(written(text)) == [
        "trips.toml:1: map_attribution holds a line break or another control character; take it out.",
        "trips.toml:4: proxies is “90”; write a whole number from 0 to 9.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"url = https://u:hunter2@x", "trips.toml:1:7: this is not TOML (Invalid value); write one setting to a line"),
        (b'proxies = 1\nproxies = 2\nurl = "x"', "trips.toml:2:12: this is not TOML (Cannot overwrite a value)"),
        (b'url = "hunter2', "trips.toml: this is not TOML ("),
        (
            b'"a\\n\\u0000b" = 1\nproxies = 1',
            "trips.toml: a b is not a setting; no setting has a name like it, so take it away.",
        ),
        (b'url = "\xff"', "trips.toml is not UTF-8 text; save it as such."),
    ],
)
def test_what_is_no_toml_is_refused_with_its_place_and_not_repeated(text: bytes, said: str) -> None:
    Path("trips.toml").write_bytes(text)
    (fault,) = faults({"TRIPKIT_SETTINGS": "trips.toml"})
    assert fault.startswith(said) and "hunter2" not in fault


def test_a_file_that_is_not_there_or_cannot_be_read_is_refused() -> None:
    assert faults({"TRIPKIT_SETTINGS": "none.toml", "TRIPKIT_PROXIES": "x"}) == [
        "TRIPKIT_SETTINGS names none.toml, and there is no such file.",
        "TRIPKIT_PROXIES is “x”; write a whole number from 0 to 9.",
    ]
    assert faults({"TRIPKIT_SETTINGS": "."}) == ["TRIPKIT_SETTINGS names ., which cannot be read: Is a directory."]
