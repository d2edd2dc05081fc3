"""The keys that sign embed tokens, by name: the secrets themselves are derived and stored nowhere."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from emban.models.base import Base, Created


class EmbedKey(Created, Base):
    """One key. From `signs_at` on it signs, until the next one does."""

    __tablename__ = "embed_keys"

    kid: Mapped[str] = mapped_column(primary_key=True)
    signs_at: Mapped[datetime]
