"""How Sphinx builds the documentation; no text lives here."""

from __future__ import annotations

import tripkit

project = "tripkit"
author = "The tripkit authors"
copyright = "2026, the tripkit authors"  # noqa: A001 (Sphinx calls it so)
release = version = tripkit.__version__

extensions = ["myst_parser"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = f"tripkit {release}"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#15527a", "color-brand-content": "#15527a"},
    "dark_css_variables": {"color-brand-primary": "#8fc4e8", "color-brand-content": "#8fc4e8"},
}
html_copy_source = False
html_show_sphinx = False
