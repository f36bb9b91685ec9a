"""The pages: one module a kind, each a function from material and edition to pages."""

from ..edition import Edition
from ..material import Material
from ..page import Page
from .chapters import chapter_pages
from .claims import claim_pages
from .home import home_page
from .optimizers import optimizer_pages
from .schedules import schedule_pages


def all_pages(material: Material, edition: Edition) -> list[Page]:
    """Every page of the handbook, in no order but that within a folder."""
    read = chapter_pages(material, edition) or [home_page(material, edition)]
    derived = (optimizer_pages, schedule_pages, claim_pages)
    return [*read, *(page for pages in derived for page in pages(material, edition))]
