"""The recipes name commands, settings and files there are, and what reads them on a server takes them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from ruamel.yaml import YAML

from tests.conftest import missing
from tests.deploy.recipe import DEPLOY, HERE, nginx_config, program, recipe_files, started_by, unit
from tests.docs.blocks import page_text
from tests.house.tree import ROOT
from tripkit.app import create_app
from tripkit.cli import main
from tripkit.settings import DATA_KEYS_ARE_MISSING, Settings
from tripkit.settings.table import SETTINGS
from tripkit.storage.data_keys import new_key

PAGE = page_text("docs/hosting.md")
INCLUDED = re.compile(r"```\{literalinclude\} \.\./deploy/(\S+)")
COMPOSE: dict[str, Any] = YAML(typ="safe").load((DEPLOY / "compose" / "compose.yaml").read_text("utf-8"))
NAMES = {setting.name for setting in SETTINGS}


def is_command(words: list[str]) -> bool:
    """Whether ``tripkit`` knows these words, and their options."""
    context, command = click.Context(main), main
    for word in words:
        if word.startswith("-"):
            return any(word in option.opts for option in command.params)
        if not isinstance(command, click.Group):
            return True
        found = command.get_command(context, word)
        if found is None:
            return False
        command = found  # type: ignore[assignment]
    return not isinstance(command, click.Group)


def test_the_page_shows_the_files_or_names_them() -> None:
    shown = set(INCLUDED.findall(PAGE))
    there = {path.relative_to(DEPLOY).as_posix() for path in recipe_files()}
    assert shown <= there and len(shown) >= 9
    unnamed = [name for name in there - shown if Path(name).name not in PAGE and "tripkit-backup.timer" not in name]
    assert unnamed == []


def test_every_command_the_page_names_is_one() -> None:
    named = re.findall(
        r"(?:^ *(?:[#$] )?|`|exec web |exec --no-TTY web |/)tripkit ((?:[a-z]+)(?: [a-z]+)?(?: --[a-z-]+)?)",
        PAGE,
        re.MULTILINE,
    )
    assert len(named) > 15
    groups = {"db", "mail", "campaign", "event"}
    wrong = []
    for words in named:
        first, *rest = words.split()
        known = [first, *(rest if first in groups else [word for word in rest if word.startswith("--")])]
        if not is_command(known):
            wrong.append(words)
    assert wrong == []


def test_a_command_that_is_none_would_be_noticed() -> None:
    assert is_command(["db", "upgrade"]) and is_command(["doctor", "--json"]) and is_command(["worker"])
    assert not is_command(["db"]) and not is_command(["wroker"]) and not is_command(["doctor", "--jsn"])


@pytest.mark.parametrize("name", ["tripkit-worker.service", "tripkit-backup.service"])
def test_the_commands_of_services_are_commands(name: str) -> None:
    text = dict(unit(name)["Service"])["ExecStart"]
    (words,) = re.findall(r"/srv/tripkit/current/bin/tripkit ([a-z ]+?)(?: \"|$)", text)
    assert is_command(words.split())


def test_services_get_their_settings_from_the_file_the_page_makes() -> None:
    for name in ("tripkit-web.service", "tripkit-worker.service", "tripkit-backup.service"):
        told = dict(unit(name)["Service"])["Environment"]
        assert "TRIPKIT_SETTINGS=/etc/tripkit/tripkit.toml" in told
        assert set(re.findall(r"TRIPKIT_[A-Z_]+(?==)", told)) <= {*NAMES, "TRIPKIT_SETTINGS"}
    assert "/etc/tripkit/tripkit.toml" in (DEPLOY / "tripkit-command").read_text("utf-8")


def test_gunicorn_takes_what_it_is_told(tmp_path: Path) -> None:
    dockerfile = (DEPLOY / "compose" / "Dockerfile").read_text("utf-8")
    (command,) = re.findall(r"^CMD (\[.*\])$", dockerfile, re.MULTILINE)
    for words in (started_by("tripkit-web.service"), json.loads(command)):
        gunicorn, *options = words
        assert Path(gunicorn).name == "gunicorn"
        done = subprocess.run(
            [str(HERE / "gunicorn"), "--check-config", *options],
            env={**os.environ, "TRIPKIT_DATABASE": f"sqlite:///{tmp_path / 'x.sqlite3'}", "TRIPKIT_WORKER": "no"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_settings_can_be_used_with_a_key_of_ones_own(tmp_path: Path) -> None:
    """The one key that is not written there as an example: whoever left that in place would seal with what everybody knows."""
    file = tmp_path / "tripkit.toml"

    def check() -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tripkit", "settings", "--check"],
            env={**os.environ, "TRIPKIT_SETTINGS": str(file)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode == 0) == (done.stderr == "")
        return done.stderr

    shutil.copy(DEPLOY / "tripkit.toml", file)
    assert check() == f"Error: {DATA_KEYS_ARE_MISSING}\n"
    file.write_text(file.read_text("utf-8").replace('data_keys = ""', f'data_keys = "{new_key()}"'), "utf-8")
    assert check() == ""


def test_systemd_takes_the_units(tmp_path: Path) -> None:
    verify = program("systemd-analyze")
    if verify is None:
        missing("systemd", "systemd-analyze is not installed")
    for path in sorted((DEPLOY / "systemd").iterdir()):
        text = path.read_text("utf-8").replace("/srv/tripkit/current/bin", str(HERE))
        (tmp_path / path.name).write_text(text.replace("User=tripkit", "User=root"), "utf-8")
    units = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(
        [str(verify), "verify", "--man=no", *units], capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "SYSTEMD_UNIT_PATH": f"{tmp_path}:"},
    )  # fmt: skip
    told = [line for line in done.stderr.splitlines() if "tripkit" in line]
    assert told == []
    broken = tmp_path / "tripkit-worker.service"
    broken.write_text(broken.read_text("utf-8").replace("ExecStart=", "ExecSart="), "utf-8")
    done = subprocess.run([str(verify), "verify", "--man=no", str(broken)], capture_output=True, text=True, check=False)
    assert "ExecSart" in done.stderr  # Otherwise its silence would mean nothing.


def test_nginx_takes_the_site(tmp_path: Path) -> None:
    nginx = program("nginx")
    if nginx is None:
        missing("nginx", "nginx is not installed")
    done = subprocess.run(
        [str(nginx), "-t", "-c", str(nginx_config(tmp_path, port=8080, upstream=5000))],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_compose_names_what_there_is() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"upgrade", "web", "worker", "postgres", "redis", "caddy"}
    for name, service in services.items():
        command = service.get("command", [])
        if command[:1] == ["tripkit"]:
            assert is_command(command[1:]), name
        assert set(service.get("depends_on", [])) <= set(services)
        settings = {key for key in service.get("environment", {}) if key.startswith("TRIPKIT_")}
        assert name == "caddy" or settings <= NAMES
        # By name and version: from where they come is for whoever runs it to say.
        assert re.fullmatch(r"[a-z]+(:\d+)?", service["image"])
    assert set(COMPOSE["volumes"]) == {"postgres", "caddy"}
    # What depends on web is taken away together with it, and somebody has to keep requests waiting meanwhile.
    assert "depends_on" not in services["caddy"]


def test_compose_is_told_all_it_asks_for() -> None:
    asked = set(re.findall(r"\$\{([A-Z_]+)", (DEPLOY / "compose" / "compose.yaml").read_text("utf-8")))
    told = set(re.findall(r"^([A-Z_]+)=", (DEPLOY / "compose" / "example.env").read_text("utf-8"), re.MULTILINE))
    assert asked == told


def test_the_image_installs_the_wheel_with_extras_there_are() -> None:
    dockerfile = (DEPLOY / "compose" / "Dockerfile").read_text("utf-8")
    (extras,) = re.findall(r"\$\{wheel\}\[([a-z,]+)\]", dockerfile)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(extras.split(",")) <= set(project["optional-dependencies"])
    assert f"[{extras}]" in PAGE


def test_processes_behind_one_address_have_a_place_to_add_up_what_they_count() -> None:
    """It is empty at each start, else what was counted before is counted on."""
    service = dict(unit("tripkit-web.service")["Service"])
    assert f"PROMETHEUS_MULTIPROC_DIR=/run/{service['RuntimeDirectory']}" in service["Environment"].split()
    dockerfile = (DEPLOY / "compose" / "Dockerfile").read_text("utf-8")
    (folder,) = re.findall(r"^ENV PROMETHEUS_MULTIPROC_DIR=(/\S+)$", dockerfile, re.MULTILINE)
    assert str(Path(folder).parent) in COMPOSE["services"]["web"]["tmpfs"]


def test_caddy_takes_the_site() -> None:
    caddy = program("caddy")
    if caddy is None:
        missing("caddy", "caddy is not installed")
    done = subprocess.run(
        [str(caddy), "validate", "--adapter", "caddyfile", "--config", str(DEPLOY / "caddy" / "Caddyfile")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_addresses_with_secrets_are_in_no_log_of_a_proxy() -> None:
    """The same expression in both, for every address there is with a secret in it."""
    rules = {rule.rule for rule in create_app(Settings(secret_key="only for tests")).url_map.iter_rules()}
    secret = [rule for rule in rules if "<token>" in rule]
    assert len(secret) > 8
    for name in ("nginx/tripkit.conf", "caddy/Caddyfile"):
        (kept_out,) = re.findall(r"\^/\S+?/\.\+", (DEPLOY / name).read_text("utf-8"))
        assert {rule for rule in rules if re.match(kept_out, re.sub("<[^>]+>", "x", rule))} == {*secret}
