"""What later revisions did to a signed file: only objects whose cross-reference entry changed are looked at.

``values`` and ``history`` read objects as they stood in a revision; ``references`` says who refers to whom;
``revision_pair`` and the rules beside it say what each changed object is and whether it may change; ``later`` asks
all this for each signature.  Everything that no rule knows is a change of the document.
"""
