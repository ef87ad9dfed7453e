"""The two sides of the page Mã hóa: what is encrypted and for whom, and what is opened with whose token."""
