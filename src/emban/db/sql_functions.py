"""Functions in the database: from the hash of a credential to the caller, in one round trip.

They run with the caller's own rights, under row level security: each first presents the credential, then narrows the
transaction to what the credential belongs to. Nothing here can see a row that its caller could not open step by step.

Each text is frozen once a migration has used it: a change is a new name in a new migration.
"""

from __future__ import annotations

FIND_KEY = """
CREATE FUNCTION emban_find_key(presented text)
RETURNS TABLE (key_id text, org_id text, environment text, scope text, prefix text, plan text, org_name text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE hit api_keys%ROWTYPE;
BEGIN
  PERFORM set_config('emban.credential', presented, true);
  SELECT * INTO hit FROM api_keys WHERE key_hash = presented;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('emban.credential', '', true), set_config('emban.org_id', hit.org_id, true);
  RETURN QUERY SELECT hit.id, o.id, hit.environment, hit.scope, hit.prefix, o.plan, o.name
    FROM orgs o WHERE o.id = hit.org_id;
END $$
"""

# As emban_find_key, and what the key is held to: its environment alone, a time, addresses.
OPEN_KEY = """
CREATE FUNCTION emban_open_key(presented text)
RETURNS TABLE (key_id text, org_id text, environment text, scope text, prefix text, plan text, org_name text,
               environment_only boolean, expires_at timestamptz, allowed_cidrs jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE hit api_keys%ROWTYPE;
BEGIN
  PERFORM set_config('emban.credential', presented, true);
  SELECT * INTO hit FROM api_keys WHERE key_hash = presented;
  IF NOT FOUND THEN RETURN; END IF;
  PERFORM set_config('emban.credential', '', true), set_config('emban.org_id', hit.org_id, true);
  RETURN QUERY SELECT hit.id, o.id, hit.environment, hit.scope, hit.prefix, o.plan, o.name,
      hit.environment_only, hit.expires_at, hit.allowed_cidrs
    FROM orgs o WHERE o.id = hit.org_id;
END $$
"""

FIND_SESSION = """
CREATE FUNCTION emban_find_session(presented text, wanted_environment text)
RETURNS TABLE (session_id text, user_id text, email text, name text, org_id text, org_name text, plan text,
               role text, last_seen_at timestamptz, environment_known boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE hit user_sessions%ROWTYPE;
BEGIN
  PERFORM set_config('emban.credential', presented, true);
  SELECT * INTO hit FROM user_sessions WHERE token_hash = presented AND expires_at > now();
  IF NOT FOUND OR hit.org_id IS NULL THEN RETURN; END IF;
  PERFORM set_config('emban.org_id', hit.org_id, true), set_config('emban.user_id', hit.user_id, true);
  RETURN QUERY SELECT hit.id, u.id, u.email, u.name, o.id, o.name, o.plan, m.role, hit.last_seen_at,
      EXISTS (SELECT 1 FROM environments e WHERE e.org_id = o.id AND e.name = wanted_environment)
    FROM memberships m JOIN orgs o ON o.id = m.org_id JOIN users u ON u.id = m.user_id
    WHERE m.user_id = hit.user_id AND m.org_id = hit.org_id;
END $$
"""

# As emban_find_session, and slides the session in the same round trip once it was not seen for ten minutes.
OPEN_SESSION = """
CREATE FUNCTION emban_open_session(presented text, wanted_environment text, slide_days integer)
RETURNS TABLE (session_id text, user_id text, email text, name text, org_id text, org_name text, plan text,
               role text, environment_known boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE hit user_sessions%ROWTYPE;
BEGIN
  PERFORM set_config('emban.credential', presented, true);
  SELECT * INTO hit FROM user_sessions WHERE token_hash = presented AND expires_at > now();
  IF NOT FOUND OR hit.org_id IS NULL THEN RETURN; END IF;
  PERFORM set_config('emban.org_id', hit.org_id, true), set_config('emban.user_id', hit.user_id, true);
  IF hit.last_seen_at < now() - interval '10 minutes' THEN
    UPDATE user_sessions SET last_seen_at = now(), expires_at = now() + make_interval(days => slide_days)
      WHERE token_hash = presented;
  END IF;
  RETURN QUERY SELECT hit.id, u.id, u.email, u.name, o.id, o.name, o.plan, m.role,
      EXISTS (SELECT 1 FROM environments e WHERE e.org_id = o.id AND e.name = wanted_environment)
    FROM memberships m JOIN orgs o ON o.id = m.org_id JOIN users u ON u.id = m.user_id
    WHERE m.user_id = hit.user_id AND m.org_id = hit.org_id;
END $$
"""

# As emban_open_session, and tells whether the session was moved on: the browser's cookie then has to be, too.
ENTER_SESSION = """
CREATE FUNCTION emban_enter_session(presented text, wanted_environment text, slide_days integer)
RETURNS TABLE (session_id text, user_id text, email text, name text, org_id text, org_name text, plan text,
               role text, environment_known boolean, moved_on boolean)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE hit user_sessions%ROWTYPE; moved boolean := false;
BEGIN
  PERFORM set_config('emban.credential', presented, true);
  SELECT * INTO hit FROM user_sessions WHERE token_hash = presented AND expires_at > now();
  IF NOT FOUND OR hit.org_id IS NULL THEN RETURN; END IF;
  PERFORM set_config('emban.org_id', hit.org_id, true), set_config('emban.user_id', hit.user_id, true);
  IF hit.last_seen_at < now() - interval '10 minutes' THEN
    UPDATE user_sessions SET last_seen_at = now(), expires_at = now() + make_interval(days => slide_days)
      WHERE token_hash = presented;
    moved := true;
  END IF;
  RETURN QUERY SELECT hit.id, u.id, u.email, u.name, o.id, o.name, o.plan, m.role,
      EXISTS (SELECT 1 FROM environments e WHERE e.org_id = o.id AND e.name = wanted_environment), moved
    FROM memberships m JOIN orgs o ON o.id = m.org_id JOIN users u ON u.id = m.user_id
    WHERE m.user_id = hit.user_id AND m.org_id = hit.org_id;
END $$
"""

# Writes down when keys of one org were last used; an older instant never replaces a newer one.
TOUCH_KEYS = """
CREATE FUNCTION emban_touch_keys(wanted_org text, ids text[], instants timestamptz[]) RETURNS void
LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  UPDATE api_keys k SET last_used_at = t.at FROM unnest(ids, instants) AS t(id, at)
    WHERE k.org_id = wanted_org AND k.id = t.id AND (k.last_used_at IS NULL OR k.last_used_at < t.at);
END $$
"""

# Adds to a meter ('events' or 'queries') of an org's UTC day unless the month's sum would pass the plan's limit.
# `limits` maps plan to limit, null or absent for none; an amount of 0 only reads. No row: no such org any more. FOR KEY
# SHARE lets everything but the org's deletion run beside it; the advisory lock makes check and addition one step among
# all processes.
METER = """
CREATE FUNCTION emban_meter(wanted_org text, wanted_day date, meter text, amount bigint, limits jsonb)
RETURNS TABLE (taken boolean, plan text, used bigint)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
DECLARE on_plan text; already bigint; allowed bigint;
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  SELECT o.plan INTO on_plan FROM orgs o WHERE o.id = wanted_org FOR KEY SHARE;
  IF NOT FOUND THEN RETURN; END IF;
  IF amount <> 0 THEN PERFORM pg_advisory_xact_lock(hashtextextended('usage:' || wanted_org, 0)); END IF;
  SELECT coalesce(sum(CASE meter WHEN 'events' THEN u.events ELSE u.queries END), 0) INTO already
    FROM usage_daily u WHERE u.org_id = wanted_org AND u.day >= date_trunc('month', wanted_day)::date
      AND u.day < (date_trunc('month', wanted_day) + interval '1 month')::date;
  allowed := (limits ->> on_plan)::bigint;
  IF amount > 0 AND allowed IS NOT NULL AND already + amount > allowed THEN
    RETURN QUERY SELECT false, on_plan, already;
    RETURN;
  END IF;
  IF amount = 0 THEN RETURN QUERY SELECT true, on_plan, already; RETURN; END IF;
  INSERT INTO usage_daily AS u (org_id, day, events, queries)
    VALUES (wanted_org, wanted_day, CASE meter WHEN 'events' THEN amount ELSE 0 END,
            CASE meter WHEN 'queries' THEN amount ELSE 0 END)
    ON CONFLICT (org_id, day) DO UPDATE SET events = u.events + excluded.events,
      queries = u.queries + excluded.queries;
  RETURN QUERY SELECT true, on_plan, already + amount;
END $$
"""

# One attempt in a sliding window (the window before counts by the share of it that is still in view): answers whether
# it fits into `allowed` per `period` seconds. The row lock makes the counts hold over all processes.
HIT = """
CREATE FUNCTION emban_hit(presented text, allowed integer, period integer, amount integer) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
  windows double precision := extract(epoch FROM clock_timestamp()) / period;
  this bigint := floor(windows);
  share double precision := 1 - (windows - floor(windows));
BEGIN
  PERFORM set_config('emban.credential', presented, true);
  INSERT INTO rate_limits AS r (key, window_number, current, previous, expires_at)
    VALUES (presented, this, amount, 0, to_timestamp((this + 2) * period))
    ON CONFLICT (key) DO UPDATE SET
      previous = CASE WHEN r.window_number >= this THEN r.previous
                      WHEN r.window_number = this - 1 THEN r.current ELSE 0 END,
      current = CASE WHEN r.window_number >= this THEN r.current ELSE 0 END + amount,
      window_number = greatest(r.window_number, this),
      expires_at = excluded.expires_at
    WHERE CASE WHEN r.window_number >= this THEN r.previous * share + r.current
               WHEN r.window_number = this - 1 THEN r.current * share ELSE 0 END + amount <= allowed;
  RETURN FOUND;
END $$
"""

# Deletes an org with all its rows, and the people who belong to no other org, so that they may register anew.
# A person's row is locked before their memberships are looked at: nobody joins another org in between.
DELETE_ORG = """
CREATE FUNCTION emban_delete_org(wanted_org text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE member text; members text[];
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  PERFORM 1 FROM orgs WHERE id = wanted_org FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  SELECT array_agg(user_id ORDER BY user_id) INTO members FROM memberships WHERE org_id = wanted_org;
  DELETE FROM orgs WHERE id = wanted_org;
  FOREACH member IN ARRAY coalesce(members, '{}') LOOP
    PERFORM set_config('emban.user_id', member, true);
    PERFORM 1 FROM users WHERE id = member FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = member) THEN
      DELETE FROM users WHERE id = member;
    END IF;
  END LOOP;
  RETURN true;
END $$
"""

# As emban_delete_org, and takes the locks of the org's streams before the org's own, as a flush of events does. The
# other way round the two waited for each other, and PostgreSQL ended one of them.
REMOVE_ORG = """
CREATE FUNCTION emban_remove_org(wanted_org text) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE member text; members text[];
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  PERFORM 1 FROM ingest_watermarks WHERE org_id = wanted_org ORDER BY environment FOR UPDATE;
  PERFORM 1 FROM orgs WHERE id = wanted_org FOR UPDATE;
  IF NOT FOUND THEN RETURN false; END IF;
  SELECT array_agg(user_id ORDER BY user_id) INTO members FROM memberships WHERE org_id = wanted_org;
  DELETE FROM orgs WHERE id = wanted_org;
  FOREACH member IN ARRAY coalesce(members, '{}') LOOP
    PERFORM set_config('emban.user_id', member, true);
    PERFORM 1 FROM users WHERE id = member FOR UPDATE;
    IF NOT EXISTS (SELECT 1 FROM memberships WHERE user_id = member) THEN
      DELETE FROM users WHERE id = member;
    END IF;
  END LOOP;
  RETURN true;
END $$
"""

# Refuses to commit a change that leaves an org without its owner. The partial unique index refuses a second one.
KEEP_OWNER = """
CREATE FUNCTION emban_keep_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('emban.org_id', OLD.org_id, true);
  IF EXISTS (SELECT 1 FROM orgs WHERE id = OLD.org_id)
     AND NOT EXISTS (SELECT 1 FROM memberships WHERE org_id = OLD.org_id AND role = 'owner') THEN
    RAISE EXCEPTION 'an org must keep its owner' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NULL;
END $$
"""

KEEP_OWNER_TRIGGER = """
CREATE CONSTRAINT TRIGGER keep_owner AFTER UPDATE OR DELETE ON memberships DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION emban_keep_owner()
"""

# Everything that decides whether an embed token is still good, for one session of one org: a row if the org exists.
# Runs with the caller's rights, under row level security, narrowed to the org that the token names.
FIND_EMBED = """
CREATE FUNCTION emban_find_embed(wanted_org text, wanted_environment text, wanted_dashboard text, wanted_session text)
RETURNS TABLE (plan text, known boolean, published boolean, published_at timestamptz, session_known boolean,
               revoked boolean, permissions jsonb)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  RETURN QUERY SELECT o.plan, d.id IS NOT NULL, coalesce(d.published, false), d.published_at, s.id IS NOT NULL,
      s.revoked_at IS NOT NULL, s.permissions
    FROM orgs o
    LEFT JOIN dashboards d ON d.id = wanted_dashboard AND d.org_id = o.id AND d.environment = wanted_environment
    LEFT JOIN embed_sessions s ON s.id = wanted_session AND s.org_id = o.id AND s.environment = wanted_environment
      AND s.dashboard_id = wanted_dashboard
    WHERE o.id = wanted_org;
END $$
"""

# As emban_find_embed, and the tenant that the session was minted for, to compare the token's with.
OPEN_EMBED = """
CREATE FUNCTION emban_open_embed(wanted_org text, wanted_environment text, wanted_dashboard text, wanted_session text)
RETURNS TABLE (plan text, known boolean, published boolean, published_at timestamptz, session_known boolean,
               revoked boolean, permissions jsonb, tenant_id text)
LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
  PERFORM set_config('emban.org_id', wanted_org, true);
  RETURN QUERY SELECT o.plan, d.id IS NOT NULL, coalesce(d.published, false), d.published_at, s.id IS NOT NULL,
      s.revoked_at IS NOT NULL, s.permissions, s.tenant_id
    FROM orgs o
    LEFT JOIN dashboards d ON d.id = wanted_dashboard AND d.org_id = o.id AND d.environment = wanted_environment
    LEFT JOIN embed_sessions s ON s.id = wanted_session AND s.org_id = o.id AND s.environment = wanted_environment
      AND s.dashboard_id = wanted_dashboard
    WHERE o.id = wanted_org;
END $$
"""

# Tells whether anybody has an account: an org always has its owner, and removing it removes the people of no other.
# `claiming` holds every other claim back until this transaction ends, so that of two first accounts there is one.
HAS_ACCOUNTS = """
CREATE FUNCTION emban_has_accounts(claiming boolean) RETURNS boolean
LANGUAGE plpgsql VOLATILE AS $$
DECLARE found_one boolean;
BEGIN
  IF claiming THEN PERFORM pg_advisory_xact_lock(hashtextextended('first account', 0)); END IF;
  PERFORM set_config('emban.task', 'register', true);
  found_one := EXISTS (SELECT 1 FROM memberships WHERE role = 'owner');
  PERFORM set_config('emban.task', '', true);
  RETURN found_one;
END $$
"""
