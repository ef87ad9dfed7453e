"""The rules of Quyết định 69/2014/QĐ-UBND as pure functions; each names its clause."""
