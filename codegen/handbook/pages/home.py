"""The first page of a handbook about specs of one's own; that of the whole is a chapter."""

from ..edition import Edition
from ..material import Material
from ..page import Page
from ..writer import Writer
from .parts import TEMPLATES, page_link


def home_page(material: Material, edition: Edition) -> Page:
    """Names the specs, each with a link to its page."""
    write = Writer(edition, "contents")
    specs = (*material.optimizers, *material.schedules)
    text = TEMPLATES.get_template("home.md.j2").render(
        listed=[write.about(page_link(s), write.summary(s)) for s in specs], write=write
    )
    return Page("index", text)
