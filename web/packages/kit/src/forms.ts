/** Errors of a form where they belong: at the field, with the first of them in focus. */

import { ApiFailure } from '@emban/api';
import { fieldErrors } from '@emban/api/console';

/** The part of `useForm`'s answer that errors are shown by. */
export interface ErrorForm {
  setErrors(errors: Record<string, string>): void;
  getInputNode(path: never): HTMLElement | null;
}

/** Focus the first field with an error, in the order of the page. */
export function focusFirst(form: ErrorForm, paths: readonly string[]): void {
  const nodes = paths.map((path) => form.getInputNode(path as never)).filter((one): one is HTMLElement => one !== null);
  nodes.sort((one, other) => (one.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1));
  nodes[0]?.focus();
}

/** What to call the API's fields here: `allowed_cidrs[0]` → `networks`. Fields that are called the same need no name. */
export type FieldNames = (path: string) => string | null;

/** The API's errors by this form's fields. */
export function errorsByField(error: unknown, rename: FieldNames = (path) => path): Record<string, string> {
  const named = Object.entries(fieldErrors(error)).map(([path, message]) => [rename(path) ?? path, message] as const);
  return Object.fromEntries(named);
}

/**
 * Shows a refusal at its fields and focuses the first. Returns true where all of it could be shown there; else the form
 * needs a word of its own (`failureText`).
 */
export function showErrors(form: ErrorForm, error: unknown, rename?: FieldNames): boolean {
  if (!(error instanceof ApiFailure)) return false;
  const errors = errorsByField(error, rename);
  const paths = Object.keys(errors);
  if (paths.length === 0) return false;
  form.setErrors(errors);
  // Fields are drawn with their errors first.
  requestAnimationFrame(() => focusFirst(form, paths));
  return paths.every((path) => form.getInputNode(path as never) !== null);
}

/** For `form.onSubmit(send, focusErrors(form))`: the first field that does not pass is focused. */
export function focusErrors(form: ErrorForm): (errors: Record<string, unknown>) => void {
  return (errors) => focusFirst(form, Object.keys(errors));
}
