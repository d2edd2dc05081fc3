/** For whom a session is made, and what it may do. */

import { closedReason } from '@emban/kit';
import { Accordion, Button, Select, Stack, Text } from '@mantine/core';
import type { UseMutationResult } from '@tanstack/react-query';
import { billingQuery, type Dashboard, type DashboardItem, useEnvironmentQuery } from '../../queries.ts';
import { words as all } from '../../words/words.ts';
import { TenantSelect } from '../dashboard/TenantSelect.tsx';
import { PermissionFields } from './PermissionFields.tsx';
import type { PermissionForm, Wish } from './permissions.ts';
import { useEmbedView } from './view.ts';

const words = all.embed;
const HOURS = [1, 2, 4, 8, 12, 24];
const HOUR_S = 3600;

interface Props {
  readonly dashboards: readonly DashboardItem[];
  readonly chosen: Dashboard | undefined;
  readonly wish: Wish;
  readonly change: (permissions: PermissionForm) => void;
  readonly setLifetime: (seconds: number) => void;
  readonly mint: UseMutationResult<unknown, Error, Wish>;
}

function Permissions({ chosen, wish, change }: Pick<Props, 'chosen' | 'wish' | 'change'>) {
  const billing = useEnvironmentQuery(billingQuery).data;
  const open = billing?.features.embed_permissions ?? true;
  return (
    <Accordion variant="separated" chevronPosition="left">
      <Accordion.Item value="permissions">
        <Accordion.Control>
          <Text size="sm" fw={600}>
            {words.permissions}
          </Text>
        </Accordion.Control>
        <Accordion.Panel>
          {!open && (
            <Text size="sm" c="dimmed" mb="sm">
              {closedReason({ plan: 'growth' })}
            </Text>
          )}
          <fieldset disabled={!open} className="bare">
            <PermissionFields form={wish.permissions} change={change} dashboard={chosen} />
          </fieldset>
        </Accordion.Panel>
      </Accordion.Item>
    </Accordion>
  );
}

export function SessionForm({ dashboards, chosen, wish, change, setLifetime, mint }: Props) {
  const [, setView] = useEmbedView();
  const known = dashboards.some(({ id }) => id === wish.dashboard);
  const names = dashboards.map(({ id, name }) => ({ value: id, label: name }));
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        mint.mutate(wish);
      }}
    >
      <Stack className="panel" gap="sm">
        <Select
          label={words.dashboard}
          data={names}
          value={known ? wish.dashboard : null}
          error={!known && chosen ? `“${chosen.name}” ${words.notPublished}` : undefined}
          onChange={(id) => setView({ dashboard: id ?? '' })}
          placeholder={words.chooseDashboard}
          nothingFoundMessage={words.noneOfThisName}
          searchable
          allowDeselect={false}
        />
        <TenantSelect
          label={words.customer}
          value={wish.tenant || null}
          onChange={(tenant) => setView({ tenant })}
          labelled
        />
        <Select
          label={words.lifetime}
          data={HOURS.map((hours) => ({ value: String(hours * HOUR_S), label: words.hours(hours) }))}
          value={String(wish.lifetime)}
          onChange={(seconds) => setLifetime(Number(seconds))}
          allowDeselect={false}
        />
        <Permissions chosen={chosen} wish={wish} change={change} />
        <Button type="submit" disabled={!wish.tenant || !known} loading={mint.isPending}>
          {mint.data ? words.openAgain : words.open}
        </Button>
      </Stack>
    </form>
  );
}
