/** The code that mints a session and shows it, in five languages, with the reader's own values. Pure. */

import type { Snippet } from '../../parts/snippets.ts';
import type { PermissionsBody } from './permissions.ts';

export interface EmbedCodeInput {
  readonly origin: string;
  readonly key: string;
  readonly dashboard: string;
  readonly tenant: string;
  /** Seconds; left out of the code where it is the default. */
  readonly lifetime: number;
  readonly permissions: PermissionsBody;
}

const DEFAULT_LIFETIME_S = 3600;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

function requestOf({ dashboard, tenant, lifetime, permissions }: EmbedCodeInput): { [name: string]: Json } {
  return {
    tenant_id: tenant,
    dashboard_id: dashboard,
    ...(lifetime === DEFAULT_LIFETIME_S ? {} : { expires_in: lifetime }),
    ...(Object.keys(permissions).length ? { permissions: permissions as { [name: string]: Json } } : {}),
  };
}

/** A value as Python writes it: JSON, except for three names. */
export function python(value: Json, indent = ''): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map((one: Json) => python(one, indent)).join(', ')}]`;
  if (typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}    `;
  const lines = Object.entries(value).map(([name, one]) => `${inner}${JSON.stringify(name)}: ${python(one, inner)},`);
  return lines.length ? `{\n${lines.join('\n')}\n${indent}}` : '{}';
}

function indented(text: string, by: string): string {
  return text.replaceAll('\n', `\n${by}`);
}

function curl(input: EmbedCodeInput): string {
  const body = JSON.stringify(requestOf(input), null, 2).replaceAll("'", "'\\''");
  return `curl ${input.origin}/v1/embed-sessions \\
  -H 'Authorization: Bearer ${input.key}' \\
  -H 'Content-Type: application/json' \\
  -d '${indented(body, '  ')}'`;
}

function pythonCode(input: EmbedCodeInput): string {
  return `import httpx

# tenant_id: the customer who is signed in, from your own session
session = httpx.post(
    "${input.origin}/v1/embed-sessions",
    headers={"Authorization": "Bearer ${input.key}"},
    json=${python(requestOf(input), '    ')},
).raise_for_status().json()
embed_url = session["embed_url"]  # give this to the browser, never the key`;
}

function node(input: EmbedCodeInput): string {
  return `// tenant_id: the customer who is signed in, from your own session
const response = await fetch('${input.origin}/v1/embed-sessions', {
  method: 'POST',
  headers: { Authorization: 'Bearer ${input.key}', 'Content-Type': 'application/json' },
  body: JSON.stringify(${indented(JSON.stringify(requestOf(input), null, 2), '  ')}),
});
if (!response.ok) throw new Error(\`Emban answered \${response.status}\`);
const { embed_url } = await response.json(); // give this to the browser, never the key`;
}

const REACT = `import { useEffect, useState } from 'react';
import { EmbanEmbedFrame } from '@emban/embed-helper/react';

// Your own route: it mints a session for whoever is signed in, and answers { embed_url }.
const freshEmbedUrl = () =>
  fetch('/api/embed-session', { method: 'POST' })
    .then((answer) => answer.json())
    .then(({ embed_url }) => embed_url);

export function Usage() {
  const [embedUrl, setEmbedUrl] = useState(null);
  const renew = () => void freshEmbedUrl().then(setEmbedUrl);
  useEffect(renew, []);
  if (!embedUrl) return null;
  return <EmbanEmbedFrame embedUrl={embedUrl} title="Usage" onExpiring={renew} />;
}`;

const HTML = `<div id="usage"></div>
<script src="/embed-helper.global.js"></script>
<script>
  // Your own route: it mints a session for whoever is signed in, and answers { embed_url }.
  function freshEmbedUrl() {
    return fetch('/api/embed-session', { method: 'POST' })
      .then((answer) => answer.json())
      .then((session) => session.embed_url);
  }
  freshEmbedUrl().then((embedUrl) => {
    const embed = embanEmbed.mount(document.getElementById('usage'), {
      embedUrl,
      title: 'Usage',
      onExpiring: () => freshEmbedUrl().then((url) => embed.setEmbedUrl(url)),
    });
  });
</script>`;

export function embedCode(input: EmbedCodeInput): Snippet[] {
  return [
    { name: 'Python', text: pythonCode(input) },
    { name: 'Node', text: node(input) },
    { name: 'curl', text: curl(input) },
    { name: 'React', text: REACT },
    { name: 'HTML', text: HTML },
  ];
}
