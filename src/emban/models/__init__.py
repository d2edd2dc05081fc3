"""Tables of the control plane. Importing this package registers all of them."""

from emban.models.alert import Alert, AlertEvent
from emban.models.audit import AuditHead, AuditLog
from emban.models.base import GLOBAL_TABLES, Base, OrgOwned
from emban.models.dashboard import Dashboard
from emban.models.embed_key import EmbedKey
from emban.models.embed_session import EmbedSession
from emban.models.environment import Environment
from emban.models.ingest import IngestRefusal, IngestWatermark, IngestWriter, UsageDaily
from emban.models.job import JobRuns
from emban.models.onboarding import SampleSeed
from emban.models.operation import DeletedOrg, RateLimit
from emban.models.org import ApiKey, Invite, Membership, Org
from emban.models.outbound import DeliveryAttempt, OutboundMessage, WebhookSecret
from emban.models.report import Report, ReportArtifact, ReportRun
from emban.models.rollup import Rollup
from emban.models.saved_query import SavedQuery
from emban.models.user import User, UserSession
from emban.models.widget import Widget

__all__ = [
    "GLOBAL_TABLES",
    "Alert",
    "AlertEvent",
    "ApiKey",
    "AuditHead",
    "AuditLog",
    "Base",
    "Dashboard",
    "DeletedOrg",
    "DeliveryAttempt",
    "EmbedKey",
    "EmbedSession",
    "Environment",
    "IngestRefusal",
    "IngestWatermark",
    "IngestWriter",
    "Invite",
    "JobRuns",
    "Membership",
    "Org",
    "OrgOwned",
    "OutboundMessage",
    "RateLimit",
    "Report",
    "ReportArtifact",
    "ReportRun",
    "Rollup",
    "SampleSeed",
    "SavedQuery",
    "UsageDaily",
    "User",
    "UserSession",
    "WebhookSecret",
    "Widget",
]
