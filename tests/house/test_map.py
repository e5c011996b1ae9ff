"""The map names every module with its own line, and nothing that is not there."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from tests.house.tree import PACKAGE, ROOT, modules


def write_map() -> ModuleType:
    spec = spec_from_file_location("write_map", ROOT / "docs" / "write_map.py")
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_map_is_what_the_modules_say() -> None:
    assert (ROOT / "docs" / "map.md").read_text("utf-8") == write_map().written(), "run: python docs/write_map.py"


def test_the_map_shows_every_module() -> None:
    shown = {path for paths in write_map().modules().values() for path in paths}
    assert shown == {path for path in modules() if "versions" not in path.relative_to(PACKAGE).parts}
