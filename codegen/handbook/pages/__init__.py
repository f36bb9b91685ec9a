"""The pages: one module a kind, each a function from material and edition to pages."""

from dataclasses import replace

from ..edition import Edition
from ..material import Material
from ..page import Page
from .api import api_pages
from .bibliography import bibliography_page
from .chapters import chapter_pages
from .claims import claim_pages
from .comparison import comparison_page
from .elsewhere import elsewhere_page
from .gradients import gradients_page
from .home import home_page
from .notebooks import notebook_pages
from .operators import operator_pages
from .optimizers import optimizer_pages
from .schedules import schedule_pages
from .symbols import symbols_page


def all_pages(material: Material, edition: Edition) -> list[Page]:
    """Every page of the handbook, in no order but that within a folder."""
    pages = [
        *(chapter_pages(material, edition) or [home_page(material, edition)]),
        *notebook_pages(material, edition),
        *api_pages(material, edition),
        *optimizer_pages(material, edition),
        *schedule_pages(material, edition),
        *gradients_page(material, edition),
        *operator_pages(material, edition),
        *comparison_page(material, edition),
        *elsewhere_page(material, edition),
        *claim_pages(material, edition),
        *bibliography_page(material, edition),
        *symbols_page(material, edition),
    ]
    return [replace(page, text=edition.typeset(page.text)) for page in pages]
