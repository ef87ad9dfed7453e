"""bdsigner: digital signatures for state agencies under Quyết định 69/2014/QĐ-UBND."""

__version__ = "0.1.0"
