"""Functions in the database: from the hash of a credential to the caller, in one round trip.

They run with the caller's own rights, under row level security: each first presents the credential, then narrows the
transaction to what the credential belongs to. Nothing here can see a row that its caller could not open step by step.
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
