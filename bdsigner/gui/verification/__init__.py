"""The Kiểm tra page: many files in a table, one file in layers, what is handed on."""
