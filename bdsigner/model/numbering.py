"""Numbers of documents, as the agency's register keeps them: counted by symbol and year."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentNumber:
    """``45/QĐ-UBND`` of one year."""

    number: str
    """Digits, at most one letter behind them; without leading zeros."""
    symbol: str
    year: int
