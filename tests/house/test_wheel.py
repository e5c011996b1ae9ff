"""The wheel works alone: in an environment without this checkout, `tripkit demo` runs from it, sample included."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.house.tree import ROOT, files, shown


def run(*command: str | Path, cwd: Path) -> str:
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TRIPKIT_"))}
    result = subprocess.run(command, cwd=cwd, env=surroundings, capture_output=True, text=True, check=False)
    assert result.returncode == 0, f"{command}\n{result.stdout}\n{result.stderr}"
    return result.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with the wheel and the source distribution."""
    directory = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "-d", directory, cwd=ROOT)
    return directory


@pytest.fixture(scope="module")
def installed(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an environment that has the wheel, and tripkit from nowhere else."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, with_pip=False, symlinks=True)
    programs = environment / "bin"
    (wheel,) = built.glob("*.whl")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", programs / "python"]
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=environment)
    # What tripkit depends on is the same as here, without a network. Path files found on this path are not read, so this checkout stays out.
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib"), "utf-8")
    return programs


def test_wheel_holds_the_whole_library_the_sample_and_nothing_else(built: Path) -> None:
    (wheel,) = built.glob("*.whl")
    held = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    ours = {shown(path) for path in files()}
    library = {name.removeprefix("src/") for name in ours if name.startswith("src/tripkit/")}
    sample = {f"tripkit/{name}" for name in ours if name.startswith("sample_events/gothenburg_2019/")}
    assert sample
    assert held == library | sample


def test_source_distribution_can_build_the_wheel(built: Path, tmp_path: Path) -> None:
    (source,) = built.glob("*.tar.gz")
    with tarfile.open(source) as archive:
        # Python 3.11.2, as in Debian 12, has no filters yet; later versions warn without one.
        archive.extractall(tmp_path, **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))
    (unpacked,) = tmp_path.iterdir()
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", cwd=unpacked)
    (wheel,) = built.glob("*.whl")
    (again,) = (unpacked / "dist").glob("*.whl")
    assert set(ZipFile(again).namelist()) == set(ZipFile(wheel).namelist())


def test_demo_runs_from_the_installed_wheel(installed: Path, tmp_path: Path) -> None:
    environment = installed.parent
    home = run(installed / "python", "-c", "import tripkit; print(tripkit.__file__)", cwd=tmp_path).strip()
    assert Path(home).is_relative_to(environment)
    run(installed / "tripkit", "demo", "--check", cwd=tmp_path)
