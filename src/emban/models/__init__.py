"""Tables of the control plane. Importing this package registers all of them."""

from emban.models.audit import AuditLog
from emban.models.base import GLOBAL_TABLES, Base, OrgOwned
from emban.models.dashboard import Dashboard
from emban.models.embed_session import EmbedSession
from emban.models.environment import Environment
from emban.models.ingest import IngestWatermark, UsageDaily
from emban.models.org import ApiKey, Membership, Org
from emban.models.user import User, UserSession

__all__ = [
    "GLOBAL_TABLES",
    "ApiKey",
    "AuditLog",
    "Base",
    "Dashboard",
    "EmbedSession",
    "Environment",
    "IngestWatermark",
    "Membership",
    "Org",
    "OrgOwned",
    "UsageDaily",
    "User",
    "UserSession",
]
