/** The builder's words, apart from the others: they are loaded with it, not with the first page. */

import { builder } from './builder.ts';
import { common } from './common.ts';
import { editor } from './editor.ts';
import { library } from './library.ts';
import { panels } from './panels.ts';

export const words = { builder, common, editor, library, panels };
