import { signIn } from '../../../lib/accounts';

/** Signing in. An example has no passwords. */
export async function POST(request: Request): Promise<Response> {
  const { user } = (await request.json()) as { user?: unknown };
  const cookie = typeof user === 'string' ? signIn(user) : null;
  if (cookie === null) return Response.json({ error: 'nobody of that name' }, { status: 401 });
  return new Response(null, { status: 204, headers: { 'set-cookie': cookie } });
}
