/** A library's widget without what the library says about it. */

import type { LibraryWidget } from '../../../queries.ts';

/** The parts of a library's widget that are its config: what a save sends, and what a dashboard takes a copy of. */
export function libraryConfig(widget: LibraryWidget): Partial<LibraryWidget> {
  const { title, kind, chart, query, layout, unit, format, target, target_period, lines, good, description } = widget;
  const given = { title, kind, chart, query, layout, unit, format, target, target_period, lines, good, description };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null && value !== undefined));
}
