/** Inputs that know what there is in the events. */

import { Select, type SelectProps, Text, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';
import { words } from '../../../../words/builder-words.ts';
import type { Field } from '../found.ts';

const say = words.editor;

/** Something closed, with the reason where one points and where a screen reader reads. */
export function Reasoned({ reason, children }: { reason: string | null; children: ReactNode }) {
  return (
    <Tooltip label={reason ?? ''} disabled={!reason} multiline maw={280} withArrow position="left">
      <div>{children}</div>
    </Tooltip>
  );
}

interface Props extends Omit<SelectProps, 'data' | 'onChange' | 'value' | 'error'> {
  readonly fields: readonly Field[];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  readonly error?: string | undefined;
  readonly reason?: string | null;
}

/** A list of fields with their types and samples. A value that is none of them stays, and is marked. */
export function FieldSelect({ fields, value, onChange, error, reason = null, ...rest }: Props) {
  const known = new Map(fields.map((field) => [field.value, field]));
  const strange = value !== null && value !== '' && !known.has(value);
  const data = [
    ...(strange ? [{ value, label: value.replace(/^string_props\./, '') }] : []),
    ...fields.map((field) => ({ value: field.value, label: field.label })),
  ];
  const about = (name: string) => {
    const field = known.get(name);
    return field ? [say.types[field.type], field.about].filter(Boolean).join(' · ') : say.notFound;
  };
  return (
    <Reasoned reason={reason}>
      <Select
        data={data}
        value={value}
        onChange={onChange}
        searchable
        nothingFoundMessage={say.nothingFound}
        disabled={reason !== null}
        error={error ?? (strange && fields.length > 3 ? say.notFound : undefined)}
        description={reason ?? undefined}
        maxDropdownHeight={320}
        renderOption={({ option }) => (
          <div className="builder-option">
            {option.label}
            <Text size="xs" c="dimmed" component="span" display="block" truncate>
              {about(option.value)}
            </Text>
          </div>
        )}
        {...rest}
      />
    </Reasoned>
  );
}

export const options = (pairs: readonly (readonly [string, string])[]) =>
  pairs.map(([value, label]) => ({ value, label }));
