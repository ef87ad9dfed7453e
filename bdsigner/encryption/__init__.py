"""CMS envelopes (RFC 5652, RFC 5083): written for recipients, read with one of their keys."""
