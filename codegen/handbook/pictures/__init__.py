"""Pictures, drawn from what the generated NumPy code gives and from no formula of their own.

Each module draws one kind and makes a :class:`.shown.Shown` of it: the picture, its caption and
its alternative text. Nothing is run before a picture is drawn, so a page costs nothing whose
pictures stay the same. Learning rates that a picture needs are the best of one list of rates
(``variants``), found when it is drawn and written into its legend.
"""
