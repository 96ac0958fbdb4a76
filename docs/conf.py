"""Sphinx: the pages of this folder, and those of the Python interface from its docstrings. `make docs` builds them."""

from SegmentationConcordanceLib import __version__

project = "SegmentationConcordance"
copyright = "SegmentationConcordance contributors"
version = release = __version__

extensions = ["sphinx.ext.autodoc", "sphinx.ext.viewcode", "myst_nb"]
exclude_patterns = ["conf.py"]
html_theme = "alabaster"
html_theme_options = {
    "page_width": "1180px",
    "sidebar_width": "270px",
    "description": "Compare AI segmentations without ground truth",
}
html_copy_source = False

# The pages are read on GitHub as well: links to headings are made as there.
myst_heading_anchors = 3

# The notebook runs whenever the pages are built; a cell that fails ends the build.
nb_execution_mode = "force"
nb_execution_raise_on_error = True
nb_execution_timeout = 300

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
add_module_names = False
