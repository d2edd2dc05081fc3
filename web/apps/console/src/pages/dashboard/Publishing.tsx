/** Putting a dashboard before customers, and taking it away. */

import { Button, Group, Modal, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { failureText } from '../../parts/States.tsx';
import type { Dashboard } from '../../queries.ts';
import { useClient } from '../../session.ts';

function useStateChange(dashboard: Dashboard, to: 'publish' | 'unpublish') {
  const client = useClient();
  const cache = useQueryClient();
  return useMutation({
    mutationFn: () =>
      client.POST(`/v1/dashboards/{dashboard_id}/${to}`, { params: { path: { dashboard_id: dashboard.id } } }),
    onError: (error) => notifications.show({ color: 'red', title: `Not ${to}ed`, message: failureText(error) }),
    onSuccess: async () => {
      const message = to === 'publish' ? 'Customers see this version from now on.' : 'Embeds show that it is offline.';
      notifications.show({ color: 'teal', title: to === 'publish' ? 'Published' : 'Taken offline', message });
      await Promise.all([
        cache.invalidateQueries({ queryKey: ['dashboard'] }),
        cache.invalidateQueries({ queryKey: ['dashboards'] }),
        cache.invalidateQueries({ queryKey: ['billing'] }),
      ]);
    },
  });
}

function Unpublish({ dashboard }: { dashboard: Dashboard }) {
  const [opened, { open, close }] = useDisclosure(false);
  const unpublish = useStateChange(dashboard, 'unpublish');
  return (
    <>
      <Button variant="default" onClick={open}>
        Unpublish
      </Button>
      <Modal opened={opened} onClose={close} title={`Take “${dashboard.name}” offline?`} centered>
        <Text size="sm">
          Every embed of it stops at once and says that it is offline. The published version is kept.
        </Text>
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={close}>
            Leave it online
          </Button>
          <Button
            color="red"
            loading={unpublish.isPending}
            onClick={() => unpublish.mutate(undefined, { onSettled: close })}
          >
            Take it offline
          </Button>
        </Group>
      </Modal>
    </>
  );
}

export function Publishing({ dashboard }: { dashboard: Dashboard }) {
  const publish = useStateChange(dashboard, 'publish');
  const published = dashboard.status === 'published';
  const nothingNew = published && !dashboard.has_unpublished_changes;
  return (
    <>
      {published && <Unpublish dashboard={dashboard} />}
      {!nothingNew && (
        <Button loading={publish.isPending} onClick={() => publish.mutate()}>
          {published ? 'Publish changes' : 'Publish'}
        </Button>
      )}
    </>
  );
}
