/** Failures in words for the person in front of the page: what happened, and what to do next. */

import { ApiFailure } from '@emban/api';

export interface Problem {
  /** What the host is told. */
  readonly code: string;
  readonly title: string;
  readonly text: string;
  /** Whether trying again can help. */
  readonly retry: boolean;
  /** Whether it passes by itself, so that the page tries again without being asked. */
  readonly passes?: boolean;
  /** Whether what was shown before may not be shown any longer. */
  readonly withdraws?: boolean;
}

type Words = Omit<Problem, 'code'>;

const RELOAD = 'Reload this page in your browser to start a new one.';

const BY_CODE: Record<string, Words> = {
  token_missing: {
    title: 'This view needs to be opened from its application',
    text: 'The address alone does not open it. Go back to the application and open the page again.',
    retry: false,
  },
  token_expired: { title: 'This session has ended', text: RELOAD, retry: false },
  token_revoked: {
    title: 'Access to this view was withdrawn',
    text: 'Reload this page in your browser. If that does not help, ask the team behind it.',
    retry: false,
    withdraws: true,
  },
  token_invalid: {
    title: 'This link does not work',
    text: 'Go back to the application and open the page again.',
    retry: false,
  },
  dashboard_unpublished: {
    title: 'This dashboard is offline',
    text: 'Its owner has taken it offline for now. Nothing is lost; try again later.',
    retry: true,
    withdraws: true,
  },
  not_found: {
    title: 'This dashboard no longer exists',
    text: 'Ask the team behind this page for a new one.',
    retry: false,
    withdraws: true,
  },
  queries_limit: {
    title: 'This dashboard is paused',
    text: 'Its monthly allowance is used up. Your data is safe; ask the team behind this page.',
    retry: true,
  },
  offline: {
    title: 'No connection',
    text: 'Check your internet connection. This page goes on by itself when it is back.',
    retry: true,
    passes: true,
  },
};

const BY_STATUS: Record<number, Words> = {
  401: BY_CODE.token_invalid as Words,
  404: BY_CODE.not_found as Words,
  429: { title: 'Too many requests', text: 'Wait a moment, then try again.', retry: true, passes: true },
  503: {
    title: 'Not available right now',
    text: 'Your data is safe. Try again in a moment.',
    retry: true,
    passes: true,
  },
};

/** What to say about a failure. Messages of the API are shown only where they speak to the viewer (403). */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof ApiFailure)) return { code: 'page_error', ...general() };
  const words = BY_CODE[error.code] ?? BY_STATUS[error.status];
  if (words) return { code: error.code, ...words };
  if (error.status === 403) {
    return {
      code: error.code,
      title: 'This is not available to you',
      text: sentence(error.message),
      retry: false,
    };
  }
  return { code: error.code, ...general() };
}

export function offline(): Problem {
  return { code: 'offline', ...(BY_CODE.offline as Words) };
}

/** A host tried to renew a session with a token for another tenant, dashboard, environment or org. */
export function foreignToken(): Problem {
  return {
    code: 'token_mismatch',
    title: 'The new token is not for this view',
    text: 'Renew it with a session for the same tenant and dashboard; for another one, load its embed_url.',
    retry: false,
  };
}

export function missingToken(): Problem {
  return { code: 'token_missing', ...(BY_CODE.token_missing as Words) };
}

export function sessionEnded(): Problem {
  return { code: 'token_expired', ...(BY_CODE.token_expired as Words) };
}

function general(): Words {
  return { title: 'Something went wrong', text: 'Your data is safe. Try again in a moment.', retry: true };
}

function sentence(text: string): string {
  const words = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(words) ? words : `${words}.`;
}
