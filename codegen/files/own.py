"""Where what is generated of the built-in specs lies."""

from importlib import import_module
from pathlib import Path


def own_folder() -> Path:
    """The folder of the package this one is installed in: ``generated`` in a checkout."""
    package = import_module(__name__.partition(".codegen.")[0])
    return Path(next(iter(package.__path__)))
