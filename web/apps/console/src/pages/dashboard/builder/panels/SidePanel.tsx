/** The panels of the whole dashboard. */

import { words } from '../../../../words/builder-words.ts';
import { type Panel as Name, useBuilderSearch } from '../builder-search.ts';
import { FiltersPanel } from './FiltersPanel.tsx';
import { HistoryPanel } from './HistoryPanel.tsx';
import { Panel } from './Panel.tsx';
import { ThemePanel } from './ThemePanel.tsx';

const PANELS = { filters: FiltersPanel, theme: ThemePanel, history: HistoryPanel } as const;

export function SidePanel({ panel }: { panel: Name }) {
  const [, change] = useBuilderSearch();
  const Content = PANELS[panel];
  return (
    <Panel
      title={words.panels.titles[panel]}
      close={() => change({ panel: undefined, version: undefined })}
      closeLabel={words.panels.close}
      key={panel}
    >
      <Content />
    </Panel>
  );
}
