/** How numbers and dates are written, and which way the page runs. The page's own words are English. */

import { isRightToLeft } from '@emban/charts';

function known(tag: unknown): string | null {
  if (typeof tag !== 'string' || !tag) return null;
  try {
    // Also throws for tags that are well formed but not to be formatted with.
    new Intl.NumberFormat(tag);
    return new Intl.Locale(tag).toString();
  } catch {
    return null;
  }
}

/** The first of several wishes that is a locale (BCP 47), else English. */
export function chooseLocale(...wishes: unknown[]): string {
  for (const wish of wishes) {
    const locale = known(wish);
    if (locale) return locale;
  }
  return 'en';
}

/** Turn the page into the direction of a locale. */
export function setDirection(root: HTMLElement, locale: string): void {
  root.dir = isRightToLeft(locale) ? 'rtl' : 'ltr';
  // The words are English whatever the numbers look like; a screen reader must not read them as another language.
  root.lang = locale.startsWith('en') ? locale : 'en';
}
