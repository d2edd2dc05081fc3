import type { Granularity } from '@emban/api/contract';
import { describe, expect, it } from 'vitest';
import { bucketWalls, granularityOf, isLastIncomplete, startsBefore, wallEnd } from './buckets.ts';
import { axisLabels, bucketName, startsInDay, timezoneName, withDate, withYears } from './labels.ts';
import { chooseTicks } from './ticks.ts';
import { readLocal, wallOf } from './wall.ts';
import { offsetMinutes, startOfLocalDay } from './zone.ts';

const at = (text: string) => Date.parse(text);
const berlin = (instant: number) => wallOf(instant, 'Europe/Berlin');
const plainSpaces = (text: string) => text.replace(/[\s\u2009]+/g, ' ');

describe('local days', () => {
  it.each([
    ['Europe/Berlin', 2026, 11, 16, '2026-11-15T23:00:00Z'],
    ['Europe/Berlin', 2026, 7, 1, '2026-06-30T22:00:00Z'],
    ['Asia/Kolkata', 2026, 11, 16, '2026-11-15T18:30:00Z'],
    ['America/New_York', 2026, 11, 1, '2026-11-01T04:00:00Z'],
    ['America/New_York', 2026, 11, 2, '2026-11-02T05:00:00Z'],
    // Midnight does not exist on this day: clocks went from 00:00 to 01:00.
    ['America/Sao_Paulo', 2018, 11, 4, '2018-11-04T03:00:00Z'],
    ['UTC', 2026, 12, 32, '2027-01-01T00:00:00Z'],
  ])('of %s begin where the clock says, %i-%i-%i', (zone, year, month, day, instant) => {
    expect(new Date(startOfLocalDay(year, month, day, zone)).toISOString()).toBe(
      at(instant) ? new Date(at(instant)).toISOString() : '',
    );
  });

  it('know the offset of the season', () => {
    expect(offsetMinutes(at('2026-07-01T12:00:00Z'), 'Europe/Berlin')).toBe(120);
    expect(offsetMinutes(at('2026-12-01T12:00:00Z'), 'Europe/Berlin')).toBe(60);
    expect(timezoneName('Asia/Kolkata', 330)).toBe('Asia/Kolkata (UTC+5:30)');
    expect(timezoneName('America/New_York', -300)).toBe('America/New York (UTC−5)');
    expect(timezoneName('UTC', 0)).toBe('UTC');
  });
});

describe('buckets', () => {
  it.each<[Granularity, string, string]>([
    ['minute', '2026-10-25T00:00', '2026-10-25T00:01'],
    ['hour', '2026-10-25T00:00', '2026-10-25T01:00'],
    ['day', '2026-12-31', '2027-01-01'],
    ['week', '2026-10-19', '2026-10-26'],
    ['month', '2026-10-01', '2026-11-01'],
    ['month', '2026-12-01', '2027-01-01'],
  ])('of a %s end by the wall clock', (granularity, start, end) => {
    expect(wallEnd(readLocal(start) ?? 0, granularity)).toBe(readLocal(end));
  });

  it.each<[string[], Granularity]>([
    [['2026-10-25T00:00:00Z', '2026-10-25T00:01:00Z'], 'minute'],
    [['2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z'], 'hour'],
    [['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'], 'day'],
    [['2026-10-18T22:00:00Z', '2026-10-25T23:00:00Z'], 'week'],
    [['2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'], 'month'],
    [['2026-02-01T00:00:00Z'], 'day'],
  ])('show their length by their steps: %s', (starts, granularity) => {
    expect(granularityOf(starts.map(at), 'auto', null)).toBe(granularity);
  });

  it.each<[Granularity, string, string, boolean]>([
    ['day', '2026-11-22T23:00:00Z', '2026-11-23T12:00:00Z', true],
    ['day', '2026-11-22T23:00:00Z', '2026-11-23T23:00:00Z', false],
    // The day on which Berlin leaves summer time has 25 hours, and October has one more than 31 days.
    ['day', '2026-10-24T22:00:00Z', '2026-10-25T22:30:00Z', true],
    ['day', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', false],
    ['month', '2026-09-30T22:00:00Z', '2026-10-31T22:30:00Z', true],
    ['month', '2026-09-30T22:00:00Z', '2026-10-31T23:00:00Z', false],
    ['hour', '2026-10-25T00:00:00Z', '2026-10-25T00:59:00Z', true],
    ['hour', '2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', false],
  ])('of a %s from %s are incomplete at %s: %s', (granularity, start, end, incomplete) => {
    const walls = bucketWalls([at(start)], [null], granularity, berlin);
    const window = { from: at(start), to: at(end) };
    expect(isLastIncomplete([at(start)], walls, granularity, window, 'Europe/Berlin')).toBe(incomplete);
  });

  it.each<[Granularity, string, string]>([
    ['minute', '2026-11-23T12:05:00Z', '23 Nov 2026, 13:05'],
    ['hour', '2026-11-23T12:00:00Z', 'Mon, 23 Nov 2026, 13:00–14:00'],
    ['day', '2026-11-22T23:00:00Z', 'Mon, 23 Nov 2026'],
    ['week', '2026-11-22T23:00:00Z', '23 – 29 Nov 2026'],
    ['month', '2026-10-31T23:00:00Z', 'November 2026'],
  ])('have a full name: %s', (granularity, start, name) => {
    expect(plainSpaces(bucketName(berlin(at(start)), granularity, 'en-GB'))).toBe(name);
    expect(plainSpaces(bucketName(berlin(at(start)), granularity, 'en-GB', 2027))).toBe(name);
  });

  it.each<[Granularity, string, string]>([
    ['minute', '2026-11-23T12:05:00Z', '23 Nov, 13:05'],
    ['hour', '2026-11-23T12:00:00Z', 'Mon 23 Nov, 13:00–14:00'],
    ['day', '2026-11-22T23:00:00Z', 'Mon 23 Nov'],
    ['week', '2026-11-22T23:00:00Z', '23 – 29 Nov'],
    ['week', '2026-12-27T23:00:00Z', '28 Dec 2026 – 3 Jan 2027'],
    ['month', '2026-10-31T23:00:00Z', 'November 2026'],
  ])('do without the year in that year: %s', (granularity, start, name) => {
    expect(plainSpaces(bucketName(berlin(at(start)), granularity, 'en-GB', 2026))).toBe(name);
  });

  it.each<[Granularity, string, string, string[]]>([
    ['hour', '2026-11-23T12:00', '2026-11-23T14:20', ['2026-11-23T12:00', '2026-11-23T13:00', '2026-11-23T14:00']],
    ['minute', '2026-11-23T12:00', '2026-11-23T12:01:30', ['2026-11-23T12:00', '2026-11-23T12:01']],
    ['day', '2026-10-30T00:00', '2026-11-01T14:20', ['2026-10-30', '2026-10-31', '2026-11-01']],
    ['week', '2026-11-04T00:00', '2026-11-09T00:00', ['2026-11-02']],
    ['week', '2026-11-08T00:00', '2026-11-10T00:00', ['2026-11-02', '2026-11-09']],
    ['month', '2026-01-31T00:00', '2026-04-01T00:00', ['2026-01-01', '2026-02-01', '2026-03-01']],
    // As many as stand beside those of the present window.
    ['day', '2026-01-01T00:00', '2026-02-01T00:00', ['2026-01-01', '2026-01-02', '2026-01-03', '2026-01-04']],
  ])('of a window that only tells its ends: %s from %s to %s', (granularity, localFrom, localTo, walls) => {
    const ends = [localFrom, localTo].map((text) => at(`${text}Z`)) as [number, number];
    const window = { from: ends[0], to: ends[1], localFrom: ends[0], localTo: ends[1] };
    expect(startsBefore(window, granularity, 4, 'UTC').walls).toEqual(walls.map((text) => readLocal(text)));
  });
});

describe('axis labels', () => {
  const days = (from: string, count: number) => Array.from({ length: count }, (_, i) => at(from) + i * 86_400_000);

  function drawn(starts: number[], granularity: Granularity, width: number, zone = 'UTC', locale = 'en-GB') {
    const walls = starts.map((start) => wallOf(start, zone));
    const labels = axisLabels(walls, granularity, locale);
    const x = (i: number) => ((i + 0.5) * width) / starts.length;
    const chosen = chooseTicks(labels, granularity, x, width + 16);
    return [...withYears(walls, labels, chosen, granularity, locale).values()];
  }

  it('show every day while there is room', () => {
    expect(drawn(days('2026-11-16T00:00:00Z', 4), 'day', 600)).toEqual(['16 Nov', '17 Nov', '18 Nov', '19 Nov']);
  });

  it('fall back to Mondays, then to even strides from the last day', () => {
    expect(drawn(days('2026-10-25T00:00:00Z', 30), 'day', 420)).toEqual([
      '26 Oct',
      '2 Nov',
      '9 Nov',
      '16 Nov',
      '23 Nov',
    ]);
    expect(drawn(days('2026-10-25T00:00:00Z', 30), 'day', 200)).toHaveLength(3);
  });

  it('name a new year once', () => {
    const labels = drawn(days('2026-12-01T00:00:00Z', 60), 'day', 900);
    expect(labels.filter((label) => label.includes('2027'))).toEqual(['4 Jan 2027']);
    expect(labels.filter((label) => label.includes('2026'))).toEqual([]);
  });

  it('put the date at local midnight among hours', () => {
    const hours = Array.from({ length: 25 }, (_, i) => at('2026-11-22T12:00:00Z') + i * 3_600_000);
    expect(drawn(hours, 'hour', 500, 'Europe/Berlin')).toEqual([
      '15:00',
      '18:00',
      '21:00',
      '23 Nov',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ]);
  });

  it('have the date below the first of them where the hours do not begin with a day', () => {
    const walls = (from: string) => Array.from({ length: 9 }, (_, i) => at(from) + i * 3_600_000);
    expect(startsInDay(walls('2026-11-22T15:00:00Z'), 'hour')).toBe(true);
    expect(startsInDay(walls('2026-11-22T00:00:00Z'), 'hour')).toBe(false);
    expect(startsInDay([at('2026-11-22T15:00:00Z')], 'day')).toBe(false);
    const texts = new Map([
      [3, '18:00'],
      [6, '21:00'],
    ]);
    expect([...withDate(texts, 3, at('2026-11-22T18:00:00Z'), 'en-GB').values()]).toEqual(['18:00\n22 Nov', '21:00']);
    const midnight = new Map([[9, '23 Nov']]);
    expect(withDate(midnight, 9, at('2026-11-23T00:00:00Z'), 'en-GB')).toEqual(midnight);
  });

  it('never touch, at any width', () => {
    for (let width = 60; width < 1400; width += 37) {
      const starts = days('2026-08-25T00:00:00Z', 91);
      const labels = drawn(starts, 'day', width);
      expect(labels.length * 50).toBeLessThan(width + 60);
    }
  });
});
