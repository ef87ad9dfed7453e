"""One change of a request in the outbox, on what it is now."""

from collections.abc import Callable

from bdsigner.errors import ErrorCode, RequestError
from bdsigner.model.request import Request
from bdsigner.ports import RequestStore


def find_request(request_id: str, store: RequestStore) -> Request:
    """The request of that id.  Raises ``RequestError`` REQUEST_NOT_FOUND, ``StorageError``."""
    request = store.get(request_id)
    if request is None:
        raise RequestError(ErrorCode.REQUEST_NOT_FOUND, request=request_id)
    return request


def change(before: Request, after: Request, store: RequestStore) -> Request:
    """Keep ``after`` in place of ``before``.  Raises ``RequestError`` REQUEST_CHANGED when another was quicker."""
    if not store.replace(before, after):
        raise RequestError(ErrorCode.REQUEST_CHANGED, request=before.id)
    return after


def change_found(request_id: str, store: RequestStore, work: Callable[[Request], Request]) -> Request:
    """Change the request of that id, whatever it is by now; ``work`` may be called again when another was quicker.

    What ``work`` raises comes out; the same value from it means that there is nothing to change.
    """
    while True:
        before = find_request(request_id, store)
        after = work(before)
        if after == before or store.replace(before, after):
            return after
