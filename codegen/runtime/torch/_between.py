from .._between import Scalars as Scalars
