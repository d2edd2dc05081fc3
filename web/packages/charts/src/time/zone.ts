/** Instants as local wall-clock fields of an IANA timezone, and back. Instants are milliseconds since the epoch. */

export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  /** 0 Sunday … 6 Saturday. */
  readonly weekday: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function fieldsFormat(timezone: string): Intl.DateTimeFormat {
  let format = formats.get(timezone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    formats.set(timezone, format);
  }
  return format;
}

/** Whether the engine knows this timezone. */
export function isTimezone(name: unknown): name is string {
  if (typeof name !== 'string' || !name) return false;
  try {
    fieldsFormat(name);
    return true;
  } catch {
    return false;
  }
}

export function localTime(instant: number, timezone: string): LocalTime {
  const fields: Record<string, number> = {};
  for (const part of fieldsFormat(timezone).formatToParts(instant)) fields[part.type] = Number(part.value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = fields;
  return { year, month, day, hour, minute, weekday: new Date(Date.UTC(year, month - 1, day)).getUTCDay() };
}

/** Minutes that the zone's wall clock is ahead of UTC at an instant. */
export function offsetMinutes(instant: number, timezone: string): number {
  const local = localTime(instant, timezone);
  const asUtc = Date.UTC(local.year, local.month - 1, local.day, local.hour, local.minute);
  return Math.round((asUtc - Math.floor(instant / 60_000) * 60_000) / 60_000);
}

/**
 * The instant at which a zone's calendar day begins. `day` may run over the month's end (0 or 32, say). Where midnight does not exist
 * (a spring-forward at 00:00), it is the first instant of the day.
 */
export function startOfLocalDay(year: number, month: number, day: number, timezone: string): number {
  const wall = Date.UTC(year, month - 1, day);
  const before = offsetMinutes(wall - 86_400_000, timezone);
  const after = offsetMinutes(wall + 86_400_000, timezone);
  // The earlier candidate first: where both offsets give midnight (an hour that repeats), the day begins at the first of the two.
  const candidates = [before, after].map((offset) => wall - offset * 60_000).sort((a, b) => a - b);
  for (const candidate of candidates) {
    const local = localTime(candidate, timezone);
    if (local.hour === 0 && local.minute === 0 && sameDay(local, wall)) return candidate;
  }
  return Math.max(...candidates);
}

function sameDay(local: LocalTime, wall: number): boolean {
  const date = new Date(wall);
  return local.day === date.getUTCDate() && local.month === date.getUTCMonth() + 1;
}
