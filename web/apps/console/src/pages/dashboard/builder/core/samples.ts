/** Drafts and edits at random, for the tests of what must hold for every one of them. */

import fc from 'fast-check';
import type { Draft, DraftWidget, Kind } from './doc.ts';
import * as edits from './edits.ts';

export function widget(id: string, more: Partial<DraftWidget> = {}): DraftWidget {
  return {
    ...{ id, title: id.toUpperCase(), kind: 'kpi' as Kind, chart: 'stat', query: { event_name: '*', metric: 'count' } },
    layout: { x: 0, y: 0, w: 3, h: 2 },
    ...more,
  };
}

/** Widgets named by letters, one below the other. */
export function draftOf(ids: string, more: Partial<Draft> = {}): Draft {
  const widgets = [...ids].map((id, index) => widget(id, { layout: { x: 0, y: 2 * index, w: 3, h: 2 } }));
  return { name: 'Usage', widgets, filters: {}, theme: {}, colours: {}, rest: {}, ...more };
}

export type Edit = (draft: Draft) => Draft;

const at = (draft: Draft, index: number) => draft.widgets[index % Math.max(1, draft.widgets.length)]?.id ?? '';
const index = fc.nat({ max: 30 });

/** Any one of the changes that a person can make. Ids of what is added are part of the sample, so that it can be run again. */
export const anyEdit: fc.Arbitrary<{ name: string; edit: Edit }> = fc.oneof(
  fc
    .record({ id: fc.uuid(), source: index, w: fc.integer({ min: 1, max: 12 }), h: fc.integer({ min: 1, max: 6 }) })
    .map(({ id, source, w, h }) => ({
      name: 'add',
      edit: (draft: Draft) => {
        const { layout: _place, ...rest } = widget(id);
        return edits.add(draft, rest, { w, h }, at(draft, source));
      },
    })),
  fc
    .record({ which: index, x: fc.nat({ max: 11 }), y: fc.nat({ max: 20 }), w: fc.integer({ min: 1, max: 12 }) })
    .map(({ which, x, y, w }) => ({
      name: 'move',
      edit: (draft: Draft) => edits.place(draft, new Map([[at(draft, which), { x, y, w, h: 2 }]])),
    })),
  fc
    .record({ which: index, w: fc.integer({ min: -2, max: 2 }), h: fc.integer({ min: -2, max: 2 }) })
    .map(({ which, w, h }) => ({
      name: 'resize',
      edit: (draft: Draft) => edits.nudge(draft, at(draft, which), { w, h }),
    })),
  fc.record({ which: index, title: fc.string({ maxLength: 12 }) }).map(({ which, title }) => ({
    name: 'edit',
    edit: (draft: Draft) => edits.patch(draft, at(draft, which), { title }),
  })),
  index.map((which) => ({
    name: 'delete',
    edit: (draft: Draft) => edits.remove(draft, new Set([at(draft, which)])),
  })),
  fc
    .record({ periods: fc.subarray(['24h', '7d', '30d', '90d']), timezone: fc.constantFrom('UTC', 'Europe/Berlin') })
    .map((filters) => ({
      name: 'filters',
      edit: (draft: Draft) => edits.setPart(draft, 'filters', filters),
    })),
  fc.constantFrom('#000', '#123456', undefined).map((primaryColor) => ({
    name: 'theme',
    edit: (draft: Draft) => edits.setPart(draft, 'theme', { primaryColor }),
  })),
  fc
    .string({ minLength: 1, maxLength: 20 })
    .map((name) => ({ name: 'rename', edit: (draft: Draft) => ({ ...draft, name }) })),
);
