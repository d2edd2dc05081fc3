/** The pages that the rail, the palette and the jumps lead to: a new page is one line here. */

import { IconChartDots, IconCode, IconHome, IconKey, IconLayoutDashboard, IconTerminal2 } from '@tabler/icons-react';
import type { ComponentType } from 'react';
import { words } from '../words/words.ts';

type Icon = ComponentType<{ size?: number; stroke?: number; 'aria-hidden'?: 'true' }>;

export interface Place {
  readonly to: string;
  readonly label: string;
  readonly Icon: Icon;
  /** The second key of its jump, after "g". */
  readonly jump?: string;
  /** Only the page itself, not those under it. */
  readonly exact?: boolean;
}

export interface Section {
  /** None for what stands above all sections. */
  readonly title: string | null;
  readonly places: readonly Place[];
}

const { sections, places } = words.shell;

export const SECTIONS: readonly Section[] = [
  { title: null, places: [{ to: '/', label: places.home, Icon: IconHome, jump: 'h', exact: true }] },
  {
    title: sections.build,
    places: [
      { to: '/dashboards', label: places.dashboards, Icon: IconLayoutDashboard, jump: 'd' },
      { to: '/widgets', label: places.widgets, Icon: IconChartDots, jump: 'w' },
      { to: '/querybuilder', label: places.query, Icon: IconTerminal2, jump: 'q' },
    ],
  },
  { title: sections.operate, places: [] },
  {
    title: sections.org,
    places: [
      { to: '/embed', label: places.embed, Icon: IconCode, jump: 'e' },
      { to: '/keys', label: places.keys, Icon: IconKey, jump: 'k' },
    ],
  },
];

export const PLACES: readonly Place[] = SECTIONS.flatMap((section) => section.places);
