/** How numbers and dates are written, and which way the page runs. The page's own words are English. */

import { isRightToLeft } from '@emban/charts';

export { chooseLocale } from '@emban/charts';

/** Turn the page into the direction of a locale. */
export function setDirection(root: HTMLElement, locale: string): void {
  root.dir = isRightToLeft(locale) ? 'rtl' : 'ltr';
  // The words are English whatever the numbers look like; a screen reader must not read them as another language.
  root.lang = locale.startsWith('en') ? locale : 'en';
}
