/** The "…" menu of a page or a row: what can be done beside the one main thing. */

import { ActionIcon, Menu, Text } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { kitWords } from './words.ts';

export interface Action {
  readonly label: string;
  readonly onSelect: () => void;
  readonly icon?: ReactNode;
  /** Deletes or takes something away: in red, after a line. */
  readonly danger?: boolean;
  /** Why it cannot be done now: the action is shown, closed, with these words. */
  readonly closed?: string | undefined;
}

/** What a menu shows: actions, with those that take something away at the end. */
export function inOrder(actions: readonly (Action | null | false | undefined)[]): Action[] {
  const real = actions.filter((one): one is Action => Boolean(one));
  return [...real.filter((one) => !one.danger), ...real.filter((one) => one.danger)];
}

function Entry({ action, first }: { action: Action; first: boolean }) {
  return (
    <>
      {action.danger && first && <Menu.Divider />}
      <Menu.Item
        leftSection={action.icon}
        disabled={action.closed !== undefined}
        onClick={action.onSelect}
        {...(action.danger ? { className: 'kit-danger' } : {})}
      >
        {action.label}
        {action.closed && (
          <Text size="xs" c="dimmed" component="span" display="block">
            {action.closed}
          </Text>
        )}
      </Menu.Item>
    </>
  );
}

interface Props {
  readonly actions: readonly (Action | null | false | undefined)[];
  readonly label?: string;
  readonly subtle?: boolean;
}

export function ActionMenu({ actions, label = kitWords.more, subtle = false }: Props) {
  const entries = inOrder(actions);
  if (entries.length === 0) return null;
  const firstDanger = entries.findIndex((one) => one.danger);
  return (
    <Menu position="bottom-end" width={240} withinPortal>
      <Menu.Target>
        <ActionIcon variant={subtle ? 'subtle' : 'default'} color="gray" size={subtle ? 'md' : 36} aria-label={label}>
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {entries.map((action, at) => (
          <Entry key={action.label} action={action} first={at === firstDanger && at > 0} />
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
