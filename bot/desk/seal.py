"""Secrets that must be read again (of the second factor) lie sealed in the database: a copy of it alone is worth nothing."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken

from bot.domain.secret import Secret


class Seal:
    """Seals with a key derived from the installation's secret."""

    def __init__(self, secret: Secret) -> None:
        key = hashlib.sha256(b"cuibao.seal\0" + secret.reveal().encode()).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(key))

    def close(self, secret: Secret) -> str:
        """The sealed form."""
        return self._fernet.encrypt(secret.reveal().encode()).decode()

    def open(self, sealed: Secret) -> Secret | None:
        """What was sealed; None if this installation's secret is not the one it was sealed with."""
        try:
            return Secret(self._fernet.decrypt(sealed.reveal().encode()).decode())
        except InvalidToken:
            return None
