"""What each setting takes, what it refuses, and with which sentence."""

from __future__ import annotations

from ipaddress import ip_network

import pytest

from tripkit.settings import Settings, WrongSetting


@pytest.mark.parametrize(
    ("variable", "value", "field", "read"),
    [
        ("TRIPKIT_REDIS_URL", "redis://127.0.0.1:6379/0", "redis_url", "redis://127.0.0.1:6379/0"),
        ("TRIPKIT_REDIS_URL", "rediss://user:key@cache.example/1", "redis_url", "rediss://user:key@cache.example/1"),
        ("TRIPKIT_DATABASE", "postgres://u:p/w@h/trips", "database_url", "postgresql+psycopg://u:p/w@h/trips"),
        ("TRIPKIT_DATABASE", "postgresql://[::1]:5432/trips", "database_url", "postgresql+psycopg://[::1]:5432/trips"),
        ("TRIPKIT_PROXIES", "2", "proxies", 2),
        (
            "TRIPKIT_HTTP_NETWORKS",
            "10.0.0.0/8, fd00::/8",
            "http_networks",
            (ip_network("10.0.0.0/8"), ip_network("fd00::/8")),
        ),
        ("TRIPKIT_LIMITS", "no", "limits", False),
        ("TRIPKIT_LOG", "JSON", "log", "json"),
        ("TRIPKIT_LOG_LEVEL", "warning", "log_level", "warning"),
        ("TRIPKIT_METRICS_TOKEN", "sixteen letters!", "metrics_token", "sixteen letters!"),
        ("TRIPKIT_MAIL_AT_ONCE", "1", "mail_at_once", 1),
        ("TRIPKIT_MAIL_PER_MINUTE", "600", "mail_per_minute", 600),
        ("TRIPKIT_BOUNCES", "bounces@trips.example", "bounces", "bounces@trips.example"),
    ],
)
def test_a_right_value_is_read(variable: str, value: str, field: str, read: object) -> None:
    assert getattr(Settings.from_environment({variable: value}), field) == read


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TRIPKIT_PROXIES", "-1", "is “-1”; write a whole number from 0 to 9."),
        ("TRIPKIT_PROXIES", "²", "is “²”; write a whole number from 0 to 9."),
        (
            "TRIPKIT_HTTP_NETWORKS",
            "10.0.0.1/8",
            "is “10.0.0.1/8”; write networks with commas between, as in 10.0.0.0/8, fd00::/8.",
        ),
        ("TRIPKIT_LOG", "xml", "is “xml”; write text or json."),
        ("TRIPKIT_LOG_LEVEL", "loud", "is “loud”; write debug, info, warning or error."),
        ("TRIPKIT_METRICS_TOKEN", "short", "is 5 characters long; use at least 16 random ones."),
        ("TRIPKIT_MAIL_AT_ONCE", "0", "is “0”; write a whole number from 1 to 100."),
        ("TRIPKIT_MAIL_PER_MINUTE", "9" * 5000, f"is “{'9' * 60}…”; write a whole number from 1 to 100000."),
        ("TRIPKIT_URL", "trips", "is “trips”; write the public address, as in https://trips.example."),
        ("TRIPKIT_URL", "http://[x", "is “http://[x”; write the public address, as in https://trips.example."),
        (
            "TRIPKIT_DATABASE",
            "sqlite:////srv/tr\nips",
            "holds a line break or another control character; take it out.",
        ),
        (
            "TRIPKIT_URL",
            "https://tri\tps.example",
            "holds a line break or another control character; take it out.",
        ),
        ("TRIPKIT_BOUNCES", "nobody", "is “nobody”; write an address alone, as in trips@workplace.example."),
    ],
)
def test_a_wrong_value_is_refused_with_what_is_allowed(variable: str, value: str, said: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        Settings.from_environment({variable: value})
    assert str(refused.value) == f"{variable} {said}"


@pytest.mark.parametrize(
    ("variable", "value", "allowed"),
    [
        ("TRIPKIT_REDIS_URL", "127.0.0.1:6379", "write redis://user:password@host:port/0"),
        ("TRIPKIT_REDIS_URL", "redis://:hunter2@", "write redis://user:password@host:port/0"),
        ("TRIPKIT_REDIS_URL", "redis://:hun#ter2@host", "(# is %23)"),
        ("TRIPKIT_REDIS_URL", "redis://:hunter2@host:port/0", "write redis://user:password@host:port/0"),
        ("TRIPKIT_REDIS_URL", "redis://:hunter2@[host/0", "write redis://user:password@host:port/0"),
        ("TRIPKIT_REDIS_URL", "redis://:hunter2@host/first", "write redis://user:password@host:port/0"),
        ("TRIPKIT_REDIS_URL", "amqp://u:hunter2@host", "write redis://user:password@host:port/0"),
        ("TRIPKIT_DATABASE", "postgresql://u:hunter2@host:port/trips", "cannot be read; use sqlite:///"),
        ("TRIPKIT_DATABASE", "hunter2", "is no address; use sqlite:///"),
        ("TRIPKIT_MAIL", "smtp:hunter2", "write console:, files:DIRECTORY or smtp://user:password@host:port."),
        ("TRIPKIT_MAIL", "smtp://u:hunter2@[x", "write console:, files:DIRECTORY or smtp://user:password@host:port."),
        ("TRIPKIT_URL", "https://u:hunter2@trips.example", "holds a user or a password"),
        ("TRIPKIT_URL", "https://u:hunter2@[trips", "holds a user or a password"),
        ("TRIPKIT_SECRET_KEY", "hunter2", "is 7 characters long; use at least 16 random ones."),
    ],
)
def test_a_value_that_may_hold_a_password_is_refused_and_not_repeated(variable: str, value: str, allowed: str) -> None:
    with pytest.raises(WrongSetting) as refused:
        Settings.from_environment({variable: value})
    assert allowed in str(refused.value)
    assert "hunter2" not in str(refused.value) and "hun#" not in str(refused.value)


def test_the_web_process_delivers_where_no_redis_is() -> None:
    with_redis = {"TRIPKIT_REDIS_URL": "redis://127.0.0.1"}
    assert Settings.from_environment({}).worker
    assert not Settings.from_environment(with_redis).worker
    assert Settings.from_environment({**with_redis, "TRIPKIT_WORKER": "yes"}).worker


def test_settings_made_by_hand_deliver_nothing_and_limit_nobody() -> None:
    assert not Settings().worker and not Settings().limits
