/** A text has the digits of one numbering system, whatever it is made of. */

import type { PointsAnswer, Widget } from '@emban/api/contract';
import { light } from '@emban/theme';
import { describe, expect, it } from 'vitest';
import { answers, NOW, TIMEZONE, widgets } from '../../../../dev/fixture.ts';
import {
  breakdownSummary,
  breakdownView,
  bucketName,
  type ChartContext,
  kpiSummary,
  kpiView,
  momentName,
  noColours,
  periodName,
  timeseriesSummary,
  timeseriesTooltip,
  timeseriesView,
  windowLabel,
} from '../index.ts';
import { axisFormatter, formatPercent, formatValue } from './number.ts';
import { unitOf } from './unit.ts';

/** The systems that a text has digits of, by their zero. */
function systemsOf(text: string): string[] {
  const zeros = [...text].filter((character) => /\p{Nd}/u.test(character)).map((digit) => zeroOf(digit));
  return [...new Set(zeros)];
}

/** Unicode keeps the ten digits of a system together: the zero is the first of them. */
function zeroOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String.fromCodePoint(zero);
}

const LOCALES = ['ar-SA', 'ar-EG', 'fa', 'hi', 'hi-u-nu-deva', 'mr', 'bn', 'de', 'fr', 'en'];
const UNITS = ['', 'tokens', 'ms', 's', 'min', 'h', 'bytes', 'MiB', 'percent', 'ratio', 'USD', 'EUR', 'JPY'];
const VALUES = [0, 0.0012, 0.5, 3, 12.5, 412, 1234.5, 59_960, 125_000, 7_260_000, 200_000_000, 1_284_000_000, 9e15];

describe.each(LOCALES)('in %s', (locale) => {
  const expected = systemsOf(new Intl.NumberFormat(locale).format(0));
  const one = (text: string) => expect(systemsOf(text), text).toEqual(expected);

  it.each(UNITS)('figures in "%s"', (name) => {
    const unit = unitOf(name);
    for (const value of VALUES.flatMap((size) => [size, -size])) {
      one(formatValue(value, unit, locale, 'tight'));
      one(formatValue(value, unit, locale, 'full'));
      one(axisFormatter(Math.abs(value) * 4, Math.abs(value), unit, locale)(value));
    }
  });

  it('percentages, dates and the names of periods', () => {
    one(formatPercent(12.44, locale, true));
    for (const granularity of ['minute', 'hour', 'day', 'week', 'month'] as const)
      one(bucketName(NOW, granularity, locale));
    for (const period of ['30d', '1h', null]) {
      const telling = { locale, timezone: TIMEZONE, now: NOW, period };
      one(windowLabel({ from: NOW - 30 * 86_400_000, to: NOW }, telling));
    }
    one(momentName(NOW, NOW, locale));
    for (const period of ['24h', '7d', '30d', '90d']) {
      one(periodName(period, locale));
      one(periodName(period, locale, 'short'));
    }
  });

  it('sentences', () => {
    const data = answers('7d').widgets;
    const window = { from: NOW - 7 * 86_400_000, to: NOW };
    const context: ChartContext = {
      ...{ theme: light, locale, timezone: TIMEZONE, window, now: NOW, period: '7d', colours: noColours },
    };
    const widget = (id: string) => widgets.find((one) => one.id === id) as Widget;
    const points = (id: string) => data[id] as PointsAnswer;
    const series = timeseriesView({
      ...{ widget: widget('w_8'), answer: points('w_8'), context, size: { width: 600, height: 200 } },
    });
    one(timeseriesSummary(series, widget('w_8'), context));
    one(timeseriesTooltip(series, 2, 'Cost', context).title);
    const named = { points: 'abcdefgh'.split('').map((name, i) => ({ t: null, group: [name], value: 100 - i })) };
    one(breakdownSummary(breakdownView(widget('w_10'), named, context), widget('w_10'), context));
    const figure = kpiView(widget('w_1'), points('w_1'), context);
    one(kpiSummary(figure, widget('w_1')));
    one(figure.delta?.full ?? '');
    one(`${figure.delta?.text} ${figure.delta?.versus}`);
  });
});

it('names months of the Gregorian calendar, which buckets are of', () => {
  expect(bucketName(Date.parse('2026-11-01T00:00:00Z'), 'month', 'fa')).toContain('نوامبر');
  expect(bucketName(Date.parse('2026-11-01T00:00:00Z'), 'month', 'th')).toContain('2026');
});

it('writes the sign of money once, where the locale has it', () => {
  const tick = (locale: string) =>
    axisFormatter(20_000, 5000, unitOf('USD'), locale)(-5000).replace(/[\u061c\u200e\u200f]/g, '');
  expect(tick('en')).toBe('-$5k');
  expect(tick('ar-SA').match(/[-−]/g)).toHaveLength(1);
  expect(tick('fa').match(/[-−]/g)).toHaveLength(1);
});
