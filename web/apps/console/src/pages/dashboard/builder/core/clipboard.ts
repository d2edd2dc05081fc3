/** Widgets on the system's clipboard, as text that says what it is: they go to other dashboards, environments and installations. */

import { type DraftWidget, type Kind, newId } from './doc.ts';
import { bounded } from './grid.ts';
import { CHARTS } from './kinds.ts';

const MARK = 'emban/widgets@1';
const MOST = 50;

export function toClipboard(widgets: readonly DraftWidget[]): string {
  return JSON.stringify({ emban: MARK, widgets }, null, 2);
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function readWidget(given: unknown): DraftWidget | null {
  if (!isObject(given) || typeof given.title !== 'string' || typeof given.kind !== 'string') return null;
  if (!Object.hasOwn(CHARTS, given.kind)) return null;
  const charts = CHARTS[given.kind as Kind];
  if (given.chart !== undefined && !charts.includes(given.chart as string)) return null;
  const words = given.kind === 'text' || given.kind === 'heading';
  if (!words && !isObject(given.query)) return null;
  const layout = isObject(given.layout) ? given.layout : {};
  const number = (value: unknown, usual: number) =>
    typeof value === 'number' && Number.isFinite(value) ? value : usual;
  const box = bounded({
    x: number(layout.x, 0),
    y: number(layout.y, 0),
    w: number(layout.w, 4),
    h: number(layout.h, 3),
  });
  return { ...(given as unknown as DraftWidget), id: newId(), layout: box };
}

/** The widgets that a text from the clipboard is of, with new ids; null where it is something else. */
export function fromClipboard(text: string): DraftWidget[] | null {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(read) || read.emban !== MARK || !Array.isArray(read.widgets) || read.widgets.length > MOST) return null;
  const widgets = read.widgets.map(readWidget);
  return widgets.length && widgets.every((one) => one !== null) ? widgets : null;
}
