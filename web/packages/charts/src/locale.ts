/** Locales as they come out of addresses, hosts and browsers: `de_DE`, `DE-de`, `en_US.UTF-8`, `en-US@posix` are all meant well. */

/** BCP 47 from what POSIX, Java and others write; not checked yet. */
function withoutHabits(wish: string): string {
  return wish
    .trim()
    .replace(/[.@].*$/, '')
    .replaceAll('_', '-');
}

/** The tag if numbers can be written by it: well formed, and of a language that this engine knows. A region need not be known. */
function supported(tag: string): string | null {
  try {
    const canonical = new Intl.Locale(tag).toString();
    return Intl.NumberFormat.supportedLocalesOf(canonical).length ? canonical : null;
  } catch {
    return null;
  }
}

/** The locale that a wish stands for, its last parts left out where they make no sense (`de-12` is German); null for no locale at all. */
function localeOf(wish: unknown): string | null {
  if (typeof wish !== 'string') return null;
  // Longer than any tag: nobody's wish.
  const parts = wish.length > 100 ? [] : withoutHabits(wish).split('-');
  for (let length = parts.length; length > 0; length -= 1) {
    const locale = supported(parts.slice(0, length).join('-'));
    if (locale) return locale;
  }
  return null;
}

/** The first of several wishes that is a locale (BCP 47), else English. */
export function chooseLocale(...wishes: readonly unknown[]): string {
  for (const wish of wishes) {
    const locale = localeOf(wish);
    if (locale) return locale;
  }
  return 'en';
}
