/** Code to copy, filled in with what the reader already has. Pure. */

export interface Snippet {
  readonly name: string;
  readonly text: string;
}

export interface EventInput {
  readonly origin: string;
  readonly key: string;
}

/** A first event, three ways. */
export function eventSnippets({ origin, key }: EventInput): Snippet[] {
  return [
    {
      name: 'curl',
      text: `curl ${origin}/v1/events \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '{"events": [{
    "tenant_id": "customer_1",
    "event_name": "api.call",
    "user_id": "ann",
    "string_props": {"model": "small", "plan": "pro"},
    "numeric_props": {"tokens": 512, "latency_ms": 140}
  }]}'`,
    },
    {
      name: 'Python',
      text: `import httpx

httpx.post(
    "${origin}/v1/events",
    headers={"Authorization": "Bearer ${key}"},
    json={"events": [{
        "tenant_id": "customer_1",
        "event_name": "api.call",
        "user_id": "ann",
        "string_props": {"model": "small", "plan": "pro"},
        "numeric_props": {"tokens": 512, "latency_ms": 140},
    }]},
).raise_for_status()`,
    },
    {
      name: 'Node',
      text: `await fetch('${origin}/v1/events', {
  method: 'POST',
  headers: { Authorization: 'Bearer ${key}', 'Content-Type': 'application/json' },
  body: JSON.stringify({ events: [{
    tenant_id: 'customer_1',
    event_name: 'api.call',
    user_id: 'ann',
    string_props: { model: 'small', plan: 'pro' },
    numeric_props: { tokens: 512, latency_ms: 140 },
  }] }),
});`,
    },
  ];
}

export interface EmbedInput extends EventInput {
  readonly dashboard: string;
  readonly tenant: string;
}

/** Minting a session on the server and showing it in the browser. The key stays on the server. */
export function embedSnippets({ origin, key, dashboard, tenant }: EmbedInput): Snippet[] {
  const body = `{"tenant_id": ${JSON.stringify(tenant)}, "dashboard_id": "${dashboard}"}`;
  return [
    {
      name: 'curl',
      text: `curl ${origin}/v1/embed-sessions \\
  -H 'Authorization: Bearer ${key}' \\
  -H 'Content-Type: application/json' \\
  -d '${body.replaceAll("'", "'\\''")}'`,
    },
    {
      name: 'Python',
      text: `import httpx

session = httpx.post(
    "${origin}/v1/embed-sessions",
    headers={"Authorization": "Bearer ${key}"},
    json=${body},  # tenant_id: the customer who is signed in
).raise_for_status().json()
embed_url = session["embed_url"]  # give this to the browser, never the key`,
    },
    {
      name: 'Node',
      text: `const response = await fetch('${origin}/v1/embed-sessions', {
  method: 'POST',
  headers: { Authorization: 'Bearer ${key}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${body}), // tenant_id: the customer who is signed in
});
const { embed_url } = await response.json(); // give this to the browser, never the key`,
    },
    {
      name: 'Browser',
      text: `<iframe src="EMBED_URL" title="Usage" style="width: 100%; height: 900px; border: 0"></iframe>`,
    },
  ];
}
