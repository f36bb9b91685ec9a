"""The pages: one module a kind, each a function from material and edition to pages."""

from ..edition import Edition
from ..material import Material
from ..page import Page
from .chapters import chapter_pages
from .home import home_page


def all_pages(material: Material, edition: Edition) -> list[Page]:
    """Every page of the handbook, in no order but that within a folder."""
    if not material.is_complete:
        return [home_page(material, edition)]
    return chapter_pages(material, edition)
