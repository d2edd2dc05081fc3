/** The widgets below one another in their order on phones, where the builder itself has no room for twelve columns. */

import { ActionIcon, Group } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useMemo } from 'react';
import { words } from '../../../../words/builder-words.ts';
import { titleOf, useBuilder, useDraft, useSelected } from '../builder-context.ts';
import type { DraftWidget } from '../core/doc.ts';
import { movePhone, phoneOrder } from '../core/edits.ts';
import { useItems } from './use-items.tsx';

const say = words.builder;

function Order({ widget }: { widget: DraftWidget }) {
  const { store } = useBuilder();
  const move = (way: -1 | 1) =>
    store.edit(say.steps.phone(titleOf(widget)), (draft) => movePhone(draft, widget.id, way));
  return (
    <Group gap={4} justify="flex-end">
      <ActionIcon
        variant="default"
        size="sm"
        aria-label={`${say.canvas.up}: ${titleOf(widget)}`}
        onClick={() => move(-1)}
      >
        <IconArrowUp size={14} />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size="sm"
        aria-label={`${say.canvas.down}: ${titleOf(widget)}`}
        onClick={() => move(1)}
      >
        <IconArrowDown size={14} />
      </ActionIcon>
    </Group>
  );
}

export function PhoneList() {
  const draft = useDraft();
  const ids = useSelected();
  const order = useMemo(() => phoneOrder(draft.widgets), [draft.widgets]);
  const items = useItems({ order, stop: order.find(({ id }) => id === ids.at(-1))?.id ?? order[0]?.id });
  return (
    <div className="bw-list">
      {items.map((item, at) => {
        const widget = order[at] as DraftWidget;
        return (
          <div
            key={widget.id}
            className="bw-list-row"
            data-kind={widget.kind}
            data-hidden={widget.phone?.hidden || undefined}
          >
            {ids.includes(widget.id) && <Order widget={widget} />}
            {item}
          </div>
        );
      })}
    </div>
  );
}
