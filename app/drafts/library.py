"""Which standards and templates letters may follow on this machine: the program's, a user's, IT's, as policy allows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app import paths
from app.drafts import standards
from app.drafts.standards import Standard
from app.errors import PolicyForbids, SetupError
from app.settings.options import allows

_FIRST_CHOICE = "prsb"


@dataclass(frozen=True, slots=True)
class Library:
    """The standards and templates that letters may follow on this machine.

    Attributes:
        pack: IT's folder of templates; None for none. They win over a user's of the same name.
        allowed: Names that policy allows, with the templates made from them; empty for all.
    """

    pack: Path | None = None
    allowed: tuple[str, ...] = ()

    def known(self) -> dict[str, Standard]:
        """Read every standard that may be used; see `standards.known`.

        Raises:
            SetupError: A file is no standard, or the pack is not there.
        """
        found = standards.known((paths.resources() / "standards", paths.user_standards(), *self._packs()))
        return {name: one for name, one in found.items() if self._allows(one)}

    def load(self, name: str) -> Standard:
        """Read one standard; see `standards.load`.

        Raises:
            PolicyForbids: Policy does not allow it.
            SetupError: There is none of this id, or a file is no standard, or the pack is not there.
        """
        found = standards.load(name, (paths.resources() / "standards", paths.user_standards(), *self._packs()))
        if not self._allows(found):
            raise PolicyForbids(what=f"the standard {name}", setting="allowed_standards")
        return found

    def load_or_own(self, name: str) -> Standard:
        """Read one standard; where its file is gone or broken, the program's own of that name, else its first choice.

        Args:
            name: Its id.

        Raises:
            PolicyForbids: Policy does not allow it, nor any of the program's own in its place.
        """
        try:
            return self.load(name)
        except PolicyForbids:
            raise
        except SetupError:
            own = standards.known((paths.resources() / "standards",))
            for one in (name, _FIRST_CHOICE, *own):
                if one in own and self._allows(own[one]):
                    return own[one]
            raise PolicyForbids(what=f"the standard {name}", setting="allowed_standards") from None

    @property
    def shared(self) -> frozenset[str]:
        """Names that are everybody's: no template of a user's own takes one of them."""
        folders = (paths.resources() / "standards", *self._packs())
        return frozenset(file.stem for folder in folders for file in folder.glob("*.toml"))

    def _allows(self, standard: Standard) -> bool:
        return allows(self.allowed, standard.name) or (bool(standard.base) and allows(self.allowed, standard.base))

    def _packs(self) -> tuple[Path, ...]:
        if self.pack is not None and not self.pack.is_dir():
            raise SetupError(name=f"The template pack {self.pack}", why="there is no such folder")
        return (self.pack,) if self.pack is not None else ()
