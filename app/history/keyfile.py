"""The key file: the data key wrapped twice, by a key in the system's keyring and by the recovery code.

Slots (AES-256-GCM, NIST SP 800-38D; associated data binds file, epoch and slot)::

    keyring   wrapped by a random 256-bit key that the keyring keeps
    code      sealed to an X25519 public key whose private half is Argon2id(code) (RFC 7748, RFC 9106),
              through HKDF-SHA256 (RFC 5869): the program can seal a new data key, as in a rotation or a
              backup, without asking for the code again

The whole file but the count of failures carries an HMAC under a key derived from the data key, so that a
changed slot, salt, parameter or chain head is noticed when it is opened. It also holds the salt of the
database, which repairs a damaged header.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import hmac
import json
import math
import os
import re
import secrets
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.errors import CodeTooWeak, HistoryDiskFull, KeyFileAltered, KeyFileMissing, NotWritable, WrongCode
from app.history import codes

_VERSION = 1
LEAST_PASSPHRASE = 12
_LONGEST_DELAY_S = 300
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A data key wrapped for one slot; all values in base64."""

    nonce: str
    text: str
    sender: str = ""


@dataclass(frozen=True, slots=True)
class CodeSlot:
    """Public half of the recovery code and the cost of deriving the private one (KiB, passes, lanes)."""

    public: str
    salt: str
    memory_kib: int = 65536
    passes: int = 3
    lanes: int = 4


@dataclass(frozen=True, slots=True)
class Head:
    """Last event of the audit trail that was known to be in the database."""

    number: int = 0
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class KeyFile:
    """The contents of the file. Methods that change give a new one; `write` puts it on disk.

    Attributes:
        id: Random name of the history; the keyring keeps its key under it.
        epoch: Raised with every change of slots.
        salt: Salt of the database file, hex.
        code: The recovery code's public half.
        keyring: Data key for the keyring's key; None after the keyring was lost.
        sealed: Data key for the code.
        next_keyring, next_sealed: The new data key while one replaces the other.
        head: Head of the audit trail.
        mac: HMAC-SHA256 over all of the above, hex.
        failures: Wrong codes since the last success, not authenticated.
        failed_at: Seconds since 1970 of the last wrong code.
    """

    id: str
    epoch: int
    salt: str
    code: CodeSlot
    keyring: Sealed | None
    sealed: Sealed
    next_keyring: Sealed | None = None
    next_sealed: Sealed | None = None
    head: Head = Head()
    mac: str = ""
    failures: int = 0
    failed_at: float = 0.0
    version: int = _VERSION

    def authenticated(self, data_key: bytes) -> KeyFile:
        """Give the file with its MAC under this data key."""
        return replace(self, mac=self._mac(data_key))

    def check(self, data_key: bytes) -> None:
        """Compare the MAC.

        Raises:
            KeyFileAltered: Something was changed by another hand.
        """
        if not hmac.compare_digest(self._mac(data_key), self.mac):
            raise KeyFileAltered

    def _mac(self, data_key: bytes) -> str:
        table = asdict(self)
        for free in ("mac", "failures", "failed_at"):
            del table[free]
        key = _derive(data_key, b"epicrisis key file mac")
        return hmac.new(key, json.dumps(table, sort_keys=True).encode(), hashlib.sha256).hexdigest()

    def _bound(self, slot: str) -> bytes:
        code = asdict(self.code) if slot == "code" else {}
        return json.dumps([self.version, self.id, self.epoch, slot, code], sort_keys=True).encode()

    def with_key(self, data_key: bytes, keyring_key: bytes | None, *, as_next: bool = False) -> KeyFile:
        """Wrap a data key into the slots.

        Args:
            data_key: 32 bytes.
            keyring_key: Key that the keyring keeps; None to leave that slot empty.
            as_next: Put it beside the present one, for a rotation.
        """
        keyring = _wrap(keyring_key, data_key, self._bound("keyring")) if keyring_key else None
        sealed = _seal(self.code, data_key, self._bound("code"))
        if as_next:
            return replace(self, next_keyring=keyring, next_sealed=sealed)
        return replace(self, keyring=keyring, sealed=sealed, next_keyring=None, next_sealed=None)

    def without_old(self) -> KeyFile:
        """Give the file after a rotation: the next key is the key."""
        sealed = self.next_sealed or self.sealed
        return replace(self, keyring=self.next_keyring, sealed=sealed, next_keyring=None, next_sealed=None)

    def by_keyring(self, keyring_key: bytes) -> list[bytes]:
        """Unwrap with the keyring's key.

        Returns:
            The data key, and during a rotation the next one.

        Raises:
            KeyFileAltered: Neither slot opens.
        """
        try:
            slots = [slot for slot in (self.keyring, self.next_keyring) if slot]
            return [_unwrap(keyring_key, slot, self._bound("keyring")) for slot in slots]
        except (InvalidTag, ValueError) as error:
            raise KeyFileAltered from error

    def by_code(self, code: str) -> list[bytes]:
        """Unwrap with the recovery code or passphrase. Takes about 0.15 s on purpose.

        Raises:
            WrongCode: It is another code (or the slot was changed, which cannot be told apart).
        """
        private = _private(code, self.code)
        try:
            slots = [slot for slot in (self.sealed, self.next_sealed) if slot]
            return [_open(private, slot, self._bound("code")) for slot in slots]
        except (InvalidTag, ValueError) as error:
            raise WrongCode(wait_s=self.failed_once_more(0.0).delay_s()) from error

    def failed_once_more(self, now: float) -> KeyFile:
        """Count a wrong code."""
        return replace(self, failures=self.failures + 1, failed_at=now)

    def by_this_clock(self, now: float) -> KeyFile:
        """Let a wait that begins in the future begin now: the clock was ahead then, and must lock nobody out."""
        return replace(self, failed_at=min(self.failed_at, now))

    def delay_s(self) -> int:
        """Seconds between tries: 1, 2, 4, ... up to five minutes. It never ends in deletion."""
        return min(2 ** min(self.failures - 1, 16), _LONGEST_DELAY_S) if self.failures else 0

    def refuse_too_soon(self, now: float) -> None:
        """Make guesses wait.

        Raises:
            WrongCode: The delay since the last wrong code has not passed.
        """
        left = self.delay_s() - (now - self.failed_at)
        if self.failures and left > 0:
            raise WrongCode(wait_s=int(left) + 1)


def new(data_key: bytes, keyring_key: bytes | None, code: str, salt: str) -> KeyFile:
    """Make the key file of a new history.

    Args:
        data_key: 32 random bytes.
        keyring_key: 32 random bytes kept by the keyring; None where there is no keyring.
        code: Recovery code or passphrase.
        salt: Salt of the database, hex.
    """
    empty = KeyFile(secrets.token_hex(16), 1, salt, code_slot(code), None, Sealed("", ""))
    return empty.with_key(data_key, keyring_key).authenticated(data_key)


def code_slot(code: str) -> CodeSlot:
    """Derive the public half of a code.

    Raises:
        CodeTooWeak: A passphrase that is too short.
    """
    plain = codes.plain_code(code)
    if len(plain) < LEAST_PASSPHRASE:
        raise CodeTooWeak(least=LEAST_PASSPHRASE)
    slot = CodeSlot("", _text(os.urandom(16)))
    return replace(slot, public=_text(_private(code, slot).public_key().public_bytes_raw()))


def read(path: Path) -> KeyFile:
    """Read a key file.

    Raises:
        KeyFileMissing: It is not there.
        KeyFileAltered: It is not a key file.
    """
    try:
        table = json.loads(path.read_bytes())
    except OSError as error:
        raise KeyFileMissing(name=path.name) from error
    except ValueError as error:
        raise KeyFileAltered from error
    try:
        table["code"] = CodeSlot(**table["code"])
        table["head"] = Head(**table["head"])
        for name in ("keyring", "sealed", "next_keyring", "next_sealed"):
            table[name] = Sealed(**table[name]) if table[name] else None
        loaded = KeyFile(**table)
        _refuse_odd(loaded)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise KeyFileAltered from error
    return loaded


def write(path: Path, key_file: KeyFile) -> None:
    """Put a key file on disk: private from the first byte, synced, renamed, folder synced.

    Raises:
        HistoryDiskFull: No room; the old file is unchanged.
        NotWritable: The folder may not be written; the old file is unchanged.
    """
    try:
        _write(path, key_file)
    except OSError as error:
        path.with_name(path.name + ".new").unlink(missing_ok=True)
        if error.errno in _NO_ROOM:
            raise HistoryDiskFull from error
        raise NotWritable(name=path.name) from error


def _write(path: Path, key_file: KeyFile) -> None:
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(asdict(key_file), file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a rename last through a power cut."""
    if os.name == "posix":
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)


def _refuse_odd(key_file: KeyFile) -> None:
    """Bounds on what is not yet authenticated: a huge cost would hang the program before it could check."""
    code, head = key_file.code, key_file.head
    if key_file.version != _VERSION or not isinstance(key_file.sealed, Sealed):
        raise ValueError("version")
    slots = [one for one in (key_file.keyring, key_file.next_keyring, key_file.next_sealed, key_file.sealed) if one]
    texts = [key_file.id, key_file.salt, key_file.mac, head.sha256, code.public, code.salt]
    texts += [text for one in slots for text in (one.nonce, one.text, one.sender)]
    counts = [key_file.epoch, head.number, key_file.failures, code.memory_kib, code.passes, code.lanes]
    if not all(isinstance(one, str) for one in texts) or not all(type(one) is int and one >= 0 for one in counts):
        raise ValueError("types")
    if type(key_file.failed_at) not in (int, float) or not math.isfinite(key_file.failed_at):
        raise ValueError("time")
    if not key_file.mac.isascii() or not re.fullmatch("[0-9a-f]{32}", key_file.id) or len(_bytes(code.salt)) < 16:
        raise ValueError("name, salt or mac")
    if not (8 * code.lanes <= code.memory_kib <= 1 << 20 and 1 <= code.passes <= 20 and 1 <= code.lanes <= 16):
        raise ValueError("cost")


def _private(code: str, slot: CodeSlot) -> X25519PrivateKey:
    derived = Argon2id(
        salt=_bytes(slot.salt), length=32, iterations=slot.passes, lanes=slot.lanes, memory_cost=slot.memory_kib
    ).derive(codes.plain_code(code).encode())
    return X25519PrivateKey.from_private_bytes(derived)


def _seal(slot: CodeSlot, data_key: bytes, bound: bytes) -> Sealed:
    ephemeral = X25519PrivateKey.generate()
    sender = ephemeral.public_key().public_bytes_raw()
    shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(_bytes(slot.public)))
    wrapped = _wrap(_derive(shared, sender + _bytes(slot.public)), data_key, bound)
    return replace(wrapped, sender=_text(sender))


def _open(private: X25519PrivateKey, sealed: Sealed, bound: bytes) -> bytes:
    sender = _bytes(sealed.sender)
    shared = private.exchange(X25519PublicKey.from_public_bytes(sender))
    return _unwrap(_derive(shared, sender + private.public_key().public_bytes_raw()), sealed, bound)


def _wrap(key: bytes, data_key: bytes, bound: bytes) -> Sealed:
    nonce = os.urandom(12)
    return Sealed(_text(nonce), _text(AESGCM(key).encrypt(nonce, data_key, bound)))


def _unwrap(key: bytes, sealed: Sealed, bound: bytes) -> bytes:
    return AESGCM(key).decrypt(_bytes(sealed.nonce), _bytes(sealed.text), bound)


def _derive(secret: bytes, purpose: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose).derive(secret)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
