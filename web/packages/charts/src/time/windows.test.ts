import { describe, expect, it } from 'vitest';
import { readLocal, readWindow, type Window } from './wall.ts';
import { windowLabel } from './windows.ts';

const NOW = Date.parse('2026-11-27T14:20:00Z');
const plain = (text: string) => text.replace(/[\s\u2009\u202f]+/g, ' ');

/** A window of a server whose clock shows these times; the zone is one that this engine does not know. */
function told(from: string, to: string): Window {
  const [localFrom, localTo] = [readLocal(from) ?? Number.NaN, readLocal(to) ?? Number.NaN];
  return { from: localFrom - 3_600_000, to: localTo - 3_600_000, localFrom, localTo };
}

type Case = [
  what: string,
  from: string,
  to: string,
  period: string | null,
  us: string,
  de: string,
  ja: string,
  ar: string,
];

const CASES: Case[] = [
  [
    'days of one month, until now',
    ...(['2026-11-01T00:00', '2026-11-27T15:20', 'this_month'] as const),
    ...(['Nov 1 – 27', '1.–27. Nov.', '11/01～11/27', '1–27 نوفمبر'] as const),
  ],
  [
    'days of two months',
    ...(['2026-10-28T00:00', '2026-11-27T15:20', '30d'] as const),
    ...(['Oct 28 – Nov 27', '28. Okt. – 27. Nov.', '10/28～11/27', '28 أكتوبر – 27 نوفمبر'] as const),
  ],
  [
    'a month, with midnight outside',
    ...(['2026-10-01T00:00', '2026-11-01T00:00', 'last_month'] as const),
    ...(['Oct 1 – 31', '1.–31. Okt.', '10/01～10/31', '1–31 أكتوبر'] as const),
  ],
  [
    'one day, with midnight outside',
    ...(['2026-11-12T00:00', '2026-11-13T00:00', null] as const),
    ...(['Nov 12', '12. Nov.', '11月12日', '12 نوفمبر'] as const),
  ],
  [
    'today, which has only begun',
    ...(['2026-11-27T00:00', '2026-11-27T00:00:00.001', 'today'] as const),
    ...(['Nov 27', '27. Nov.', '11月27日', '27 نوفمبر'] as const),
  ],
  [
    'days of another year',
    ...(['2025-11-01T00:00', '2025-11-27T15:20', null] as const),
    ...(['Nov 1 – 27, 2025', '1.–27. Nov. 2025', '2025/11/01～2025/11/27', '1–27 نوفمبر 2025'] as const),
  ],
  [
    'days across the turn of the year',
    ...(['2025-12-29T00:00', '2026-01-28T00:00', null] as const),
    'Dec 29, 2025 – Jan 27, 2026',
    ...(['29. Dez. 2025 – 27. Jan. 2026', '2025/12/29～2026/01/27', '29 ديسمبر 2025 – 27 يناير 2026'] as const),
  ],
  [
    'hours of today',
    ...(['2026-11-27T14:00', '2026-11-27T15:15', '1h'] as const),
    ...(['2:00 – 3:15 PM', '14:00–15:15 Uhr', '14時00分～15時15分', '2:00–3:15 م'] as const),
  ],
  [
    'hours on both sides of noon',
    ...(['2026-11-27T11:00', '2026-11-27T12:15', '1h'] as const),
    ...(['11:00 AM – 12:15 PM', '11:00–12:15 Uhr', '11時00分～12時15分', '11:00 ص – 12:15 م'] as const),
  ],
  [
    'hours of another day',
    ...(['2026-11-12T14:00', '2026-11-12T15:15', null] as const),
    ...([
      'Nov 12, 2:00 – 3:15 PM',
      '12. Nov., 14:00–15:15 Uhr',
      '11/12 14時00分～15時15分',
      '12 نوفمبر، 2:00–3:15 م',
    ] as const),
  ],
  [
    'hours of two days, one of them from its midnight on',
    ...(['2026-11-26T00:00', '2026-11-27T00:20', '24h'] as const),
    'Nov 26, 12:00 AM – Nov 27, 12:20 AM',
    '26. Nov., 00:00 – 27. Nov., 00:20',
    '11/26 0:00～11/27 0:20',
    '26 نوفمبر، 12:00 ص – 27 نوفمبر، 12:20 ص',
  ],
];

describe.each(CASES)('%s', (_, from, to, period, ...texts) => {
  it.each([
    ['en-US', texts[0]],
    ['de-DE', texts[1]],
    ['ja-JP', texts[2]],
    ['ar', texts[3]],
  ])('in %s', (locale, text) => {
    const telling = { locale, timezone: 'Europe/Nowhere', now: NOW, period };
    const said = plain(windowLabel(told(from, to), telling));
    // In a sentence of another direction it must keep its own.
    expect(said).toBe(locale === 'ar' ? `\u2068${text}\u2069` : text);
  });
});

it('goes by the present year of the time zone, not of the viewer', () => {
  const label = (timezone: string) =>
    windowLabel(told('2026-12-30T00:00', '2027-01-01T00:00'), {
      ...{ locale: 'en-US', timezone, now: Date.parse('2027-01-01T02:00:00Z'), period: null },
    });
  expect(plain(label('America/New_York'))).toBe('Dec 30 – 31');
  expect(plain(label('Europe/Berlin'))).toBe('Dec 30 – 31, 2026');
});

it('knows days whose midnight the clock skips', () => {
  const window = readWindow({
    from: '2018-11-04T03:00:00Z',
    to: '2018-11-05T02:00:00Z',
    local_from: '2018-11-04T01:00',
    local_to: '2018-11-05T00:00',
  }) as Window;
  const telling = { locale: 'en-US', timezone: 'America/Sao_Paulo', now: Date.parse('2018-12-01T00:00:00Z') };
  expect(windowLabel(window, { ...telling, period: null })).toBe('Nov 4');
  const before = { ...window, from: Date.parse('2018-11-03T03:00:00Z'), to: window.from };
  const ends = { localFrom: readLocal('2018-11-03T00:00'), localTo: readLocal('2018-11-04T01:00') };
  expect(windowLabel({ ...before, ...ends }, { ...telling, period: null })).toBe('Nov 3');
});
