/** The page's only business: an embed URL for the chosen workspace from its own server, and that URL in a frame. */

import 'virtual:emban-tokens.css';
import './host.css';
import { fetchJson } from '@emban/api';
import { type MountedEmbed, mount } from '@emban/embed-helper';

interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly plan: string;
}

interface Session {
  readonly embed_url: string;
  readonly expires_at: string;
}

interface Console {
  readonly email: string;
  readonly password: string;
}

interface Tenants {
  readonly tenants: readonly Tenant[];
  readonly dashboard_id: string;
  /** How to sign in to the demo's console, where the server says so. */
  readonly console?: Console;
}

function byId<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}

const select = byId<HTMLSelectElement>('tenant');
const plan = byId('plan');
const problem = byId('problem');
const place = byId('usage');

let embed: MountedEmbed | null = null;

function say(text: string): void {
  problem.textContent = text;
  problem.hidden = text === '';
}

function session(tenant: string): Promise<Session> {
  return fetchJson<Session>(`/demo/session?tenant=${encodeURIComponent(tenant)}`, {});
}

/** A frame of its own for each workspace: nothing of the one before can be left in it. */
async function open(tenant: Tenant): Promise<void> {
  embed?.destroy();
  embed = null;
  plan.textContent = tenant.plan;
  plan.hidden = tenant.plan === '';
  try {
    const { embed_url: embedUrl } = await session(tenant.id);
    if (select.value !== tenant.id) return;
    say('');
    embed = mount(place, {
      embedUrl,
      title: `Usage of ${tenant.name}`,
      onExpiring: () => void renew(tenant.id),
    });
  } catch {
    say('The usage dashboard cannot be loaded right now. Reload the page to try again.');
  }
}

async function renew(tenant: string): Promise<void> {
  embed?.setEmbedUrl((await session(tenant)).embed_url);
}

function showConsole({ email, password }: Console): void {
  const hint = document.createElement('span');
  const code = (text: string) => Object.assign(document.createElement('code'), { textContent: text });
  hint.append('Sign in as ', code(email), ' with ', code(password));
  byId('console').append(hint);
}

async function start(): Promise<void> {
  const { tenants, console: access } = await fetchJson<Tenants>('/demo/tenants', {});
  select.replaceChildren(...tenants.map(({ id, name }) => new Option(name, id)));
  select.disabled = false;
  const chosen = () => tenants.find((tenant) => tenant.id === select.value);
  const wanted = new URLSearchParams(location.search).get('tenant');
  if (wanted && tenants.some((tenant) => tenant.id === wanted)) select.value = wanted;
  select.addEventListener('change', () => {
    const tenant = chosen();
    if (!tenant) return;
    history.replaceState(null, '', `?tenant=${encodeURIComponent(tenant.id)}`);
    void open(tenant);
  });
  if (access) showConsole(access);
  const first = chosen();
  if (first) await open(first);
}

start().catch(() => say('The demo server does not answer. Is `emban demo` running?'));
