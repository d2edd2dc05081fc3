'use client';

import { EmbanEmbedFrame } from '@emban/embed-helper/react';
import { type FormEvent, useCallback, useEffect, useState } from 'react';

type State = { readonly is: 'asking' | 'signed-out' | 'failed' } | { readonly is: 'shown'; readonly embedUrl: string };

async function ask(): Promise<State> {
  const answer = await fetch('/api/embed-session', { method: 'POST' });
  if (answer.status === 401) return { is: 'signed-out' };
  if (!answer.ok) return { is: 'failed' };
  const { embed_url: embedUrl } = (await answer.json()) as { embed_url: string };
  return { is: 'shown', embedUrl };
}

/** The dashboard of whoever is signed in. A new session in `embedUrl` renews the one before in place. */
export function Usage() {
  const [state, setState] = useState<State>({ is: 'asking' });
  const renew = useCallback(() => {
    ask().then(setState, () => setState({ is: 'failed' }));
  }, []);
  useEffect(renew, [renew]);

  async function signIn(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const body = JSON.stringify({ user: new FormData(event.currentTarget).get('user') });
    await fetch('/api/login', { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    renew();
  }

  if (state.is === 'shown') return <EmbanEmbedFrame embedUrl={state.embedUrl} title="Usage" onExpiring={renew} />;
  if (state.is === 'failed') return <p role="alert">Usage cannot be shown right now.</p>;
  if (state.is === 'asking') return null;
  return (
    <form onSubmit={signIn}>
      <label>
        Sign in as{' '}
        <select name="user">
          <option>ann</option>
          <option>cleo</option>
        </select>
      </label>{' '}
      <button type="submit">Sign in</button>
    </form>
  );
}
