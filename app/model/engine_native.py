"""The library of `native/`: 8-bit matrices and the layers of Llama and its kin in C++, called through ctypes.

Plain C functions over NumPy arrays and no header of torch: the library is built in seconds, serves every version
of torch, and a worker that runs a Llama need not import torch at all. `installer/native.py` builds it.
"""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

FILE = Path(__file__).with_name("native") / ("lean.dll" if sys.platform == "win32" else "lean.so")
GROUP = 32  # columns that share a scale
LEVELS = {1: "AVX2", 2: "AVX-VNNI", 3: "AVX-512 VNNI"}

_ROWS_AT_ONCE = 1024  # of a matrix that are held in 32 bit while it is rounded; a multiple of 16

_POINTER, _INT = ctypes.c_void_p, ctypes.c_int


class MatrixPart(ctypes.Structure):
    """`Matrix` of lean.cpp."""

    _fields_ = (("weights", _POINTER), ("scales", _POINTER), ("rows", ctypes.c_int32), ("columns", ctypes.c_int32))


class LayerPart(ctypes.Structure):
    """`Layer` of lean.cpp."""

    _fields_ = (
        *((name, _POINTER) for name in ("before_attention", "before_mlp", "bias", "query_norm", "key_norm")),
        ("turn", ctypes.c_int32),
        *((name, MatrixPart) for name in ("qkv", "out", "gate_up", "down")),
    )


class ShapePart(ctypes.Structure):
    """`Shape` of lean.cpp."""

    _fields_ = (
        *((name, ctypes.c_int32) for name in ("layers", "width", "heads", "kv_heads", "head_width", "inner", "turns")),
        ("epsilon", ctypes.c_float),
        ("frequencies", _POINTER),
    )


class RoomPart(ctypes.Structure):
    """`Room` of lean.cpp."""

    _fields_ = (("keys", _POINTER), ("values", _POINTER), ("tokens", ctypes.c_int32))


class StretchPart(ctypes.Structure):
    """`Stretch` of lean.cpp."""

    _fields_ = (
        ("before", RoomPart),
        ("own", RoomPart),
        *((name, ctypes.c_int32) for name in ("start", "count", "shared")),
    )


_ARGUMENTS: dict[str, tuple[Any, ...]] = {
    "lean_level": (),
    "lean_make": (_INT, _INT),
    "lean_end": (_POINTER,),
    "lean_pack": (_POINTER, _POINTER, _INT, _INT, _POINTER, _POINTER),
    "lean_unpack": (_POINTER, _POINTER, _POINTER, _INT, _POINTER),
    "lean_multiply": (_POINTER, _POINTER, _POINTER, _INT, _POINTER),
    "lean_read": (_POINTER, _POINTER, _POINTER, _INT, _INT, _POINTER, _POINTER, _INT),
    "lean_scores": (_POINTER, _POINTER, _POINTER, _POINTER, _POINTER, _INT, _POINTER),
}


@functools.cache
def library() -> ctypes.CDLL | None:
    """The library; None where it was not built or the processor is too old for it."""
    try:
        found = ctypes.CDLL(str(FILE))
        for name, arguments in _ARGUMENTS.items():
            getattr(found, name).argtypes = arguments
    except (OSError, AttributeError):
        return None
    found.lean_make.restype = _POINTER
    return found if found.lean_level() > 0 else None


def address(array: NDArray[Any]) -> int:
    """Where the numbers of an array lie, for the library."""
    if not array.flags.c_contiguous:
        raise ValueError("the library reads arrays that lie in one piece")
    return array.ctypes.data


class Rows(Protocol):
    """A matrix whose rows can be had some at a time, such as an array."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows and columns."""

    def __getitem__(self, rows: slice, /) -> Floats:
        """Some of its rows."""


class Matrix:
    """A matrix in 8 bit as the library wants it: bytes, and a 16-bit scale for each row and `GROUP` columns.

    Attributes:
        weights: Bytes plus 128, in blocks of 16 rows.
        scales: 16-bit floats, by their bits.
        rows: Rows that mean something; the last block may have more, which are zero.
    """

    def __init__(self, weights: NDArray[np.uint8], scales: NDArray[np.uint16], rows: int, columns: int) -> None:
        padded = -(-rows // 16) * 16
        if weights.size != padded * columns or scales.size * GROUP != weights.size:
            raise ValueError("the arrays do not have the size of the matrix")
        self.weights, self.scales, self.rows, self.columns = weights, scales, rows, columns
        self.part = MatrixPart(address(weights), address(scales), padded, columns)

    @property
    def nbytes(self) -> int:
        """Bytes it takes."""
        return self.weights.nbytes + self.scales.nbytes


class Machine:
    """The threads that multiply, at one level of processor.

    Args:
        threads: How many.
        level: A key of `LEVELS`, for tests; 0 for the best one. The numbers are the same at every level.

    Raises:
        OSError: There is no library, or it cannot run here.
    """

    def __init__(self, threads: int, level: int = 0) -> None:
        found = library()
        if found is None:
            raise OSError("the library of app/model/native cannot be used")
        self.library = found
        self.level = level or found.lean_level()
        self.handle = found.lean_make(threads, self.level)

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            self.library.lean_end(self.handle)

    def pack(self, parts: Sequence[Rows]) -> Matrix:
        """Round matrices to 8 bit, one below the other; all but the last have a multiple of 16 rows."""
        rows, columns = sum(part.shape[0] for part in parts), parts[0].shape[1]
        if any(part.shape[1:] != (columns,) for part in parts) or any(part.shape[0] % 16 for part in parts[:-1]):
            raise ValueError("the weights do not fit each other")
        padded = -(-rows // 16) * 16
        weights, scales = np.empty(padded * columns, np.uint8), np.zeros(padded * columns // GROUP, np.uint16)
        first = 0
        for part in parts:
            for start in range(0, part.shape[0], _ROWS_AT_ONCE):
                some = np.ascontiguousarray(part[start : start + _ROWS_AT_ONCE])
                to = address(weights[first * columns :]), address(scales[first * columns // GROUP :])
                self.library.lean_pack(self.handle, address(some), len(some), columns, *to)
                first += len(some)
        return Matrix(weights, scales, rows, columns)

    def unpack(self, matrix: Matrix, rows: Sequence[int] | NDArray[np.int32]) -> Floats:
        """Some rows of a matrix as numbers, (rows, columns)."""
        wanted = np.asarray(rows, np.int32)
        out = np.empty((len(wanted), matrix.columns), np.float32)
        part = ctypes.byref(matrix.part)
        self.library.lean_unpack(self.handle, part, address(wanted), len(wanted), address(out))
        return out

    def multiply(self, matrix: Matrix, rows: Floats) -> Floats:
        """`rows W^T` for rows of (count, columns): each row has the same bits alone and with others."""
        out = np.empty((len(rows), matrix.part.rows), np.float32)
        part = ctypes.byref(matrix.part)
        self.library.lean_multiply(self.handle, part, address(rows), len(rows), address(out))
        return out[:, : matrix.rows]
