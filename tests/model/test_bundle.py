"""Bundles come in whole, proved, beside what runs, and go out again; bad ones leave nothing and say why."""

from __future__ import annotations

import json
import mmap
import os
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.errors import (
    BundleUnusable,
    DiskFull,
    ImportNotUndone,
    ModelAltered,
    ModelMissing,
    ModelUnsupported,
    NotWritable,
)
from app.model import bundle, cache, importing, ledger
from app.model.importing import Target
from tests.model.test_cache import CONFIG, ENTRY

ROOT = Path(__file__).resolve().parents[2]
WEIGHTS = b"weights" * 1000


def anything(_kind: str, _name: str) -> bool:
    return True


def model_folder(at: Path, revision: str = "r1", weights: bytes = WEIGHTS, **more: str) -> Path:
    at.mkdir(parents=True)
    (at / "config.json").write_text(json.dumps(CONFIG), encoding="utf-8")
    (at / "model.safetensors").write_bytes(weights)
    (at / "LICENSE.txt").write_text("MIT", encoding="utf-8")
    for name, text in more.items():
        (at / f"{name}.json").write_text(text, encoding="utf-8")
    cache.write_manifest(at, model="tiny", revision=revision, source={})
    return at


def adapter_folder(at: Path, revision: str = "20260101") -> Path:
    at.mkdir(parents=True)
    (at / "adapter_config.json").write_text('{"base_model_name_or_path": "tiny"}', encoding="utf-8")
    (at / "adapter_model.safetensors").write_bytes(b"lora" * 50)
    cache.write_manifest(at, model="letters", revision=revision, source={})
    return at


@pytest.fixture
def target(tmp_path: Path) -> Target:
    return Target(tmp_path / "here" / "models", tmp_path / "here" / "adapters")


@pytest.fixture
def packed(tmp_path: Path) -> bundle.Bundle:
    parts: list[tuple[bundle.Kind, Path]] = [
        ("model", model_folder(tmp_path / "m")),
        ("adapter", adapter_folder(tmp_path / "a")),
    ]
    return bundle.write(parts, tmp_path / "tiny.bundle")


def bring(file: Path, target: Target, fingerprint: str = "") -> tuple[Path, ...]:
    return importing.import_bundle(bundle.read(file), target, fingerprint=fingerprint, is_allowed=anything)


def left(target: Target) -> list[str]:
    return sorted(
        one.relative_to(target.root).as_posix()
        for one in target.root.rglob("*")
        if one.is_file() and one.name != "imports.lock"
    )


def remade(packed: bundle.Bundle, changes: dict[str, bytes | None], index: Any = None) -> Path:  # noqa: ANN401
    """The bundle with members changed, added or left out; its index adapted by `index`."""
    file = packed.file.with_name("bad.bundle")
    with zipfile.ZipFile(packed.file) as old, zipfile.ZipFile(file, "w") as new:
        members = {one.filename: old.read(one) for one in old.infolist()}
        if index is not None:
            table = json.loads(members[bundle.INDEX])
            members[bundle.INDEX] = json.dumps(index(table)).encode()
        for name, data in {**members, **changes}.items():
            if data is not None:
                new.writestr(name, data)
    return file


def test_what_a_bundle_brings_is_found_and_the_same_bytes_come_out(
    packed: bundle.Bundle, target: Target, tmp_path: Path
) -> None:
    model, adapter = sorted(bring(packed.file, target, packed.fingerprint.upper()), reverse=True)
    assert cache.locate(ENTRY, [target.models]) == model
    assert (model / "model.safetensors").read_bytes() == WEIGHTS
    assert adapter == target.adapters / "letters" / "20260101"
    again = bundle.write([("adapter", adapter), ("model", model)], tmp_path / "again.bundle")
    assert again.file.read_bytes() == packed.file.read_bytes()
    assert again.fingerprint == packed.fingerprint
    if os.name == "posix":  # what the machine imports, every user reads
        assert not [one for one in target.models.rglob("*") if not one.stat().st_mode & stat.S_IROTH]


def test_a_half_file_is_refused_at_any_length(packed: bundle.Bundle, target: Target, tmp_path: Path) -> None:
    data, half = packed.file.read_bytes(), tmp_path / "half.bundle"
    for length in (0, 1, 100, len(data) // 2, len(data) - 1):
        half.write_bytes(data[:length])
        with pytest.raises(BundleUnusable, match=r"half\.bundle.*cut short or damaged.*Copy it again"):
            bring(half, target)
    assert not target.root.exists()


def test_a_changed_byte_anywhere_is_noticed(packed: bundle.Bundle, target: Target, tmp_path: Path) -> None:
    data, changed = packed.file.read_bytes(), tmp_path / "changed.bundle"
    for place in range(0, len(data), 211):
        changed.write_bytes(data[:place] + bytes([data[place] ^ 0x55]) + data[place + 1 :])
        try:
            bring(changed, target, packed.fingerprint)
        except BundleUnusable:
            assert left(target) == []
            continue
        # A byte of the zip file's own frame that says nothing about its contents: what came in is what was packed.
        assert cache.verify(target.models / "tiny" / "r1")
        shutil.rmtree(target.root)


def test_another_fingerprint_is_refused(packed: bundle.Bundle, target: Target) -> None:
    with pytest.raises(BundleUnusable, match="fingerprint is another one"):
        bring(packed.file, target, "0" * 64)
    assert not target.root.exists()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"../evil.json": b"{}"}, "places outside itself"),
        ({"/evil.json": b"{}"}, "places outside itself"),
        ({"C:evil.json": b"{}"}, "places outside itself"),
        ({"models/tiny/r1/../../evil.json": b"{}"}, "places outside itself"),
        ({"models\\..\\..\\evil.json": b"{}"}, "places outside itself"),
        ({"models/tiny/r1/run.py": b"print()"}, "kind that no model needs"),
        ({"models/tiny/r1/weights.bin": b"pickle"}, "kind that no model needs"),
        ({"models/tiny/r1/.hidden.json": b"{}"}, "kind that no model needs"),
        ({"models/tiny/r1/extra.json": b"{}"}, "one of its two lists"),
        ({"models/tiny/r1/config.json": None}, "one of its two lists"),
        ({"models/tiny/r1/CONFIG.json": b"{}"}, "names a file twice"),
        ({"models/tiny/r1/model.safetensors": b"short"}, "another size"),
        ({"models/tiny/r1/model.safetensors": WEIGHTS[:-1] + b"X"}, "not the one that was packed"),
        ({bundle.INDEX: None}, r"bundle\.json is missing"),
        ({bundle.INDEX: b"[]"}, r"bundle\.json is none"),
        ({bundle.INDEX: b"[" * 100_000}, r"bundle\.json is none"),
        ({bundle.INDEX: b" " * 1_100_000}, r"bundle\.json is missing or too long"),
    ],
)
def test_what_a_bundle_may_not_hold(
    packed: bundle.Bundle, target: Target, tmp_path: Path, changes: dict[str, bytes | None], why: str
) -> None:
    with pytest.raises(BundleUnusable, match=why) as refused:
        bring(remade(packed, changes), target)
    assert "Nothing was copied" in str(refused.value)
    assert not target.root.exists() or left(target) == []
    assert not list(tmp_path.rglob("evil*"))


def without(*names: str) -> Any:  # noqa: ANN401
    def change(table: dict[str, Any]) -> dict[str, Any]:
        return {**table, "files": {name: one for name, one in table["files"].items() if name not in names}}

    return change


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("models/tiny/r1/manifest.json", r"without its manifest\.json"),
        ("models/tiny/r1/LICENSE.txt", "without its licence"),
        ("models/tiny/r1/config.json", "not as its manifest"),
        ("adapters/letters/20260101/adapter_config.json", "not as its manifest"),
    ],
)
def test_a_part_that_is_not_whole_is_refused(packed: bundle.Bundle, target: Target, name: str, why: str) -> None:
    with pytest.raises(BundleUnusable, match=why):
        bring(remade(packed, {name: None}, without(name)), target)
    assert not target.root.exists() or left(target) == []


def test_an_index_of_another_version_or_shape(packed: bundle.Bundle, target: Target) -> None:
    with pytest.raises(BundleUnusable, match="another version of this program"):
        bring(remade(packed, {}, lambda table: {**table, "schema": 2}), target)
    flat = {"schema": 1, "files": {"loose.json": {"sha256": "", "bytes": 2}}}
    with pytest.raises(BundleUnusable, match="do not lie as those of a bundle"):
        bring(remade(packed, dict.fromkeys(packed.files) | {"loose.json": b"{}"}, lambda _: flat), target)


@pytest.mark.parametrize("mode", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR])
def test_links_and_devices_are_refused(packed: bundle.Bundle, target: Target, mode: int) -> None:
    file = packed.file.with_name("link.bundle")
    shutil.copyfile(packed.file, file)
    with zipfile.ZipFile(file, "a") as archive:
        link = zipfile.ZipInfo("models/tiny/r1/link.json")
        link.external_attr = (mode | 0o777) << 16
        archive.writestr(link, "../../../evil.json")
    with pytest.raises(BundleUnusable, match="a link or something else"):
        bring(file, target)


def test_a_huge_size_that_is_declared_and_not_there(packed: bundle.Bundle, target: Target) -> None:
    name, huge = "models/tiny/r1/model.safetensors", 1 << 50

    def claim(table: dict[str, Any]) -> dict[str, Any]:
        table["files"][name]["bytes"] = huge
        return table

    with pytest.raises(BundleUnusable, match="another size than its index"):
        bring(remade(packed, {}, claim), target)
    # The zip file's directory says so too: there is no room for it, and nothing was unpacked to find out.
    honest = bundle.read(packed.file)
    told = bundle.Bundle(honest.file, honest.fingerprint, {**honest.files, name: ("0" * 64, huge)}, honest.parts)
    with pytest.raises(DiskFull):
        importing.import_bundle(told, target, is_allowed=anything)
    assert left(target) == []


def test_a_zip_bomb_is_read_no_further_than_it_says(packed: bundle.Bundle, target: Target) -> None:
    """A directory that says 7 kB over a stream that holds 64 MB."""
    name, file = "models/tiny/r1/model.safetensors", packed.file.with_name("bomb.bundle")
    with zipfile.ZipFile(packed.file) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.infolist():
            new.writestr(one.filename, b"\0" * (1 << 26) if one.filename == name else old.read(one))
    data = bytearray(file.read_bytes())
    size = (1 << 26).to_bytes(4, "little")
    while (place := data.find(size)) >= 0:
        data[place : place + 4] = len(WEIGHTS).to_bytes(4, "little")
    file.write_bytes(data)
    with pytest.raises(BundleUnusable):
        bring(file, target)
    assert left(target) == []


def test_what_policy_does_not_allow_is_not_imported(packed: bundle.Bundle, target: Target) -> None:
    with pytest.raises(BundleUnusable, match="IT department does not allow letters"):
        importing.import_bundle(packed, target, is_allowed=lambda kind, _: kind == "model")
    assert not target.root.exists()


def test_an_architecture_without_an_engine_is_refused(tmp_path: Path, target: Target) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "config.json").write_text('{"architectures": ["Mamba"]}', encoding="utf-8")
    cache.write_manifest(folder, model="tiny", revision="r1", source={})
    made = bundle.write([("model", folder)], tmp_path / "mamba.bundle")
    with pytest.raises(ModelUnsupported, match="Mamba"):
        bring(made.file, target)
    assert left(target) == []


def test_what_is_altered_or_unlicensed_is_not_packed(tmp_path: Path) -> None:
    folder = model_folder(tmp_path / "m")
    (folder / "model.safetensors").write_bytes(b"other")
    with pytest.raises(ModelAltered):
        bundle.write([("model", folder)], tmp_path / "x.bundle")
    (folder / "LICENSE.txt").unlink()
    cache.write_manifest(folder, model="tiny", revision="r1", source={})
    with pytest.raises(BundleUnusable, match="without its licence"):
        bundle.write([("model", folder)], tmp_path / "x.bundle")
    assert not list(tmp_path.glob("*bundle*"))


# Beside what runs


def test_what_runs_is_never_written_to(packed: bundle.Bundle, target: Target, tmp_path: Path) -> None:
    bring(packed.file, target)
    weights = target.models / "tiny" / "r1" / "model.safetensors"
    before = weights.stat()
    with weights.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as running:
        bring(packed.file, target)  # the same again: nothing to do
        other = bundle.write([("model", model_folder(tmp_path / "o", "r1", b"other" * 9))], tmp_path / "o.bundle")
        with pytest.raises(BundleUnusable, match=r"tiny/r1 is here already with other files"):
            bring(other.file, target)
        newer = bundle.write([("model", model_folder(tmp_path / "n", "r2", b"newer" * 9))], tmp_path / "n.bundle")
        bring(newer.file, target)
        importing.undo(target, lambda: None)
        assert running[:] == WEIGHTS
    assert (weights.stat().st_ino, weights.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_damaged_copy_is_repaired_by_importing_again(packed: bundle.Bundle, target: Target) -> None:
    bring(packed.file, target)
    (target.models / "tiny" / "r1" / "config.json").write_text("{}", encoding="utf-8")
    bring(packed.file, target)
    assert cache.verify(target.models / "tiny" / "r1")


def test_two_imports_at_once_do_not_meet(packed: bundle.Bundle, target: Target) -> None:
    from filelock import FileLock

    target.root.mkdir(parents=True)
    with FileLock(target.root / "imports.lock"), pytest.raises(NotWritable, match="another import"):
        bring(packed.file, target)
    bring(packed.file, target)


def test_what_a_killed_import_left_goes_with_the_next_one(packed: bundle.Bundle, target: Target) -> None:
    code = (
        "import sys, time, pathlib\n"
        "from app.model import bundle, importing\n"
        "def slow(source, part, to):\n"
        "    to.mkdir(); (to / 'half').write_bytes(b'half'); print('copying', flush=True); time.sleep(60)\n"
        "importing.bundle.unpack = slow\n"
        "target = importing.Target(pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3]))\n"
        "importing.import_bundle(bundle.read(pathlib.Path(sys.argv[1])), target, is_allowed=lambda *_: True)\n"
    )
    words = [sys.executable, "-c", code, str(packed.file), str(target.models), str(target.adapters)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "copying\n"
        process.kill()
    assert any("half" in name for name in left(target))
    with pytest.raises(ModelMissing):
        cache.locate(ENTRY, [target.models])
    bring(packed.file, target)
    assert not any("half" in name for name in left(target))


# Out again


def test_undo_takes_back_exactly_what_the_last_import_added(
    packed: bundle.Bundle, target: Target, tmp_path: Path
) -> None:
    bring(packed.file, target)
    before = left(target)
    second: list[tuple[bundle.Kind, Path]] = [
        ("model", model_folder(tmp_path / "n", "r2")),
        ("adapter", tmp_path / "a"),  # there already: not this import's to take back
    ]
    made = bundle.write(second, tmp_path / "n.bundle")
    bring(made.file, target)
    assert ledger.read(target.root)[-1].fingerprint == made.fingerprint
    assert importing.undo(target, lambda: None) == ("models/tiny/r2",)
    assert left(target) == before
    assert set(importing.undo(target, lambda: None)) == {"models/tiny/r1", "adapters/letters/20260101"}
    assert left(target) == ["imports.json"]
    with pytest.raises(ImportNotUndone, match="nothing was imported"):
        importing.undo(target, lambda: None)


def test_undo_leaves_what_the_settings_need(packed: bundle.Bundle, target: Target) -> None:
    bring(packed.file, target)
    before = left(target)
    with pytest.raises(ImportNotUndone, match="your settings name what it brought"):
        importing.undo(target, lambda: cache.locate(ENTRY, [target.models]))
    assert left(target) == before
    assert cache.verify(target.models / "tiny" / "r1")


def test_an_undo_that_cannot_be_noted_is_none(
    packed: bundle.Bundle, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(packed.file, target)
    before = left(target)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(ledger, "write", full)
        with pytest.raises(DiskFull):
            importing.undo(target, lambda: None)
    assert left(target) == before
    assert cache.verify(target.models / "tiny" / "r1")
    importing.undo(target, lambda: None)


def test_a_plain_folder_can_be_undone_too(tmp_path: Path, target: Target) -> None:
    folder = importing.import_model(model_folder(tmp_path / "m"), ENTRY, target.models)
    assert importing.undo(target, lambda: None) == ("models/tiny/r1",)
    assert not folder.parent.exists()


# A full disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = shutil.which("mount")
    command = [str(mount), "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if mount is None or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small file system needs root on Linux")
    yield folder
    subprocess.run(["umount", folder], check=True)  # noqa: S607


def test_a_disk_that_fills_up_anywhere_keeps_what_was_there(
    disk: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing, "_need_room", lambda *_: None)  # another program takes the room meanwhile
    first = bundle.write([("model", model_folder(tmp_path / "m"))], tmp_path / "first.bundle")
    second: list[tuple[bundle.Kind, Path]] = [
        ("model", model_folder(tmp_path / "n", "r2", b"x" * 200_000)),
        ("adapter", adapter_folder(tmp_path / "a")),
    ]
    large = bundle.write(second, tmp_path / "large.bundle")
    target = Target(disk / "models", disk / "adapters")
    bring(first.file, target)
    before, refused, taken = left(target), 0, 0
    for free in range(0, 320_000, 8192):
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * max(0, shutil.disk_usage(disk).free - free))
        try:
            bring(large.file, target)
        except DiskFull:
            refused += 1
            ballast.unlink()
            assert left(target) == before
        else:
            taken += 1
            ballast.unlink()
            importing.undo(target, lambda: None)
            assert left(target) == before
        assert cache.verify(target.models / "tiny" / "r1")
        assert len(ledger.read(target.root)) == 1
    assert refused > 5
    assert taken > 2


def test_no_room_is_said_before_anything_is_written(
    packed: bundle.Bundle, target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importing.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))  # type: ignore[attr-defined]
    with pytest.raises(DiskFull, match=r"tiny\.bundle"):
        bring(packed.file, target)
    assert left(target) == []
