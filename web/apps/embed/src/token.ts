/** The session's token: out of the address bar before anything else happens, then kept in memory alone. */

interface Addressed {
  readonly location: Pick<Location, 'href'>;
  readonly history: Pick<History, 'replaceState' | 'state'>;
}

/** The token of `?token=…`, which is gone from the URL and from the history entry when this returns. Null without one. */
export function takeToken(page: Addressed): string | null {
  const url = new URL(page.location.href);
  const token = url.searchParams.get('token');
  if (token === null) return null;
  url.searchParams.delete('token');
  page.history.replaceState(page.history.state, '', url.pathname + url.search + url.hash);
  return token || null;
}

/** The dashboard that a path such as `/embed/dash_abc` names, for messages to the host. */
export function dashboardIdOf(pathname: string): string {
  return decodeURIComponent(pathname.split('/').filter(Boolean).at(-1) ?? '');
}
