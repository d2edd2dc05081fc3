/** Words of the library, where a dashboard takes widgets from it. */

export const library = {
  pick: 'From the library',
  pickAbout: 'A copy of a widget that was made for several dashboards',
  close: 'Close',
  search: 'Find a widget',
  noneFound: 'No widget of this name.',
  empty: 'The library is empty',
  emptyHelp: 'Make widgets under Widgets to use them in several dashboards.',
  section: 'From the library',
  gone: 'The widget that this one was made from is no longer in the library.',
  same: 'It is as in the library.',
  differs: 'It is not as in the library.',
  update: 'Update from the library',
  updateStep: 'update from the library',
  open: (title: string) => `Open “${title}” in the library`,
};
