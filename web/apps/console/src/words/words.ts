/** Everything that the console says to people, by area. A page takes its words from here and from nowhere else. */

import { kitWords } from '@emban/kit';
import { auth } from './auth.ts';
import { common } from './common.ts';
import { dashboards } from './dashboards.ts';
import { embed } from './embed.ts';
import { home } from './home.ts';
import { keys } from './keys.ts';
import { query } from './query.ts';
import { shell } from './shell.ts';
import { widgets } from './widgets.ts';

export const words = { auth, common, dashboards, embed, home, keys, kit: kitWords, query, shell, widgets };
