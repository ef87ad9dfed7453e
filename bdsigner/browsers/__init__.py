"""Makes a token's driver known to browsers, and unknown again."""
