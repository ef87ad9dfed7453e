"""How much is done at the same time.  Imports nothing: the children are started before anything else is imported."""

SIGNERS_AT_ONCE = 4
"""Documents of a batch under way, and so timestamps asked for; each has a document child of some 50 MiB."""
VERIFIED_AT_ONCE = 8
"""Files of a folder under way: one is verified while two are read for their legal value; those that wait keep all three
children busy (4: a seventh of two cores idle)."""
READERS_AT_ONCE = 2
"""Documents of a batch whose whole layout is read; each has a document child of some 60 MiB."""
