/** The builder's one primary action, and the dialog that says what it would change. */

import { Button, Group, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useCan } from '../../../../session.ts';
import { words } from '../../../../words/builder-words.ts';
import { useBuilder, useDashboard, useDraft } from '../builder-context.ts';
import { difference } from '../core/difference.ts';
import { readDraft } from '../core/doc.ts';
import { Changes } from './Changes.tsx';
import { liveEmbedsQuery, usePublish } from './use-publishing.ts';

const say = words.builder;

function useChanges() {
  const dashboard = useDashboard();
  const draft = useDraft();
  const { published_config: before, difference: named } = dashboard;
  if (!before) return null;
  return difference(readDraft(named?.name?.published ?? dashboard.name, before), draft);
}

function Reach({ published }: { published: boolean }) {
  const { environment } = useBuilder();
  const dashboard = useDashboard();
  const { data } = useQuery(liveEmbedsQuery(environment, dashboard.id));
  if (!published) return <Text size="sm">{say.publish.first}</Text>;
  return <Text size="sm">{data ? say.publish.live(data.live, data.more) : say.publish.counting}</Text>;
}

function PublishDialog({ publish, close }: { publish: () => void; close: () => void }) {
  const { store } = useBuilder();
  const dashboard = useDashboard();
  const draft = useDraft();
  const changes = useChanges();
  const [busy, setBusy] = useState(false);
  const [unsaved, setUnsaved] = useState(false);
  const go = async () => {
    setBusy(true);
    const saved = await store.flush();
    setBusy(false);
    setUnsaved(!saved);
    if (!saved) return;
    publish();
    close();
  };
  return (
    <Stack>
      <Reach published={dashboard.status === 'published'} />
      {changes && <Changes changes={changes} />}
      {unsaved && (
        <Text size="sm" c="red" role="alert">
          {say.publish.saveFirst}
        </Text>
      )}
      <Group justify="flex-end">
        <Button variant="default" onClick={close}>
          {words.common.cancel}
        </Button>
        <Button loading={busy} onClick={() => void go()} disabled={draft.name.trim() === ''} data-autofocus>
          {say.publish.go}
        </Button>
      </Group>
    </Stack>
  );
}

/** Shown closed to those who may not, with the reason. */
function Closed({ label }: { label: string }) {
  return (
    <Tooltip label={say.toolbar.needsAdmin} withArrow>
      <Button
        data-disabled
        aria-disabled
        aria-description={say.toolbar.needsAdmin}
        onClick={(event) => event.preventDefault()}
      >
        {label}
      </Button>
    </Tooltip>
  );
}

export function PublishButton() {
  const dashboard = useDashboard();
  const admin = useCan('admin');
  const draft = useDraft();
  const changes = useChanges();
  const [opened, { open, close }] = useDisclosure(false);
  // Not in the dialog, which is closed long before the ten seconds are over.
  const publish = usePublish();
  const published = dashboard.status === 'published';
  const label = published ? say.toolbar.publishChanges : say.toolbar.publish;
  if (!admin) return <Closed label={label} />;
  const nothingNew = published && changes?.length === 0;
  return (
    <>
      <Tooltip label={say.toolbar.nothingToPublish} disabled={!nothingNew} withArrow>
        <Button onClick={open} disabled={nothingNew}>
          {nothingNew ? say.toolbar.published : label}
        </Button>
      </Tooltip>
      <Modal opened={opened} onClose={close} title={say.publish.title(draft.name)} centered size="lg">
        <PublishDialog {...{ publish, close }} />
      </Modal>
    </>
  );
}
