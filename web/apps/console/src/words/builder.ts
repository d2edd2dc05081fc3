/** Words of the builder. */

import { listOf } from './lists.ts';

const quoted = (title: string) => `“${title}”`;
const count = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`;

/** What a step of the history is called. */
const steps = {
  add: (title: string) => `add ${title}`,
  delete: (titles: readonly string[]) =>
    titles.length === 1 ? `delete ${titles[0]}` : `delete ${titles.length} widgets`,
  duplicate: (titles: readonly string[]) =>
    titles.length === 1 ? `duplicate ${titles[0]}` : `duplicate ${titles.length} widgets`,
  paste: (n: number) => `paste ${count(n, 'widget')}`,
  move: (title: string) => `move ${title}`,
  resize: (title: string) => `resize ${title}`,
  edit: (title: string, what: string) => `change ${what} of ${title}`,
  section: (title: string) => `move section ${title}`,
  phone: (title: string) => `order of ${title} on phones`,
  filters: 'change the filter bar',
  theme: 'change the theme',
  colour: (value: string) => `colour of ${value}`,
  rename: 'rename the dashboard',
};

const save = {
  saved: (time: string) => `Saved ${time}`,
  savedBefore: 'Saved',
  waiting: 'Saving…',
  saving: 'Saving…',
  retrying: 'Not saved, retrying',
  signedOut: 'Not saved, sign in again',
  refused: 'Not saved',
  conflict: 'Not saved: your choice is needed',
  kept: 'Your changes are kept in this browser until they are saved.',
};

const canvas = {
  label: 'Widgets of the dashboard',
  roleOf: 'widget',
  broken: 'This widget cannot be drawn. The others are not touched.',
  card: (title: string, place: string) => `${title}, ${place}`,
  place: (x: number, y: number, w: number, h: number) => `column ${x + 1}, row ${y + 1}, ${w} wide, ${h} high`,
  moved: (title: string, place: string) => `${title} moved: ${place}`,
  deleted: (title: string) => `${title} deleted`,
  restored: (title: string) => `${title} is back in its place`,
  edit: (title: string) => `Edit ${title}`,
  duplicate: (title: string) => `Duplicate ${title}`,
  remove: (title: string) => `Delete ${title}`,
  empty: 'This dashboard is empty',
  emptyHint: 'Add a first widget: a figure, a chart over time, a breakdown or a table.',
  running: (seconds: string) => `${seconds} s`,
  cancel: 'Cancel',
  cancelled: 'Cancelled',
  run: 'Run again',
  gone: (names: readonly string[]) => `No event of the last 90 days has ${listOf(names.map((name) => `“${name}”`))}.`,
  keys: 'Arrow keys move, Shift and arrow keys resize, Enter edits, Delete removes.',
  nudge: 'Move',
  up: 'Move up',
  down: 'Move down',
};

const toolbar = {
  back: 'Dashboards',
  add: 'Add widget',
  undo: (name: string | null) => (name ? `Undo: ${name}` : 'Nothing to undo'),
  redo: (name: string | null) => (name ? `Redo: ${name}` : 'Nothing to redo'),
  filters: 'Filters',
  theme: 'Theme',
  preview: 'Preview',
  edit: 'Edit',
  history: 'Version history',
  embed: 'Embed',
  unpublish: 'Unpublish',
  publish: 'Publish',
  publishChanges: 'Publish changes',
  published: 'Published',
  nothingToPublish: 'What is published is what you see.',
  needsAdmin: 'Publishing needs the role admin.',
  sectionUp: 'Move section up',
  sectionDown: 'Move section down',
  readOnly: 'You can look at the published version. Editing needs the role editor.',
  notPublished: 'It is not published yet, so there is nothing for you to see.',
};

const publish = {
  title: (name: string) => `Publish ${quoted(name)}?`,
  first: 'Customers will be able to see it for the first time.',
  live: (n: number, more: boolean) =>
    n === 0
      ? 'No embed shows it at the moment.'
      : `${count(n, 'live embed')}${more ? ' or more' : ''} will show it at once.`,
  counting: 'Counting live embeds…',
  same: 'Nothing is different from what is published.',
  go: 'Publish',
  later: (seconds: number) => `Publishes in ${seconds} s`,
  soonTitle: 'Publishing',
  soon: 'Customers see the new version in ten seconds.',
  now: 'Publish now',
  undone: 'Not published',
  undoneText: 'Customers still see what they saw before.',
  done: 'Published',
  doneText: 'Customers see this version from now on.',
  failed: 'Not published',
  saveFirst: 'The draft is not saved yet. It can be published as soon as it is.',
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  offTitle: (name: string) => `Take ${quoted(name)} offline?`,
  offText: 'Every embed of it stops at once and says that it is offline. The published version is kept.',
  offGo: 'Take it offline',
  offStay: 'Leave it online',
  offFailed: 'Not taken offline',
  offDone: 'Taken offline',
  offDoneText: 'Embeds say that it is offline.',
};

const history = {
  title: 'Version history',
  version: (n: number) => `Version ${n}`,
  now: 'Now',
  published: 'Published',
  by: (actor: string) => `by ${actor}`,
  look: 'Look at it',
  restore: 'Restore',
  restored: (n: number) => `Version ${n} restored as a new version`,
  failed: 'Not restored',
  empty: 'No versions yet',
  more: 'Show older versions',
  looking: (n: number) => `You are looking at version ${n}.`,
  stop: 'Back to the draft',
  words: { added: 'added', removed: 'removed', changed: 'changed' },
};

const conflict = {
  title: 'Changed by somebody else too',
  about: 'While you were editing, somebody else saved a change of the same. Choose which one to keep.',
  mine: 'Yours',
  theirs: 'Theirs',
  deleted: 'Deleted',
  keepMine: 'Keep yours',
  keepTheirs: 'Keep theirs',
  keepBoth: 'Keep both',
  left: (n: number) => (n === 1 ? 'One change to decide' : `${n} changes to decide`),
};

const kinds = {
  kpi: { name: 'Figure', about: 'One number, with its change', fresh: 'Events' },
  timeseries: { name: 'Over time', about: 'Lines, areas or bars', fresh: 'Events over time' },
  breakdown: { name: 'Breakdown', about: 'By a property: bars, list, donut', fresh: 'Events by value' },
  table: { name: 'Table', about: 'Rows and columns', fresh: 'Table of events' },
  text: { name: 'Text', about: 'Words in Markdown', fresh: 'Note' },
  heading: { name: 'Heading', about: 'Begins a section', fresh: 'New section' },
};

const keys = {
  group: 'Builder',
  undo: 'Undo',
  redo: 'Redo',
  duplicate: 'Duplicate the selected widgets',
  preview: 'Preview as customer',
};

const bar = { label: 'Filter bar', customer: 'Customer', period: 'Period' };

export const builder = {
  kinds,
  keys,
  bar,
  steps,
  save,
  canvas,
  toolbar,
  publish,
  history,
  conflict,
};
