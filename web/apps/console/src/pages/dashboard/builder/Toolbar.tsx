/** The builder's head: where it is, whether it is saved, what can be done with the whole. */

import { PageHead } from '@emban/kit';
import { ActionIcon, Anchor, Button, Group, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconEye, IconFilter, IconPalette, IconPencil } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { type ReactNode, useSyncExternalStore } from 'react';
import { words } from '../../../words/builder-words.ts';
import { AddMenu } from './AddMenu.tsx';
import { redo, undo } from './actions.ts';
import { useBuilder, useDraft } from './builder-context.ts';
import { type Panel, useBuilderSearch } from './builder-search.ts';
import { redoName, undoName } from './core/history.ts';
import { PublishButton } from './publish/PublishButton.tsx';
import { SaveStatus } from './SaveStatus.tsx';
import { useMenu } from './use-menu.tsx';

const say = words.builder.toolbar;

function IconButton({
  label,
  run,
  off,
  children,
}: {
  label: string;
  run: () => void;
  off: boolean;
  children: ReactNode;
}) {
  return (
    <Tooltip label={label} withArrow>
      <ActionIcon
        variant="default"
        size={36}
        aria-label={label}
        aria-disabled={off || undefined}
        {...(off ? { 'data-disabled': true } : {})}
        onClick={run}
      >
        {children}
      </ActionIcon>
    </Tooltip>
  );
}

function Steps() {
  const builder = useBuilder();
  const { store } = builder;
  const back = useSyncExternalStore(store.subscribe, () => undoName(store.get().history));
  const forth = useSyncExternalStore(store.subscribe, () => redoName(store.get().history));
  return (
    <Group gap={4} wrap="nowrap">
      <IconButton label={say.undo(back)} run={() => undo(builder)} off={back === null}>
        <IconArrowBackUp size={18} />
      </IconButton>
      <IconButton label={say.redo(forth)} run={() => redo(builder)} off={forth === null}>
        <IconArrowForwardUp size={18} />
      </IconButton>
    </Group>
  );
}

function PanelButton({ panel, icon, label }: { panel: Panel; icon: ReactNode; label: string }) {
  const [search, change] = useBuilderSearch();
  const open = search.panel === panel && !search.widget;
  return (
    <Button
      variant={open ? 'light' : 'default'}
      leftSection={icon}
      aria-pressed={open}
      onClick={() => change({ panel: open ? undefined : panel, widget: undefined })}
    >
      {label}
    </Button>
  );
}

function EditTools() {
  return (
    <>
      <Steps />
      <AddMenu />
      <PanelButton panel="filters" icon={<IconFilter size={16} />} label={say.filters} />
      <PanelButton panel="theme" icon={<IconPalette size={16} />} label={say.theme} />
    </>
  );
}

export function Toolbar() {
  const { store } = useBuilder();
  const { name } = useDraft();
  const [search, change] = useBuilderSearch();
  const { actions, dialog } = useMenu();
  const preview = search.mode === 'preview';
  const rename = (next: string) => store.edit(words.builder.steps.rename, (draft) => ({ ...draft, name: next }));
  const crumb = (
    <Anchor component={Link} to="/dashboards" size="sm" key="up">
      {say.back}
    </Anchor>
  );
  return (
    <PageHead
      title={name}
      crumbs={[crumb]}
      about={<SaveStatus />}
      onRename={rename}
      primary={<PublishButton />}
      menu={actions}
    >
      {!preview && <EditTools />}
      <Button
        variant="default"
        leftSection={preview ? <IconPencil size={16} /> : <IconEye size={16} />}
        onClick={() => change({ mode: preview ? undefined : 'preview' })}
      >
        {preview ? say.edit : say.preview}
      </Button>
      {dialog}
    </PageHead>
  );
}
