/** The periods that the API knows: what they are called and how far they reach. A new one fails to compile here until it has both. */

import type { Period } from '@emban/api/contract';
import { formatValue } from '../format/number.ts';
import { plain } from '../format/unit.ts';

export interface PeriodFacts {
  /** The period's own name and that of the one before it; `#` stands for `count`. */
  readonly name: string;
  readonly previous: string;
  readonly count: number;
  /** How long it is at most. */
  readonly hours: number;
  /** How many days before today it reaches back to, for whoever chooses days by hand; null where no whole day is in it. */
  readonly daysBack: number | null;
}

const PERIODS: Readonly<Record<Period, PeriodFacts>> = {
  '1h': { name: 'Last hour', previous: 'previous hour', count: 1, hours: 1, daysBack: null },
  '24h': { name: 'Last # hours', previous: 'previous # hours', count: 24, hours: 24, daysBack: 0 },
  '7d': { name: 'Last # days', previous: 'previous # days', count: 7, hours: 168, daysBack: 7 },
  '30d': { name: 'Last # days', previous: 'previous # days', count: 30, hours: 720, daysBack: 30 },
  '90d': { name: 'Last # days', previous: 'previous # days', count: 90, hours: 2160, daysBack: 90 },
};

export function isPeriod(text: string): text is Period {
  return Object.hasOwn(PERIODS, text);
}

/** The period that a text names. Throws a RangeError for any other: a window that is made up would be a wrong figure. */
export function readPeriod(text: string): Period {
  if (!isPeriod(text)) throw new RangeError(`unknown period: ${text}`);
  return text;
}

/** What is known of a period. Throws a RangeError for an unknown one. */
export function periodFacts(period: string): PeriodFacts {
  return PERIODS[readPeriod(period)];
}

function written(words: string, { count }: PeriodFacts, locale: string): string {
  return words.replace('#', formatValue(count, plain, locale));
}

/** `7d` → `Last 7 days`, in the locale's digits. Throws a RangeError for an unknown period. */
export function periodName(period: string, locale = 'en'): string {
  const facts = periodFacts(period);
  return written(facts.name, facts, locale);
}

/** What a delta is measured against: `previous 7 days`; for a range of one's own (null), the period before it. */
export function previousName(period: string | null, locale = 'en'): string {
  if (period === null) return 'the period before';
  const facts = periodFacts(period);
  return written(facts.previous, facts, locale);
}
