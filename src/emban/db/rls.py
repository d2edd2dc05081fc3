"""Row level security: one policy per table, made from what the table is.

Every org-owned table compares its `org_id` with the transaction's; the few that must be found before the org is known
(a key by its hash, a session by its token, a user by the email typed into the login form) have a second policy for
SELECT that opens exactly the row whose proof was presented. FORCE makes the table's owner subject to them, too.
"""

from __future__ import annotations

_ORG = "current_setting('emban.org_id', true)"
_USER = "current_setting('emban.user_id', true)"
_CREDENTIAL = "current_setting('emban.credential', true)"
_EMAIL = "current_setting('emban.email', true)"
_TASK = "current_setting('emban.task', true)"


def enable(table: str) -> list[str]:
    """Return the statements that switch row level security on for a table, its owner included."""
    return [f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY", f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"]


def org_policy(table: str, column: str = "org_id") -> str:
    """Return the policy of an org-owned table: its rows belong to the transaction's org, for reads and writes."""
    return f"CREATE POLICY org ON {table} USING ({column} = {_ORG}) WITH CHECK ({column} = {_ORG})"


def org_owned(table: str, column: str = "org_id") -> list[str]:
    """Return all statements for an ordinary org-owned table."""
    return [*enable(table), org_policy(table, column)]


def by_credential(table: str, column: str) -> str:
    """Return the policy that opens the one row whose secret's hash was presented."""
    return f"CREATE POLICY credential ON {table} FOR SELECT USING ({column} = {_CREDENTIAL})"


def own_rows(table: str, column: str = "user_id") -> str:
    """Return the policy that shows a person's rows to that person."""
    return f"CREATE POLICY own ON {table} FOR SELECT USING ({column} = {_USER})"


def users() -> list[str]:
    """Return the statements for `users`: one's own row, the row of the email presented, fellow members' rows."""
    return [
        *enable("users"),
        f"CREATE POLICY own ON users USING (id = {_USER}) WITH CHECK (id = {_USER})",
        f"CREATE POLICY login ON users FOR SELECT USING (lower(email) = {_EMAIL})",
        "CREATE POLICY members ON users FOR SELECT USING "
        f"(EXISTS (SELECT 1 FROM memberships m WHERE m.user_id = users.id AND m.org_id = {_ORG}))",
    ]


def user_sessions() -> list[str]:
    """Return the statements for `user_sessions`: whoever presents the token, and the person it belongs to.

    An org may end (delete) the sessions that are open in it, which is what removing a member does.
    """
    return [
        *enable("user_sessions"),
        f"CREATE POLICY own ON user_sessions USING (user_id = {_USER}) WITH CHECK (user_id = {_USER})",
        by_credential("user_sessions", "token_hash"),
        f"CREATE POLICY credential_update ON user_sessions FOR UPDATE USING (token_hash = {_CREDENTIAL})",
        f"CREATE POLICY credential_delete ON user_sessions FOR DELETE USING (token_hash = {_CREDENTIAL})",
        f"CREATE POLICY org_end ON user_sessions FOR DELETE USING (org_id = {_ORG})",
        f"CREATE POLICY org_see ON user_sessions FOR SELECT USING (org_id = {_ORG})",
    ]


def orgs() -> list[str]:
    """Return the statements for `orgs`: the transaction's org, and for reading the orgs that a person belongs to."""
    return [
        *org_owned("orgs", "id"),
        "CREATE POLICY member ON orgs FOR SELECT USING "
        f"(EXISTS (SELECT 1 FROM memberships m WHERE m.org_id = orgs.id AND m.user_id = {_USER}))",
    ]


def by_operator(table: str) -> str:
    """Return the policy that shows a table to its owner, the role of `emban org` and `emban audit verify`.

    It names the role that runs the migration, so that the application's role has no part in it.
    """
    return f"CREATE POLICY operator ON {table} FOR SELECT TO CURRENT_USER USING (true)"


def embed_keys() -> list[str]:
    """Return the statements for `embed_keys`: read by whoever verifies tokens, written by the tables' owner alone."""
    return [
        *enable("embed_keys"),
        f"CREATE POLICY verify ON embed_keys FOR SELECT USING ({_TASK} = 'embed_keys')",
        "CREATE POLICY operator ON embed_keys TO CURRENT_USER USING (true) WITH CHECK (true)",
    ]


def rate_limits() -> list[str]:
    """Return the statements for `rate_limits`: the presented key's row, and expired rows for the sweeper."""
    return [
        *enable("rate_limits"),
        f"CREATE POLICY credential ON rate_limits USING (key = {_CREDENTIAL}) WITH CHECK (key = {_CREDENTIAL})",
        f"CREATE POLICY sweep_see ON rate_limits FOR SELECT USING ({_TASK} = 'sweep' AND expires_at < now())",
        f"CREATE POLICY sweep ON rate_limits FOR DELETE USING ({_TASK} = 'sweep' AND expires_at < now())",
    ]


def deleted_orgs() -> list[str]:
    """Return the statements for `deleted_orgs`: written while the org is deleted, worked off by the sweeper."""
    return [
        *org_owned("deleted_orgs"),
        f"CREATE POLICY sweep_see ON deleted_orgs FOR SELECT USING ({_TASK} = 'sweep')",
        f"CREATE POLICY sweep ON deleted_orgs FOR UPDATE USING ({_TASK} = 'sweep')",
    ]


def environments_to_sweep() -> str:
    """Return the policy that shows the sweeper which environments drop their events after some days."""
    return f"CREATE POLICY sweep ON environments FOR SELECT USING ({_TASK} = 'sweep' AND retention_days IS NOT NULL)"


def owners_at_registration() -> str:
    """Return the policy by which a registration sees whether there is an account already: any org's owner."""
    return f"CREATE POLICY register ON memberships FOR SELECT USING ({_TASK} = 'register' AND role = 'owner')"


def unfinished_writers() -> str:
    """Return the policy that shows a starting process which streams somebody was writing when they ended."""
    return f"CREATE POLICY sweep ON ingest_writers FOR SELECT USING ({_TASK} = 'sweep' AND writer <> '')"


def watched_watermarks() -> str:
    """Return the policy that shows every API process how far each org's events have come, to know old answers by."""
    return f"CREATE POLICY watch ON ingest_watermarks FOR SELECT USING ({_TASK} = 'watch')"


def streams_to_roll_up() -> list[str]:
    """Return the policies that show the keeper of rollups, of all orgs, how far events and rollups go."""
    return [
        f"CREATE POLICY roll_up ON {table} FOR SELECT USING ({_TASK} = 'roll_up')"
        for table in ("ingest_watermarks", "rollups")
    ]


def jobs() -> list[str]:
    """Return the statements for the queue: an org adds and sees its own jobs, a worker sees and changes them all.

    A job's org is in its arguments. Its events are written by triggers of the library in whatever transaction changes
    the job, so anybody may add one and only a worker sees them.
    """
    own = f"args ->> 'org_id' = {_ORG}"
    worker = f"{_TASK} = 'jobs'"
    names = ("jobs", "events", "workers", "periodic_defers")
    return [
        *(statement for name in names for statement in enable(f"procrastinate_{name}")),
        *(f"CREATE POLICY worker ON procrastinate_{name} USING ({worker}) WITH CHECK ({worker})" for name in names),
        f"CREATE POLICY org ON procrastinate_jobs FOR SELECT USING ({own})",
        f"CREATE POLICY org_add ON procrastinate_jobs FOR INSERT WITH CHECK ({own})",
        "CREATE POLICY note ON procrastinate_events FOR INSERT WITH CHECK (true)",
    ]


def job_runs() -> list[str]:
    """Return the statements for `job_runs`: counted by workers, read by them and for /metrics."""
    return [
        *enable("job_runs"),
        f"CREATE POLICY worker ON job_runs USING ({_TASK} = 'jobs') WITH CHECK ({_TASK} = 'jobs')",
    ]


def due_rules() -> list[str]:
    """Return the policies that show the workers' clock, of all orgs, which alerts and reports are due."""
    return [
        f"CREATE POLICY due ON {table} FOR SELECT USING ({_TASK} = 'due' AND enabled)"
        for table in ("alerts", "reports")
    ]


def unmade_runs() -> str:
    """Return the policy that shows the workers' clock, of all orgs, which runs of reports are not made yet."""
    unmade = "bytes IS NULL AND finished_at IS NULL"
    return f"CREATE POLICY due ON report_runs FOR SELECT USING ({_TASK} = 'due' AND {unmade})"


def pending_messages() -> str:
    """Return the policy that shows the workers, of all orgs, which messages are still to be delivered."""
    return f"CREATE POLICY due ON outbound_messages FOR SELECT USING ({_TASK} = 'due' AND status = 'pending')"


def expired_files() -> list[str]:
    """Return the policies by which the sweeper removes the files and messages whose time is over."""
    return [
        f"CREATE POLICY {name} ON {table} FOR {verb} USING ({_TASK} = 'sweep' AND expires_at < now())"
        for table in ("report_artifacts", "outbound_messages")
        for name, verb in (("sweep_see", "SELECT"), ("sweep", "DELETE"))
    ]
