"""A timestamp over the whole document (ISO 32000-2 §12.8.5, ETSI EN 319 142-1 §5.5): B-LTA, or B-T for any file."""

import logging
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from bdsigner.errors import NetworkError
from bdsigner.ports import RequestTimestamp
from bdsigner.signing import fields
from bdsigner.signing.archival import addition_rules, give_appearance
from bdsigner.signing.increment import INVISIBLE, Increment, Room, page_for_update, serialise_with_room
from bdsigner.signing.objects import dictionary, pdf_name
from bdsigner.signing.reading import damage_as_errors, open_for_update
from bdsigner.signing.source import parseable, sha256_around, storage_errors
from bdsigner.signing.timestamp import TOKEN_BYTES_MAX, TimestampInfo, check_response, request_for

log = logging.getLogger(__name__)

_NAME_PREFIX = "Timestamp"


def add_document_timestamp(
    output: BinaryIO, *, source: Path, partial: Path, request_timestamp: RequestTimestamp
) -> datetime | None:
    """Append a document timestamp to our copy; its time, or ``None`` and the copy as it was when none can be had.

    Raises ``DocumentError``, ``StorageError``, and what ``request_timestamp`` raises.
    """
    with storage_errors(partial):
        increment = _build(parseable(output), source)
        start = output.seek(0, 2)
        output.write(increment.data)
        output.flush()
        digest = sha256_around(output, start + increment.contents_start, start + increment.contents_end)
    timestamp = ask_timestamp(request_for(digest), request_timestamp)
    with storage_errors(partial):
        if timestamp is None or len(timestamp.token) > TOKEN_BYTES_MAX:
            output.truncate(start)
            return None
        output.seek(start + increment.contents_start + 1)
        output.write(timestamp.token.hex().encode())
        output.flush()
    return timestamp.time


def ask_timestamp(request: bytes, request_timestamp: RequestTimestamp) -> TimestampInfo | None:
    """Have a request answered; ``None`` when there is no answer or it is of no use."""
    untrusted_response = request_timestamp(request)
    if untrusted_response is None:
        return None
    try:
        return check_response(request, untrusted_response)
    except NetworkError as error:
        log.warning("timestamp not used: %s", error)
        return None


def _build(file: BinaryIO, source: Path) -> Increment:
    writer = open_for_update(file, source)
    with damage_as_errors(source):
        name = fields.unused_name(fields.form_fields(writer.root), prefix=_NAME_PREFIX)
        field = fields.new_field(writer, page_for_update(writer, 0), name=name, rect=INVISIBLE)
        give_appearance(writer, field, addition_rules(writer.root))
        room = Room.for_contents(TOKEN_BYTES_MAX)
        entries = {
            "/Type": pdf_name("/DocTimeStamp"),
            "/Filter": pdf_name("/Adobe.PPKLite"),
            "/SubFilter": pdf_name("/ETSI.RFC3161"),
            "/ByteRange": room.byte_range,
            "/Contents": room.contents,
        }
        field[pdf_name("/V")] = writer.add_object(dictionary(entries))
        fields.mark_signed(writer)
        return serialise_with_room(writer, file, room, name)
