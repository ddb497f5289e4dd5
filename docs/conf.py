"""The documentation site: `make docs`."""

project = "Cybo"
author = copyright = "The Cybo contributors"  # noqa: A001 (Sphinx's name)
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Cybo"
exclude_patterns = ["_build"]
# Headings can be linked to, as on the pages of a repository.
myst_heading_anchors = 3
html_show_sphinx = False
html_copy_source = False
