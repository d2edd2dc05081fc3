/** A question as a widget: in the library, or on a dashboard. */

import { bodyOf, type Schemas } from '@emban/api/console';
import type { Widget } from '@emban/api/contract';
import { Button, Group, Modal, Select, Stack, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useChange } from '../../change.ts';
import { dashboardsQuery } from '../../queries.ts';
import { useEnvironment } from '../../session.ts';
import { words } from '../../words/words.ts';
import type { StructuredQuery } from './view.ts';

const text = words.query.widget;
const LIBRARY = '';
type WidgetConfig = Schemas['WidgetBody'];

interface Props {
  readonly query: StructuredQuery;
  readonly widget: Widget;
  readonly close: () => void;
}

interface Values {
  readonly title: string;
  readonly dashboard: string;
}

/** A widget's question has no period of its own: the page says it. */
function configOf({ query, widget }: Omit<Props, 'close'>, title: string): WidgetConfig {
  const { period: _period, date_from: _from, date_to: _to, timezone: _zone, as_of: _asOf, ...kept } = query;
  return { title, kind: widget.kind, chart: widget.chart, query: kept };
}

function useSaveWidget(props: Props) {
  return useChange<Values, string>({
    run: async ({ title, dashboard }, { client }) => {
      const config = configOf(props, title);
      if (dashboard === LIBRARY) {
        await client.POST('/v1/widgets', { body: config as never });
        return '';
      }
      const params = { path: { dashboard_id: dashboard } };
      const present = bodyOf(await client.GET('/v1/dashboards/{dashboard_id}', { params }));
      const widgets = [...((present.config.widgets ?? []) as WidgetConfig[]), config];
      const body = { name: present.name, version: present.version, config: { ...present.config, widgets } };
      await client.PUT('/v1/dashboards/{dashboard_id}', { params, body: body as never });
      return present.name;
    },
    touches: ['widgets', 'dashboards', 'dashboard'],
    done: (name, { title }) => (name ? text.doneOn(title, name) : text.done(title)),
    failed: text.failed,
    onDone: props.close,
  });
}

export function SaveWidget(props: Props) {
  const [title, setTitle] = useState(props.widget.title);
  const [where, setWhere] = useState<string>(LIBRARY);
  const dashboards = useQuery(dashboardsQuery(useEnvironment())).data?.items ?? [];
  const save = useSaveWidget(props);
  const places = [
    { value: LIBRARY, label: text.library },
    ...dashboards.map(({ id, name }) => ({ value: id, label: name })),
  ];
  return (
    <Modal opened onClose={props.close} title={text.title} centered>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (title.trim()) save.mutate({ title: title.trim(), dashboard: where });
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={text.name}
            value={title}
            maxLength={128}
            required
            data-autofocus
            onChange={(event) => setTitle(event.currentTarget.value)}
          />
          <Select
            label={text.where}
            data={places}
            value={where}
            allowDeselect={false}
            searchable
            onChange={(value) => setWhere(value ?? LIBRARY)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={props.close}>
              {words.query.cancel}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {text.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
