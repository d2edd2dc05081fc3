/** A part of the kit under its name, and a state of it under what it shows. */

import { Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

export function State({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="look-state">
      <Text size="xs" c="dimmed" mb={4}>
        {name}
      </Text>
      {children}
    </div>
  );
}

export function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <section className="look-part">
      <Title order={2}>{name}</Title>
      {children}
    </section>
  );
}
