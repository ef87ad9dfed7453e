"""Making PAdES signatures: CMS, timestamp, incremental update, visible signature."""
