"""How much is done at the same time.  Imports nothing: the children are started before anything else is imported."""

SIGNERS_AT_ONCE = 4
"""Documents of a batch under way, and so timestamps asked for; each has a document child of some 50 MiB."""
VERIFIERS_AT_ONCE = 2
"""Files of a folder judged at the same time; each has a document child of some 60 MiB, and one to read it with."""
READERS_AT_ONCE = 2
"""Documents of a batch whose whole layout is read; each has a document child of some 60 MiB."""
