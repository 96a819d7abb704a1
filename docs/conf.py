"""Configuration of the documentation (Sphinx)."""

from importlib import metadata

project = "sfp_model"
author = "The sfp_model authors"
release = metadata.version("sfp_model")
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.mathjax"]
source_suffix = [".md", ".rst"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = "sfp_model"
myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
napoleon_google_docstring = False
autodoc_typehints = "none"
autodoc_member_order = "bysource"
