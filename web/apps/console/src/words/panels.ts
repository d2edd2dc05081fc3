/** Words of the builder's panels: filter bar, theme, preview. */

export const panels = {
  close: 'Close the panel',
  titles: { filters: 'Filter bar', theme: 'Theme', history: 'Version history' },
  filters: {
    periods: 'Periods to choose from',
    periodsHint: 'At least one.',
    usual: 'Period at first',
    timezone: 'Time zone',
    timezoneHint: 'Where days begin, unless the embed says otherwise.',
    dimensions: 'Filters by property',
    dimensionsHint: 'Each becomes a list in the filter bar.',
    numeric: 'Filters by number',
    numericHint: 'Numbers that the embed may be given a range for.',
  },
  theme: {
    mode: 'Light or dark',
    modes: { auto: 'As the reader’s system', light: 'Light', dark: 'Dark' },
    colours: {
      primaryColor: 'Primary colour',
      backgroundColor: 'Page background',
      cardBackground: 'Card background',
      cardBorder: 'Card border',
      textColor: 'Text',
      mutedColor: 'Muted text',
    },
    contrast: (ratio: string) => `Contrast ${ratio}: good to read.`,
    lowContrast: (ratio: string) =>
      `Contrast ${ratio} is less than 4.5: the embed makes it darker or lighter until it can be read.`,
    closed: 'Light and dark are open to everybody.',
    opens: 'growth',
    usual: 'As it is',
    pick: 'Pick a colour from the screen',
    reset: 'Take away all colours',
  },
  preview: {
    width: 'Width',
    region: 'Preview',
    scheme: 'Light or dark',
    schemes: { light: 'Light', dark: 'Dark' },
    widths: { 1280: 'Desktop', 768: 'Tablet', 375: 'Phone' },
    frame: (width: string) => `Preview at ${width} pixels`,
    hidden: (n: number) => (n === 1 ? 'One widget is hidden on phones.' : `${n} widgets are hidden on phones.`),
    order: 'Order on phones',
    empty: 'There is nothing to show yet.',
  },
};
