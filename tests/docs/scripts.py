"""The scripts in docs/ that write pages, to compare what they would write with what is there."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType

from tests.house.tree import ROOT


def script(name: str) -> ModuleType:
    """A script by its path in docs/."""
    spec = spec_from_file_location(name.replace("/", "_").removesuffix(".py"), ROOT / "docs" / name)
    assert spec and spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
