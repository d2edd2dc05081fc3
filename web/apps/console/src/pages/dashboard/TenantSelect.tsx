/** Choosing a customer, by name, the largest first. */

import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { tenantsQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';

/** Stands for all customers together; no tenant can have this name, which is too short for one. */
export const EVERYBODY = '';

interface Props {
  readonly value: string | null;
  readonly onChange: (tenant: string) => void;
  readonly label: string;
  readonly everybody?: boolean;
}

export function useTenants() {
  return useQuery(tenantsQuery(useEnvironment()));
}

export function TenantSelect({ value, onChange, label, everybody = false }: Props) {
  const { data = [], isPending } = useTenants();
  const all = everybody ? [{ value: EVERYBODY, label: 'All customers' }] : [];
  const options = [...all, ...data.map(({ id }) => ({ value: id, label: id }))];
  return (
    <Select
      aria-label={label}
      data={options}
      value={value}
      onChange={(chosen) => onChange(chosen ?? EVERYBODY)}
      placeholder={isPending ? 'Loading…' : 'Choose a customer'}
      nothingFoundMessage="No customer of this name sent events in the last 90 days"
      searchable
      allowDeselect={false}
      w={240}
    />
  );
}
