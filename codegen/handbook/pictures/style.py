"""How a picture becomes files."""

import io

from ..page import Picture


def rendered(picture: Picture) -> dict[str, bytes]:
    """The picture as ``.svg`` and ``.pdf``."""
    figure = picture.draw()
    found: dict[str, bytes] = {}
    for suffix in (".svg", ".pdf"):
        stream = io.BytesIO()
        figure.savefig(stream, format=suffix[1:], transparent=True)
        found[suffix] = stream.getvalue()
    return found
