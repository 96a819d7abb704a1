"""What all blocks of a run share, sent to another process with each task but unpacked there only once."""

from __future__ import annotations

import pickle
from collections import OrderedDict
from functools import cached_property
from hashlib import blake2b
from threading import Lock
from typing import Any, Generic, TypeVar

__all__ = ["Payload"]

T = TypeVar("T")
_KEPT = 4  # contents that a process keeps unpacked
_kept: OrderedDict[bytes, Any] = OrderedDict()
_lock = Lock()


class Payload(Generic[T]):
    """Content that is pickled once and, in each process that receives it, unpickled once.

    Tables made of the content (``model.tabulated``) then live as long as it does.

    Examples
    --------
    >>> twin = pickle.loads(pickle.dumps(Payload([1, 2])))
    >>> twin.content, pickle.loads(pickle.dumps(twin)).content is twin.content
    ([1, 2], True)
    """

    def __init__(self, content: T) -> None:
        self.content = content

    @cached_property
    def _bytes(self) -> tuple[bytes, bytes]:
        packed = pickle.dumps(self.content, protocol=pickle.HIGHEST_PROTOCOL)
        return blake2b(packed, digest_size=16).digest(), packed

    def __reduce__(self) -> tuple[Any, ...]:
        return _unpacked, self._bytes


def _unpacked(token: bytes, packed: bytes) -> Payload[Any]:
    with _lock:
        if token not in _kept:
            made: Payload[Any] = Payload(pickle.loads(packed))
            made.__dict__["_bytes"] = (token, packed)
            _kept[token] = made
            while len(_kept) > _KEPT:
                _kept.popitem(last=False)
        _kept.move_to_end(token)
        return _kept[token]  # type: ignore[no-any-return]
