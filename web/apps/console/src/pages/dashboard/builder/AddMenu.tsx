/** The kinds of widgets to add. */

import { Button, Menu, Text } from '@mantine/core';
import { IconBooks, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { LibraryWidget } from '../../../queries.ts';
import { words } from '../../../words/builder-words.ts';
import { addFromLibrary, addWidget } from './actions.ts';
import { useBuilder } from './builder-context.ts';
import { useBuilderSearch } from './builder-search.ts';
import type { Kind } from './core/doc.ts';
import { KINDS } from './core/kinds.ts';
import { KIND_ICONS } from './kind-icons.ts';
import { LibraryPicker } from './LibraryPicker.tsx';

const say = words.builder;

export function AddMenu({ primary = false }: { primary?: boolean }) {
  const builder = useBuilder();
  const [, change] = useBuilderSearch();
  const [picking, setPicking] = useState(false);
  const pick = (widget: LibraryWidget) => {
    setPicking(false);
    change({ widget: addFromLibrary(builder, widget), panel: undefined });
  };
  const add = (kind: Kind) => change({ widget: addWidget(builder, kind), panel: undefined });
  return (
    <>
      <LibraryPicker opened={picking} close={() => setPicking(false)} pick={pick} />
      <Menu position="bottom-start" width={280} returnFocus={false}>
        <Menu.Target>
          <Button variant={primary ? 'filled' : 'default'} leftSection={<IconPlus size={16} />}>
            {say.toolbar.add}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {KINDS.map((kind) => {
            const Icon = KIND_ICONS[kind];
            return (
              <Menu.Item key={kind} leftSection={<Icon size={18} aria-hidden />} onClick={() => add(kind)}>
                {say.kinds[kind].name}
                <Text size="xs" c="dimmed" component="span" display="block">
                  {say.kinds[kind].about}
                </Text>
              </Menu.Item>
            );
          })}
          <Menu.Divider />
          <Menu.Item leftSection={<IconBooks size={18} aria-hidden />} onClick={() => setPicking(true)}>
            {words.library.pick}
            <Text size="xs" c="dimmed" component="span" display="block">
              {words.library.pickAbout}
            </Text>
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </>
  );
}
