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

/** An address of the page with a token in it, as `takeToken` takes it out. */
export function withToken(href: string, token: string): string {
  const url = new URL(href);
  url.searchParams.set('token', token);
  return url.href;
}

/** The locale of `?locale=…` (BCP 47), unchecked. Null without one. */
export function askedLocale(href: string): string | null {
  return new URL(href).searchParams.get('locale');
}

/** The dashboard that a path such as `/embed/dash_abc` names, for messages to the host. */
export function dashboardIdOf(pathname: string): string {
  return decodeURIComponent(pathname.split('/').filter(Boolean).at(-1) ?? '');
}
