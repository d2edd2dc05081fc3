/** Words that several pages say. */

export const common = {
  cancel: 'Cancel',
  delete: 'Delete',
  save: 'Save',
  create: 'Create',
  notDeleted: 'Not deleted',
  notSaved: 'Not saved',
  failed: 'That did not work',
  deleted: (name: string) => `Deleted “${name}”`,
  undone: 'Undone',
  notUndone: 'This could not be undone',
  conflict: 'Somebody else saved a newer version in the meantime. What you see now is theirs; make your change again.',
  conflictTitle: 'Not saved: there is a newer version',
  never: 'never',
  role: {
    admin: 'admin',
    editor: 'editor',
  },
};
