"""Synthetic housing data: seeded people, homes, bases and relations, by parameters.

``sampling`` draws, ``kinds`` says who waits for what and ``waiting`` how many, ``people`` and ``relations``
make persons and what holds between them, ``homes`` and ``places`` the buildings, the bases and the minutes
between them, and ``tromso`` what is particular to that municipality.

``scenario`` makes a data set of any size: ``presets`` (how large), ``areas`` and ``municipalities`` (where
people live), ``blueprints`` and ``projects`` (what is built), ``lived_in`` (what stands), ``staffing``
(bases), ``acquaintances``, and ``construction`` (from plans to rows).  No row here describes a real person.
"""
