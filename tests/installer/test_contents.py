"""What goes into the package: the code of every architecture that can be imported."""

from __future__ import annotations

import transformers

from app.model.catalogue import SUPPORTED
from installer.contents import MODELS


def test_the_package_has_the_code_of_every_architecture_that_can_be_imported() -> None:
    for architecture in SUPPORTED:
        assert getattr(transformers, architecture).__module__.split(".")[2] in MODELS
