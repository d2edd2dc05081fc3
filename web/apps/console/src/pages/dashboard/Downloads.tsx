/** The draft's figures as a file, as the preview shows them. */

import { fetchGood } from '@emban/api';
import type { ExportFormat } from '@emban/api/contract';
import { chooseLocale } from '@emban/charts';
import { FILE_FORMATS, fileName, save } from '@emban/widgets';
import { Alert, Button, Menu } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { failureText } from '../../parts/States.tsx';
import type { Dashboard } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';

interface Props {
  readonly dashboard: Dashboard;
  readonly tenant: string | null;
  readonly period: string;
}

async function download(environment: string, { dashboard, tenant, period }: Props, format: ExportFormat) {
  const whose = tenant === null ? { all_tenants: true } : { tenant_id: tenant };
  const answer = await fetchGood(`/v1/dashboards/${dashboard.id}/export`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'Content-Type': 'application/json', 'X-Emban-Environment': environment },
    body: JSON.stringify({ ...whose, period, format, locale: chooseLocale(...navigator.languages) }),
  });
  save(await answer.blob(), fileName(format, dashboard.name, tenant ?? '', new Date().toISOString().slice(0, 10)));
}

export function Downloads(props: Props) {
  const environment = useEnvironment();
  const made = useMutation({ mutationFn: (format: ExportFormat) => download(environment, props, format) });
  return (
    <>
      <Menu width={220} position="bottom-end">
        <Menu.Target>
          <Button variant="default" leftSection={<IconDownload size={16} />} loading={made.isPending}>
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {FILE_FORMATS.map(([format, text]) => (
            <Menu.Item key={format} onClick={() => made.mutate(format)}>
              {text}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {made.error ? (
        <Alert color="red" variant="outline" title="The file could not be made" w="100%">
          {failureText(made.error)}
        </Alert>
      ) : null}
    </>
  );
}
