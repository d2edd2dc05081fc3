import { EmbanError } from '@emban/sdk';
import { tenantOf } from '../../../lib/accounts';
import { emban } from '../../../lib/emban';

/** A session for the tenant of whoever is signed in. Nothing in the request can name another one. */
export async function POST(request: Request): Promise<Response> {
  const tenant = tenantOf(request);
  if (tenant === null) return Response.json({ error: 'sign in first' }, { status: 401 });
  try {
    const dashboard = process.env.EMBAN_DASHBOARD ?? '';
    const session = await emban.createEmbedSession({ tenant_id: tenant, dashboard_id: dashboard });
    return Response.json({ embed_url: session.embed_url });
  } catch (error) {
    if (!(error instanceof EmbanError)) throw error;
    return Response.json({ error: 'the dashboard is not available right now' }, { status: 502 });
  }
}
