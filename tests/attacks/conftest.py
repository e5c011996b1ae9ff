"""A site with a booking on it, to be attacked."""

from __future__ import annotations

import pytest

from tests.web.conftest import Site, kept_site, site
from tests.web.everywhere import Stay, stay_at

__all__ = ["kept_site", "site"]


@pytest.fixture
def stay(site: Site) -> Stay:
    """A trip with a booking on the site, somebody of which is offered a place."""
    return stay_at(site)
