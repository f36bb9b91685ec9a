"""Other libraries, importable as they are installed here."""

import sys
from importlib.util import find_spec
from types import ModuleType

import torch

# timm asks for torchvision, whose wheel is built for CUDA. Beside torch's build for the CPU its
# operators are not there, and importing it fails where it says of what shapes they are.
if torch.version.cuda is None and find_spec("torchvision"):
    shapes = "torchvision._meta_registrations"
    sys.modules.setdefault(shapes, ModuleType(shapes))
