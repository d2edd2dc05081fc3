/** A text in a card: blocks that the server read from Markdown, as elements. Nothing of it is ever parsed as HTML. */

import type { TextAnswer, TextBlock, TextRun } from '@emban/api/contract';
import { h, setVars } from './dom.ts';

/** Only what the server lets through, said once more where it would do harm. */
const LINKED = /^(https?:|mailto:)/i;

function runElement({ text, bold, italic, code, href }: TextRun): Node {
  const lines = text.split('\n').flatMap((line, at) => (at ? [h('br'), line] : [line]));
  let node: Node = h('span', {}, ...lines);
  if (code) node = h('code', {}, node);
  if (italic) node = h('em', {}, node);
  if (bold) node = h('strong', {}, node);
  return href === null || !LINKED.test(href)
    ? node
    : h('a', { href, target: '_blank', rel: 'noopener noreferrer' }, node);
}

function blockElement(block: TextBlock): HTMLElement {
  const runs = block.runs.map(runElement);
  switch (block.kind) {
    case 'heading':
      return h('p', { class: 'ew-text-heading' }, ...runs);
    case 'quote':
      return h('blockquote', {}, ...runs);
    case 'code':
      return h('pre', {}, ...runs);
    case 'rule':
      return h('hr');
    case 'item': {
      const item = h(
        'p',
        { class: 'ew-text-item' },
        h('span', { class: 'ew-text-marker' }, block.marker),
        h('span', {}, ...runs),
      );
      setVars(item, { '--ew-depth': block.depth });
      return item;
    }
    default:
      return h('p', {}, ...runs);
  }
}

export function textElement({ blocks }: TextAnswer): HTMLElement {
  return h('div', { class: 'ew-words' }, ...blocks.map(blockElement));
}
