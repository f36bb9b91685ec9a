from .._locks import lock as lock
