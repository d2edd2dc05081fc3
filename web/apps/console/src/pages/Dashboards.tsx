/** All dashboards of the environment. */

import { Anchor, Badge, Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { PageHead } from '../parts/PageHead.tsx';
import { Empty, Loaded } from '../parts/States.tsx';
import { When } from '../parts/When.tsx';
import { type DashboardItem, dashboardsQuery, useEnvironmentQuery } from '../queries.ts';
import { useCan } from '../session.ts';
import { MakeDashboard } from './home/actions.tsx';

export function Status({ item }: { item: Pick<DashboardItem, 'status' | 'has_unpublished_changes'> }) {
  const published = item.status === 'published';
  return (
    <>
      <Badge variant="dot" color={published ? 'teal' : 'gray'} tt="none" fw={600}>
        {published ? 'Published' : 'Draft'}
      </Badge>
      {published && item.has_unpublished_changes && (
        <Badge variant="dot" color="orange" tt="none" fw={400} ml={6}>
          Unpublished changes
        </Badge>
      )}
    </>
  );
}

function DashboardRow({ item }: { item: DashboardItem }) {
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={`/dashboards/${item.id}`} fw={600}>
          {item.name}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <Status item={item} />
      </Table.Td>
      <Table.Td>
        <When at={item.updated_at} />
      </Table.Td>
      <Table.Td>
        <When at={item.published_at} />
      </Table.Td>
    </Table.Tr>
  );
}

function DashboardTable({ items }: { items: readonly DashboardItem[] }) {
  return (
    <Table.ScrollContainer minWidth={520}>
      <Table className="list-table" verticalSpacing="sm" highlightOnHover>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            <Table.Th>Status</Table.Th>
            <Table.Th>Changed</Table.Th>
            <Table.Th>Published</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {items.map((item) => (
            <DashboardRow key={item.id} item={item} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

export function Dashboards() {
  const query = useEnvironmentQuery(dashboardsQuery);
  const editor = useCan('editor');
  const make = editor ? <MakeDashboard /> : null;
  return (
    <div className="page">
      <PageHead
        title="Dashboards"
        about="Each one is designed once and shown to every customer with only their own data."
      >
        {make}
      </PageHead>
      <div className="panel">
        <Loaded query={query}>
          {({ items }) =>
            items.length ? (
              <DashboardTable items={items} />
            ) : (
              <Empty title="No dashboards yet" action={make}>
                {editor
                  ? 'Have one made from the events that arrived: figures, trends, breakdowns and a table.'
                  : 'None is published yet. Ask an admin of your org.'}
              </Empty>
            )
          }
        </Loaded>
      </div>
    </div>
  );
}
