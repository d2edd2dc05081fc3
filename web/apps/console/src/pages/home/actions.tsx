/** The two buttons of the quickstart that make something. */

import { bodyOf } from '@emban/api/console';
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { failureText } from '../../parts/States.tsx';
import { useClient } from '../../session.ts';

function sayFailed(error: unknown): void {
  notifications.show({ color: 'red', title: 'That did not work', message: failureText(error) });
}

export function useMakeDashboard() {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: async () => bodyOf(await client.POST('/v1/discover/auto-create', { body: {} })),
    onError: sayFailed,
    onSuccess: async (made) => {
      await cache.invalidateQueries({ queryKey: ['dashboards'] });
      await navigate({ to: '/dashboards/$id', params: { id: made.dashboard_id } });
    },
  });
}

interface MakeProps {
  readonly disabled?: boolean;
  readonly again?: boolean;
  readonly size?: 'xs' | 'sm';
}

export function MakeDashboard({ disabled = false, again = false, size = 'sm' }: MakeProps) {
  const make = useMakeDashboard();
  return (
    <Button
      size={size}
      variant={again ? 'default' : 'filled'}
      disabled={disabled}
      loading={make.isPending}
      onClick={() => make.mutate()}
    >
      {again ? 'Make another one' : 'Make a dashboard'}
    </Button>
  );
}

export function Seed() {
  const client = useClient();
  const cache = useQueryClient();
  const seed = useMutation({
    mutationFn: () => client.POST('/v1/onboarding/seed', { body: {} }),
    onError: sayFailed,
    onSuccess: () => cache.invalidateQueries(),
  });
  return (
    <Group gap="sm">
      <Text size="sm" c="dimmed">
        No events at hand?
      </Text>
      <Button size="xs" variant="default" loading={seed.isPending} onClick={() => seed.mutate()}>
        Fill with sample events
      </Button>
    </Group>
  );
}
