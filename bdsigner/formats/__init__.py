"""How bytes are wrapped: BER and DER, base64, mails; nothing here judges what it reads."""
