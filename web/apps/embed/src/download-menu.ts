/** A button with the files that figures can be had as. */

import type { ExportFormat } from '@emban/api';
import { FILE_FORMATS, h } from '@emban/widgets';
import { Popover } from './popover.ts';

export type Download = (format: ExportFormat) => Promise<void>;

/** `label` says of what; `look` is the class of the button. While a file is made, no other is asked for. */
export function downloadMenu(label: string, look: string, download: Download): HTMLElement {
  const menu = new Popover(label, 'download', undefined, look);
  menu.setLabel('', false, label);
  const choices = FILE_FORMATS.map(([format, text]) =>
    h('button', { type: 'button', class: 'eb-option', onclick: () => void choose(format) }, text),
  );
  const choose = async (format: ExportFormat) => {
    menu.close(true);
    menu.button.disabled = true;
    // Whoever downloads says what went wrong; the button is of use again either way.
    await download(format).finally(() => {
      menu.button.disabled = false;
    });
  };
  menu.panel.append(...choices);
  return menu.element;
}
