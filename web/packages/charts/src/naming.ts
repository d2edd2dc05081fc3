/**
 * What groups are called. Two of them are no values: "other" sums up what a limit left out, "(none)" is events without the property. A property may
 * well have values of these names, so a name carries its kind, and a value that reads like one of the two stands in quotation marks.
 */

export type NameKind = 'value' | 'none' | 'other';

export interface Name {
  readonly text: string;
  readonly kind: NameKind;
  /** The text for people who do not see how it is set. */
  readonly spoken: string;
}

export const otherName: Name = { text: 'Other', kind: 'other', spoken: 'all other values' };
const noName: Name = { text: '(none)', kind: 'none', spoken: 'no value' };

const OURS = new Set([otherName, noName].flatMap(({ text, spoken }) => [text, spoken]));

/** The name of one value of a property; empty and null are events without it. */
export function valueName(value: string | null): Name {
  if (value === null || value === '') return noName;
  // What is quoted already gets another pair, or it could be taken for a value that was not.
  const text = OURS.has(value.replace(/^“+|”+$/g, '')) ? `“${value}”` : value;
  return { text, kind: 'value', spoken: text };
}

/** The name of a group: of its values, by dimension. */
export function groupName(group: readonly (string | null)[]): Name {
  const names = group.map(valueName);
  return {
    text: names.map(({ text }) => text).join(' · '),
    kind: names.some(({ kind }) => kind === 'none') ? 'none' : 'value',
    spoken: names.map(({ spoken }) => spoken).join(' · '),
  };
}
