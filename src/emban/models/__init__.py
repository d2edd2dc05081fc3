"""Tables of the control plane. Importing this package registers all of them."""

from emban.models.audit import AuditHead, AuditLog
from emban.models.base import GLOBAL_TABLES, Base, OrgOwned
from emban.models.dashboard import Dashboard
from emban.models.embed_key import EmbedKey
from emban.models.embed_session import EmbedSession
from emban.models.environment import Environment
from emban.models.ingest import IngestWatermark, IngestWriter, UsageDaily
from emban.models.onboarding import SampleSeed
from emban.models.operation import DeletedOrg, RateLimit
from emban.models.org import ApiKey, Invite, Membership, Org
from emban.models.rollup import Rollup
from emban.models.saved_query import SavedQuery
from emban.models.user import User, UserSession
from emban.models.widget import Widget

__all__ = [
    "GLOBAL_TABLES",
    "ApiKey",
    "AuditHead",
    "AuditLog",
    "Base",
    "Dashboard",
    "DeletedOrg",
    "EmbedKey",
    "EmbedSession",
    "Environment",
    "IngestWatermark",
    "IngestWriter",
    "Invite",
    "Membership",
    "Org",
    "OrgOwned",
    "RateLimit",
    "Rollup",
    "SampleSeed",
    "SavedQuery",
    "UsageDaily",
    "User",
    "UserSession",
    "Widget",
]
