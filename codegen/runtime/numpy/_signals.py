from .._signals import Held as Held
