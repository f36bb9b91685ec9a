"""The first page of a handbook about specs of one's own; that of the whole is a chapter."""

from ..edition import Edition
from ..markdown import environment
from ..material import Material
from ..page import Page
from ..writer import Writer


def home_page(material: Material, edition: Edition) -> Page:
    """Names the specs, each with a link to its page."""
    folders = {"optimizers": material.optimizers, "schedules": material.schedules}
    specs = [(folder, spec) for folder, found in folders.items() for spec in found]
    summary = Writer(edition, "contents").summary
    template = environment({}).get_template("home.md.j2")
    text = template.render(specs=specs, words=edition.words["contents"], summary=summary)
    return Page("index", text)
