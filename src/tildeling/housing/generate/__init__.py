"""Synthetic housing data: seeded people, homes, bases and relations, by parameters.

``sampling`` draws, ``kinds`` says who waits for what, ``people`` and ``relations`` make persons and what
holds between them, ``homes`` and ``places`` the buildings, the bases and the minutes between them, and
``tromso`` what is particular to that municipality.  No row here describes a real person.
"""
