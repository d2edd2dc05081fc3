/** The ways to a new dashboard: generated from the events, blank, or from a file. */

import { fieldErrors } from '@emban/api/console';
import { failureText, focusErrors, kitWords, showErrors } from '@emban/kit';
import { Alert, Button, FileButton, Group, Menu, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconFileImport, IconLayoutDashboard } from '@tabler/icons-react';
import { useState } from 'react';
import { words } from '../../words/words.ts';
import { useMakeDashboard } from '../home/actions.tsx';
import { useMake } from './changes.ts';
import { type FileProblem, readFile } from './file.ts';

const say = words.dashboards;

function Blank({ opened, close }: { opened: boolean; close: () => void }) {
  const make = useMake();
  const [whole, setWhole] = useState<unknown>(null);
  const form = useForm({
    initialValues: { name: '' },
    validate: { name: (value) => (value.trim() ? null : say.enterName) },
  });
  const send = ({ name }: { name: string }) => {
    setWhole(null);
    make.mutate(
      { name: name.trim(), config: {} },
      { onError: (error) => setWhole(showErrors(form, error) ? null : error), onSuccess: close },
    );
  };
  return (
    <Modal
      opened={opened}
      onClose={close}
      title={say.newBlank}
      centered
      closeButtonProps={{ 'aria-label': kitWords.close }}
    >
      <form onSubmit={form.onSubmit(send, focusErrors(form))} noValidate>
        <Stack>
          {Boolean(whole) && (
            <Alert color="red" variant="outline">
              {failureText(whole)}
            </Alert>
          )}
          <TextInput label={say.name} data-autofocus maxLength={200} {...form.getInputProps('name')} />
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {words.common.cancel}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {words.common.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

interface Refusal {
  readonly file: string;
  /** Why it cannot be read, or what the server says of it. */
  readonly problem: FileProblem | Error;
}

/** What is wrong with a file, place by place. */
function Refused({ refusal, close }: { refusal: Refusal | null; close: () => void }) {
  const { problem } = refusal ?? {};
  const fields = problem instanceof Error ? Object.entries(fieldErrors(problem)) : [];
  return (
    <Modal
      opened={refusal !== null}
      onClose={close}
      title={say.notImported(refusal?.file ?? '')}
      size="lg"
      centered
      closeButtonProps={{ 'aria-label': kitWords.close }}
    >
      {typeof problem === 'string' && <Text size="sm">{say.fileProblems[problem]}</Text>}
      {problem instanceof Error && fields.length === 0 && <Text size="sm">{failureText(problem)}</Text>}
      {fields.length > 0 && (
        <Stack gap="xs">
          <Text size="sm">{say.importFields}</Text>
          <ul className="plain-list">
            {fields.map(([path, message]) => (
              <li key={path}>
                <code>{path}</code> {message}
              </li>
            ))}
          </ul>
        </Stack>
      )}
      <Group justify="flex-end" mt="lg">
        <Button onClick={close} data-autofocus>
          {kitWords.close}
        </Button>
      </Group>
    </Modal>
  );
}

function useImport() {
  const make = useMake();
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const take = async (file: File | null) => {
    if (!file) return;
    const read = readFile(await file.text());
    if (typeof read === 'string') setRefusal({ file: file.name, problem: read });
    else make.mutate(read, { onError: (problem) => setRefusal({ file: file.name, problem }) });
  };
  return { take, busy: make.isPending, refusal, close: () => setRefusal(null) };
}

export function NewDashboard() {
  const [opened, { open, close }] = useDisclosure(false);
  const generate = useMakeDashboard();
  const file = useImport();
  return (
    <>
      <Blank opened={opened} close={close} />
      <Refused refusal={file.refusal} close={file.close} />
      <Group gap="xs">
        <FileButton accept="application/json,.json" onChange={(chosen) => void file.take(chosen)}>
          {(chooser) => (
            <Menu position="bottom-end" width={220}>
              <Menu.Target>
                <Button variant="default" rightSection={<IconChevronDown size={16} />} loading={file.busy}>
                  {say.more}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                <Menu.Item leftSection={<IconLayoutDashboard size={16} />} onClick={open}>
                  {say.newBlank}
                </Menu.Item>
                <Menu.Item leftSection={<IconFileImport size={16} />} onClick={chooser.onClick}>
                  {say.import}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </FileButton>
        <Button loading={generate.isPending} onClick={() => generate.mutate(undefined)}>
          {say.generate}
        </Button>
      </Group>
    </>
  );
}
