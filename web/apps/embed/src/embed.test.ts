import { ApiFailure, type EmbedConfig } from '@emban/api';
import { describe, expect, it, vi } from 'vitest';
import { config } from '../../../dev/fixture.ts';
import { HostLink } from './host-link.ts';
import { readMessage } from './messages.ts';
import { missingToken, problemOf } from './problem.ts';
import {
  dayAfter,
  daysIn,
  filtersOf,
  firstSelection,
  isDay,
  keepAllowed,
  rangeLimits,
  rangeProblem,
  refusal,
  whenOf,
  withDimension,
  withHostFilters,
  withPeriod,
  withRange,
  withWish,
} from './selection.ts';
import { SessionClock } from './session-clock.ts';
import { dashboardIdOf, takeToken, withToken } from './token.ts';

describe("a host's wish", () => {
  it.each([
    [null, { period: '7d' }, { period: '7d' }],
    [{ period: '7d' }, { dimensions: { a: ['b'] } }, { period: '7d', dimensions: { a: ['b'] } }],
    [{ dateRanges: { from: 'x', to: 'y' } }, { period: '7d' }, { period: '7d' }],
    [
      { period: '7d', numericRanges: {} },
      { dateRanges: { from: 'x', to: 'y' } },
      { numericRanges: {}, dateRanges: { from: 'x', to: 'y' } },
    ],
  ])('%j and then %j', (before, next, both) => {
    expect(withWish(before, next)).toEqual(both);
  });
});

describe('the token', () => {
  it.each([
    ['https://e.test/embed/dash_1?token=abc', 'abc', '/embed/dash_1'],
    ['https://e.test/embed/dash_1?a=1&token=abc&b=2#x', 'abc', '/embed/dash_1?a=1&b=2#x'],
    ['https://e.test/embed/dash_1?token=', null, '/embed/dash_1'],
  ])('leaves %s', (href, token, left) => {
    const replaceState = vi.fn();
    expect(takeToken({ location: { href }, history: { state: null, replaceState } })).toBe(token);
    expect(replaceState).toHaveBeenCalledWith(null, '', left);
  });

  it('is missed when there is none', () => {
    const replaceState = vi.fn();
    expect(
      takeToken({ location: { href: 'https://e.test/embed/d' }, history: { state: null, replaceState } }),
    ).toBeNull();
    expect(replaceState).not.toHaveBeenCalled();
    expect(dashboardIdOf('/embed/dash_1')).toBe('dash_1');
    expect(withToken('https://e.test/embed/d?locale=de', 'a.b-c')).toBe('https://e.test/embed/d?locale=de&token=a.b-c');
  });
});

describe('a selection', () => {
  const start = firstSelection(config);

  it('begins with the default period and no filters', () => {
    expect(whenOf(start)).toEqual({ period: '7d' });
    expect(filtersOf(start)).toEqual({ dimensions: {}, numeric_ranges: {} });
  });

  it('sends whole days, the last of them included', () => {
    const days = withRange(start, { from: '2026-02-27', to: '2026-02-28' });
    expect(whenOf(days)).toEqual({ date_from: '2026-02-27', date_to: '2026-03-01' });
    expect(daysIn({ from: '2026-10-24', to: '2026-10-26' })).toBe(3);
    expect(dayAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(whenOf(withPeriod(days, '30d'))).toEqual({ period: '30d' });
  });

  it.each([
    [{ from: '', to: '2026-01-01' }, 0, /first and a last/],
    [{ from: '2026-01-02', to: '2026-01-01' }, 0, /before/],
    [{ from: '2026-01-01', to: '2026-02-10' }, 30, /At most 30 days/],
    [{ from: '2026-01-01', to: '2026-01-30' }, 30, null],
  ])('refuses %o', (range, longest, problem) => {
    const said = rangeProblem(range, { longest, earliest: null, latest: null, any: true, within: null });
    if (problem) expect(said).toMatch(problem);
    else expect(said).toBeNull();
  });

  it('knows days of the calendar', () => {
    expect(['2026-02-28', '2026-02-30', '26-2-3', '2026-13-01'].map(isDay)).toEqual([true, false, false, false]);
  });

  it('drops a filter with nothing chosen', () => {
    const filtered = withDimension(start, 'model', ['a', 'b']);
    expect(filtersOf(filtered).dimensions).toEqual({ model: ['a', 'b'] });
    expect(filtersOf(withDimension(filtered, 'model', [])).dimensions).toEqual({});
  });

  it('takes from the host what is on offer', () => {
    const limited: EmbedConfig = { ...config, permissions: { max_date_range_days: 7 } };
    const limits = rangeLimits(limited, '2026-03-01');
    expect(withHostFilters(start, { period: '1h' }, limited, limits).period).toBe('7d');
    expect(withHostFilters(start, { period: '30d' }, limited, limits).period).toBe('30d');
    const long = { from: '2026-01-01', to: '2026-03-01' };
    expect(withHostFilters(start, { dateRanges: long }, limited, limits).range).toBeNull();
    const set = withHostFilters(
      withDimension(start, 'plan', ['pro']),
      { dimensions: { model: ['a'], plan: [] } },
      limited,
      limits,
    );
    expect(set.dimensions).toEqual({ model: ['a'] });
  });

  it('loses what a renewed session does not allow, and nothing else', () => {
    const days = withRange(withDimension(withDimension(start, 'model', ['a']), 'plan', ['pro']), {
      from: '2026-01-01',
      to: '2026-01-20',
    });
    const allow = (permissions: EmbedConfig['permissions']) =>
      keepAllowed(days, { ...config, permissions }, rangeLimits({ ...config, permissions }, '2026-01-25'));
    expect(allow({ allowed_dimensions: null })).toEqual(days);
    expect(allow({ allowed_dimensions: ['plan'] }).dimensions).toEqual({ plan: ['pro'] });
    expect(allow({ max_date_range_days: 30 }).range).toEqual(days.range);
    expect(allow({ max_date_range_days: 7 })).toMatchObject({ range: null, period: '7d' });
    expect(allow({ allowed_periods: ['7d'] })).toMatchObject({ range: null, period: '7d' });
    expect(allow({ allowed_periods: ['30d'] }).range).toEqual(days.range);
  });

  it.each([
    [undefined, { earliest: null, any: true }],
    [['1h'], { any: false }],
    [['24h'], { earliest: '2026-01-25', any: true }],
    [['7d', '24h'], { earliest: '2026-01-19', latest: null, any: true }],
    [['yesterday'], { earliest: '2026-01-24', latest: '2026-01-24', any: true }],
    [['last_month', '1h'], { earliest: '2025-12-01', latest: '2025-12-31', any: true }],
    [['last_month', 'today'], { earliest: '2025-12-01', latest: null, any: true }],
  ])('with the periods %o reaches back to %o', (allowed_periods, limits) => {
    const session = { ...config, permissions: allowed_periods ? { allowed_periods } : {} };
    expect(rangeLimits(session, '2026-01-25')).toMatchObject(limits);
  });

  it.each([
    ['2026-01-24', '2026-01-24', null],
    ['2026-01-19', '2026-01-25', null],
    ['2025-12-01', '2025-12-31', null],
    // Between the periods, and from one into the other.
    ['2026-01-01', '2026-01-02', /Not all of these days/],
    ['2025-12-30', '2026-01-25', /Not all of these days/],
    ['2025-11-30', '2025-12-02', /too long ago/],
  ])('lets days of one allowed period be chosen: %s to %s', (from, to, problem) => {
    const session = { ...config, permissions: { allowed_periods: ['last_month', '7d'] } };
    const said = rangeProblem({ from, to }, rangeLimits(session, '2026-01-25'));
    if (problem) expect(said).toMatch(problem);
    else expect(said).toBeNull();
  });

  it('has words for what a host may not ask for', () => {
    const none = rangeLimits(config, '2026-03-01');
    const limited = { ...none, longest: 7 };
    const recent = { ...none, earliest: '2026-02-22' };
    const days = { from: '2026-01-01', to: '2026-03-01' };
    expect(refusal({ period: '7d' }, config, none)).toBeNull();
    expect(refusal({ dimensions: { model: ['a'] } }, config, none)).toBeNull();
    expect(refusal({ period: '1h' }, config, none)).toContain('1h');
    expect(refusal({ dateRanges: days }, config, none)).toBeNull();
    expect(refusal({ dateRanges: days }, config, limited)).toContain('At most 7 days');
    expect(refusal({ dateRanges: days }, config, recent)).toContain('too long ago');
  });

  it('moves to the default when a renewed session no longer has its period', () => {
    const narrowed = { ...config, filters: { ...config.filters, periods: ['24h'], default_period: '24h' } };
    expect(keepAllowed(withPeriod(start, '90d'), narrowed, rangeLimits(narrowed, '2026-01-05')).period).toBe('24h');
    expect(
      keepAllowed(
        withRange(start, { from: '2026-01-01', to: '2026-01-02' }),
        narrowed,
        rangeLimits(narrowed, '2026-01-05'),
      ).range,
    ).not.toBeNull();
  });
});

describe('messages from the host', () => {
  it.each([
    [null],
    ['text'],
    [{ type: 'reload' }],
    [{ _emban: 1, type: 'reload' }],
    [{ _emban: true, type: 'eval' }],
    [{ _emban: true, type: 'setToken' }],
    [{ _emban: true, type: 'setToken', token: 5 }],
  ])('are dropped when they are none: %o', (data) => {
    expect(readMessage(data)).toBeNull();
  });

  it('are read field by field', () => {
    const filters = {
      period: '7d',
      dimensions: { model: 'a', plan: ['x', 'y'], bad: [1], worse: null },
      numericRanges: { latency: { min: 1, max: 'x' }, none: {} },
      dateRanges: { from: '2026-01-01', to: '2026-01-31' },
      extra: 1,
    };
    expect(readMessage({ _emban: true, type: 'setFilters', filters })).toEqual({
      type: 'setFilters',
      filters: {
        period: '7d',
        dimensions: { model: ['a'], plan: ['x', 'y'] },
        numericRanges: { latency: { min: 1 } },
        dateRanges: { from: '2026-01-01', to: '2026-01-31' },
      },
    });
    expect(readMessage({ _emban: true, type: 'setFilters', filters: { dateRanges: { from: 'x', to: 'y' } } })).toEqual({
      type: 'setFilters',
      filters: {},
    });
    expect(
      readMessage({ _emban: true, type: 'setTheme', theme: { primaryColor: '#123456', evil: 'x', textColor: 3 } }),
    ).toEqual({
      type: 'setTheme',
      theme: { primaryColor: '#123456' },
    });
  });
});

describe('the line to the host', () => {
  function page(ancestors: string[] | undefined, referrer = '') {
    const posted: [unknown, string][] = [];
    const parent = { postMessage: (data: unknown, origin: string) => posted.push([data, origin]) };
    let listener: (event: unknown) => void = () => undefined;
    const window = {
      parent,
      location: ancestors ? { ancestorOrigins: ancestors } : {},
      document: { referrer },
      addEventListener: (_: string, heard: (event: unknown) => void) => {
        listener = heard;
      },
    };
    const received = vi.fn();
    const link = new HostLink(window as unknown as Window, received);
    const hear = (origin: string, data: unknown, source: unknown = parent) => listener({ origin, data, source });
    return { link, posted, received, hear, window };
  }

  const reload = { _emban: true, type: 'reload' };

  it('speaks to the origin that the browser reports, and listens to no other', () => {
    const { link, posted, received, hear } = page(['https://host.test']);
    link.post('filter', { filters: {} });
    expect(posted).toEqual([[{ _emban: true, type: 'filter', filters: {} }, 'https://host.test']]);
    hear('https://evil.test', reload);
    expect(received).not.toHaveBeenCalled();
    hear('https://host.test', reload, {});
    expect(received).not.toHaveBeenCalled();
    hear('https://host.test', reload);
    expect(received).toHaveBeenCalledOnce();
  });

  it('uses the referrer where there are no ancestor origins', () => {
    const { link, posted } = page(undefined, 'https://host.test/some/page');
    link.post('error', { code: 'x', message: 'y' });
    expect(posted[0]?.[1]).toBe('https://host.test');
  });

  it('holds everything but ready and resize back until the host has spoken', () => {
    const { link, posted, hear } = page(undefined);
    link.post('ready', { dashboard_id: 'd' });
    link.post('filter', { filters: { dimensions: { model: ['a'] } } });
    expect(posted.map(([data]) => (data as { type: string }).type)).toEqual(['ready']);
    hear('null', reload);
    expect(posted).toHaveLength(1);
    hear('https://host.test', { _emban: true, type: 'hello' });
    expect(posted[1]).toEqual([
      { _emban: true, type: 'filter', filters: { dimensions: { model: ['a'] } } },
      'https://host.test',
    ]);
    hear('https://other.test', reload);
    link.post('resize', { height: 5 });
    expect(posted[2]?.[1]).toBe('https://host.test');
  });

  it('is silent in a tab of its own', () => {
    const { link, posted, window } = page(undefined);
    (window as { parent: unknown }).parent = window;
    link.post('ready', { dashboard_id: 'd' });
    expect(posted).toEqual([]);
  });
});

describe('problems', () => {
  it.each([
    [new ApiFailure(401, 'token_expired', ''), 'This session has ended', false],
    [new ApiFailure(401, 'token_revoked', ''), 'Access to this view was withdrawn', false],
    [new ApiFailure(401, 'unauthorized', ''), 'This link does not work', false],
    [new ApiFailure(403, 'dashboard_unpublished', ''), 'This dashboard is offline', true],
    [new ApiFailure(403, 'period_not_allowed', 'this period is not allowed'), 'This is not available to you', false],
    [new ApiFailure(404, 'not_found', ''), 'This dashboard no longer exists', false],
    [new ApiFailure(0, 'offline', ''), 'No connection', true],
    [new ApiFailure(503, 'store_unavailable', ''), 'Not available right now', true],
    [new ApiFailure(500, 'internal_error', ''), 'Something went wrong', true],
    [new TypeError('x'), 'Something went wrong', true],
  ])('%s reads "%s"', (failure, title, retry) => {
    expect(problemOf(failure)).toMatchObject({ title, retry });
    expect(problemOf(failure).text).not.toBe('');
  });

  it('keep the code for the host', () => {
    expect(problemOf(new ApiFailure(401, 'token_revoked', '')).code).toBe('token_revoked');
    expect(missingToken().code).toBe('token_missing');
  });
});

describe('the session clock', () => {
  it('speaks up two minutes before the end by itself, to the second', () => {
    vi.useFakeTimers();
    const expiring = vi.fn();
    const expired = vi.fn();
    const clock = new SessionClock({ expiring, expired });
    clock.restart(3600);
    vi.advanceTimersByTime(3_479_000);
    expect(expiring).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1000);
    expect(expiring.mock.calls).toEqual([[120]]);
    expect(clock.ended).toBe(false);
    vi.advanceTimersByTime(120_000);
    expect(expired).toHaveBeenCalledOnce();
    expect(clock.ended).toBe(true);
    vi.useRealTimers();
  });

  it('warns once two minutes before the end, and says once that it is over', () => {
    let now = 0;
    const expiring = vi.fn();
    const expired = vi.fn();
    const clock = new SessionClock({ expiring, expired }, () => now);
    clock.restart(3600);
    expect(expiring).not.toHaveBeenCalled();
    now = 3_481_000;
    clock.look();
    clock.look();
    expect(expiring.mock.calls).toEqual([[119]]);
    now = 3_600_000;
    clock.look();
    clock.look();
    expect(expired).toHaveBeenCalledOnce();
    clock.restart(60);
    expect(expiring).toHaveBeenLastCalledWith(60);
  });
});
