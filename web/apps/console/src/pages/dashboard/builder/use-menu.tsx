/** The "…" menu of the builder. */

import { type Action, ConfirmDanger } from '@emban/kit';
import { IconCloudOff, IconCode, IconHistory, IconSectionSign } from '@tabler/icons-react';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useCan } from '../../../session.ts';
import { words } from '../../../words/builder-words.ts';
import { moveSection } from './actions.ts';
import { useBuilder, useDashboard, useDraft, useSelected } from './builder-context.ts';
import { useBuilderSearch } from './builder-search.ts';
import { useUnpublish } from './publish/use-publishing.ts';

const say = words.builder;

/** Moving a whole section is offered while its heading is selected. */
function useSectionActions(): Action[] {
  const builder = useBuilder();
  const draft = useDraft();
  const id = useSelected().at(-1);
  const widget = draft.widgets.find((one) => one.id === id);
  if (widget?.kind !== 'heading') return [];
  const icon = <IconSectionSign size={16} />;
  return [
    { label: say.toolbar.sectionUp, icon, onSelect: () => moveSection(builder, widget.id, -1) },
    { label: say.toolbar.sectionDown, icon, onSelect: () => moveSection(builder, widget.id, 1) },
  ];
}

export function useMenu() {
  const dashboard = useDashboard();
  const [, change] = useBuilderSearch();
  const navigate = useNavigate();
  const admin = useCan('admin');
  const sections = useSectionActions();
  const [asking, setAsking] = useState(false);
  const unpublish = useUnpublish();
  const closed = admin ? undefined : say.toolbar.needsAdmin;
  const actions: (Action | false)[] = [
    ...sections,
    {
      label: say.toolbar.history,
      icon: <IconHistory size={16} />,
      onSelect: () => change({ panel: 'history', widget: undefined, mode: undefined }),
    },
    {
      label: say.toolbar.embed,
      icon: <IconCode size={16} />,
      onSelect: () => void navigate({ to: '/embed', search: { dashboard: dashboard.id } } as never),
    },
    dashboard.status === 'published' && {
      label: say.toolbar.unpublish,
      icon: <IconCloudOff size={16} />,
      danger: true,
      closed,
      onSelect: () => setAsking(true),
    },
  ];
  const dialog = (
    <ConfirmDanger
      opened={asking}
      close={() => setAsking(false)}
      title={say.publish.offTitle(dashboard.name)}
      action={say.publish.offGo}
      cancel={say.publish.offStay}
      busy={unpublish.isPending}
      onConfirm={() => unpublish.mutate(undefined, { onSettled: () => setAsking(false) })}
    >
      {say.publish.offText}
    </ConfirmDanger>
  );
  return { actions, dialog };
}
