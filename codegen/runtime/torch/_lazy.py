from .._lazy import on_demand as on_demand
