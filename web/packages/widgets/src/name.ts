/** Names of groups in a page: those that are no values are set apart, and say so to people who do not see it. */

import type { NameKind } from '@emban/charts';
import { type Child, h } from './dom.ts';

interface Named {
  readonly kind?: NameKind;
  readonly spoken?: string;
}

/** The class of an element that holds a name: what is no value is in italics and muted. */
export function nameClass(own: string, { kind = 'value' }: Named): string {
  return kind === 'value' ? own : `${own} ew-set-apart`.trim();
}

/** The name itself, with words for screen readers where its looks say something. */
export function nameText(text: string, { kind = 'value', spoken = '' }: Named): Child[] {
  return kind === 'value' ? [text] : [text, h('span', { class: 'ew-sr' }, `, ${spoken}`)];
}
