/** Every part of the kit, in every state that it has. */

import { ApiFailure } from '@emban/api';
import {
  ActionMenu,
  ClosedReason,
  CodeBlock,
  ConfirmDanger,
  CopyField,
  Diff,
  Drawer,
  EmptyState,
  Failed,
  Keys,
  LeaveDialog,
  Lines,
  PageHead,
  Progress,
  type Shortcut,
  Time,
  toasts,
  useShortcuts,
} from '@emban/kit';
import { CommandPalette, ShortcutSheet } from '@emban/kit/palette';
import { Anchor, Button, Group } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { createSpotlight } from '@mantine/spotlight';
import { FormErrors } from './FormErrors.tsx';
import { Part, State } from './Part.tsx';
import { Tables } from './Tables.tsx';

const nothing = () => undefined;
const OFFLINE = new ApiFailure(0, 'offline', 'The server cannot be reached.');
const LONG = `curl https://emban.example/v1/embed-sessions -H 'Authorization: Bearer eb_adm_EXAMPLEonlyEXAMPLEonlyEXAMPLEonly0000000' -d '{"tenant_id": "customer_1"}'`;
const BEFORE = { name: 'Usage', widgets: [{ id: 'w_1', title: 'Calls', period: '7d' }], theme: null };
const AFTER = {
  name: 'Usage',
  widgets: [{ id: 'w_1', title: 'Calls a day', period: '7d' }, { id: 'w_2' }],
  theme: null,
};

function Heads() {
  return (
    <Part name="PageHead">
      <div className="panel">
        <PageHead
          title="API usage"
          crumbs={[
            <Anchor key="all" href="#all" size="sm">
              Dashboards
            </Anchor>,
          ]}
          about="The draft, saved 14:02"
          onRename={nothing}
          primary={<Button>Publish</Button>}
          menu={[
            { label: 'Duplicate', onSelect: nothing },
            { label: 'Move to dev', onSelect: nothing, closed: 'Unpublish it first' },
            { label: 'Delete', onSelect: nothing, danger: true },
          ]}
        >
          <Button variant="default">Preview as customer</Button>
        </PageHead>
        <PageHead title="A page with a title alone" />
      </div>
    </Part>
  );
}

function Texts() {
  return (
    <Part name="CodeBlock, CopyField, Time, Diff">
      <State name="CodeBlock: wraps, copies from beside the text">
        <CodeBlock text={LONG} label="Copy the code" />
      </State>
      <State name="CodeBlock without a button">
        <CodeBlock text={'SELECT 1\nFROM numbers(10)'} />
      </State>
      <State name="CopyField">
        <CopyField label="Dashboard id" value="dash_01m8ghc0fee0vt31ph0khg4wqk" description="For your backend" />
      </State>
      <State name="Time: now, past, future, none">
        <Group>
          <Time at={new Date().toISOString()} />
          <Time at="2026-01-01T00:00:00Z" />
          <Time at="2031-01-01T00:00:00Z" />
          <Time at={null} none="Never used" />
        </Group>
      </State>
      <State name="Diff">
        <Diff before={BEFORE} after={AFTER} />
      </State>
      <State name="Diff of the same">
        <Diff before={BEFORE} after={BEFORE} />
      </State>
    </Part>
  );
}

function States() {
  return (
    <Part name="States">
      <State name="Lines (drawn after 200 ms)">
        <Lines count={2} />
      </State>
      <State name="EmptyState">
        <div className="panel">
          <EmptyState title="No dashboards yet" action={<Button>Generate a dashboard</Button>}>
            Generate one from the events that have arrived.
          </EmptyState>
        </div>
      </State>
      <State name="Failed, with and without another try">
        <Failed error={OFFLINE} retry={nothing} />
        <Failed error={new Error('never shown')} />
      </State>
      <State name="ClosedReason: by role, by plan">
        <ClosedReason needs="admin" />
        <ClosedReason plan="growth" />
      </State>
      <State name="Progress: of a total, without one (numbers after two seconds)">
        <Progress label="Sending sample events" done={12_400} total={24_000} unit="events" />
        <Progress label="Erasing" done={310} unit="rows" />
      </State>
    </Part>
  );
}

function Over() {
  const [drawer, side] = useDisclosure(false);
  const [asked, ask] = useDisclosure(false);
  const [named, name] = useDisclosure(false);
  const [leaving, leave] = useDisclosure(false);
  return (
    <Part name="Drawer, ConfirmDanger, LeaveDialog, Toasts, ActionMenu">
      <Group mt="xs">
        <Button variant="default" onClick={side.open}>
          Drawer
        </Button>
        <Button variant="default" onClick={ask.open}>
          Confirm
        </Button>
        <Button variant="default" onClick={name.open}>
          Confirm by name
        </Button>
        <Button variant="default" onClick={leave.open}>
          Leave
        </Button>
        <Button variant="default" onClick={() => toasts.done('Saved')}>
          Toast
        </Button>
        <Button variant="default" onClick={() => toasts.failed('Not saved', OFFLINE)}>
          Failed toast
        </Button>
        <Button variant="default" onClick={() => toasts.undoable({ title: 'Deleted “Usage”', undo: nothing })}>
          Toast with Undo
        </Button>
        <ActionMenu actions={[{ label: 'Rename', onSelect: nothing }]} />
      </Group>
      <Drawer opened={drawer} close={side.close} title="Latency" foot={<Button>Save</Button>}>
        <Lines count={12} />
      </Drawer>
      <ConfirmDanger
        opened={asked}
        close={ask.close}
        title="Delete “Backend”?"
        action="Delete the key"
        onConfirm={ask.close}
      >
        Whatever uses it is refused within five seconds.
      </ConfirmDanger>
      <ConfirmDanger
        opened={named}
        close={name.close}
        title="Erase customer_1?"
        action="Erase the data"
        typeName="customer_1"
        error={OFFLINE}
        onConfirm={name.close}
      >
        All events of this customer are gone for good.
      </ConfirmDanger>
      <LeaveDialog opened={leaving} stay={leave.close} leave={leave.close} />
    </Part>
  );
}

const [store, palette] = createSpotlight();

function Keyboard() {
  const [opened, { open, close }] = useDisclosure(false);
  const shortcuts: Shortcut[] = [
    { keys: 'mod+k', label: 'Search and commands', group: 'General', run: palette.open },
    { keys: '?', label: 'Keyboard shortcuts', group: 'General', run: open },
    { keys: 'g d', label: 'Dashboards', group: 'Go to', run: nothing },
  ];
  useShortcuts(shortcuts);
  return (
    <Part name="CommandPalette, ShortcutSheet, Keys">
      <Group mt="xs">
        <Button variant="default" onClick={palette.open}>
          Palette
        </Button>
        <Button variant="default" onClick={open}>
          Shortcuts
        </Button>
        <Keys keys="mod+shift+arrowright" />
        <Keys keys="g d" />
      </Group>
      <ShortcutSheet opened={opened} close={close} />
      <CommandPalette store={store} commands={shortcuts.map((one) => ({ ...one, id: one.keys, run: nothing }))} />
    </Part>
  );
}

export function Parts() {
  return (
    <div className="page">
      <Heads />
      <Tables />
      <Texts />
      <States />
      <FormErrors />
      <Over />
      <Keyboard />
    </div>
  );
}
