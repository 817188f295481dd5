"""An officer's file between its preview and its import: kept as it came, for that officer only."""

import hashlib
import os
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import signing
from django.utils.translation import gettext as _

from locations.imports.problems import Refused
from portal.publishing.models import Officer

SALT = "locations.imports.uploads"
HOURS = 12


@dataclass(frozen=True)
class Upload:
    """What the preview was made from; travels signed through the officer's browser."""

    officer: int
    province: int
    file_name: str
    replace: bool
    sha256: str

    @property
    def path(self) -> Path:
        return _folder() / f"{self.officer}-{self.sha256}"

    @property
    def token(self) -> str:
        return signing.dumps(asdict(self), salt=SALT, compress=True)

    @property
    def data(self) -> bytes:
        """The bytes as they were sent. Raises Refused if they are here no more."""
        with suppress(OSError):
            data = self.path.read_bytes()
            if hashlib.sha256(data).hexdigest() == self.sha256:
                return data
        raise Refused(_("The file is no longer kept here. Choose it again."))

    def discard(self) -> None:
        self.path.unlink(missing_ok=True)


def keep(data: bytes, *, officer: Officer, province: Any, file_name: str, replace: bool) -> Upload:
    """Stores `data`; whatever was left lying for hours is removed."""
    upload = Upload(officer.pk, province.pk, file_name, replace, hashlib.sha256(data).hexdigest())
    folder = _folder()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.iterdir():
        with suppress(OSError):
            if left.stat().st_mtime < time.time() - HOURS * 3600:
                left.unlink()
    # Linked into place whole: a half-written file is never read.
    partial = folder / f"{upload.path.name}.{os.getpid()}.partial"
    partial.touch(mode=0o600)
    partial.write_bytes(data)
    partial.replace(upload.path)
    return upload


def of(token: str, officer: Officer) -> Upload:
    """The upload that `token` stands for. Raises Refused if it is not the officer's."""
    try:
        upload = Upload(**signing.loads(token, salt=SALT, max_age=HOURS * 3600))
    except (signing.BadSignature, TypeError) as error:
        raise Refused(_("The file is no longer kept here. Choose it again.")) from error
    if upload.officer != officer.pk:
        raise Refused(_("The file is no longer kept here. Choose it again."))
    return upload


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "imports"
