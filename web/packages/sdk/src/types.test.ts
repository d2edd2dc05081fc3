/** The hand-written shapes are those of the API's OpenAPI document. `tsc` is what checks it; at run time nothing is left to do. */

import type { components } from '@emban/api/openapi';
import { expectTypeOf, it } from 'vitest';
import type { Alert, AlertEvent, AlertPreview, AlertTest, NewAlert, NewReport, Report, ReportRun } from './rules.ts';
import type {
  BaseFigure,
  Dashboard,
  DashboardSummary,
  Delivery,
  EmbedSession,
  EventProblem,
  EventsAnswer,
  Figure,
  Meta,
  MintedSession,
  NewEmbedSession,
  Page,
  Point,
  Query,
  TableAnswer,
  WebhookSecret,
} from './types.ts';

type Api = components['schemas'];
/** Without `readonly`, at every depth: the generated types do not have it. */
type Loose<T> = T extends object ? { -readonly [K in keyof T]: Loose<T[K]> } : T;

it('sends what the API takes', () => {
  expectTypeOf<Loose<NewEmbedSession>>().toExtend<Api['MintBody']>();
  expectTypeOf<Loose<NewAlert>>().toExtend<Api['AlertBody']>();
  expectTypeOf<keyof NewAlert>().toEqualTypeOf<keyof Api['AlertBody']>();
  expectTypeOf<Loose<NewReport>>().toExtend<Api['ReportBody']>();
  expectTypeOf<keyof NewReport>().toEqualTypeOf<keyof Api['ReportBody']>();
  expectTypeOf<keyof NewEmbedSession>().toEqualTypeOf<keyof Api['MintBody']>();
  expectTypeOf<keyof Query>().toEqualTypeOf<keyof Api['QueryIn']>();
  expectTypeOf<NonNullable<Query['metric']>>().toEqualTypeOf<NonNullable<Api['QueryIn']['metric']>>();
  expectTypeOf<NonNullable<Query['granularity']>>().toEqualTypeOf<NonNullable<Api['QueryIn']['granularity']>>();
  expectTypeOf<NonNullable<Query['period']>>().toEqualTypeOf<NonNullable<Api['QueryIn']['period']>>();
  expectTypeOf<NonNullable<Query['compare']>>().toEqualTypeOf<NonNullable<Api['QueryIn']['compare']>>();
  expectTypeOf<keyof BaseFigure>().toEqualTypeOf<keyof Api['BaseFigureIn']>();
  expectTypeOf<keyof Figure>().toEqualTypeOf<keyof Api['FigureIn']>();
  expectTypeOf<keyof Figure>().toEqualTypeOf<Exclude<keyof Api['ColumnIn'], 'name'>>();
  expectTypeOf<NonNullable<Query['order']>>().toEqualTypeOf<NonNullable<Api['QueryIn']['order']>>();
});

it('reads what the API answers', () => {
  expectTypeOf<Required<Api['EventErrorOut']>>().toEqualTypeOf<Loose<EventProblem>>();
  expectTypeOf<keyof EventsAnswer>().toEqualTypeOf<keyof Api['EventsOut']>();
  expectTypeOf<Api['MintedOut']>().toEqualTypeOf<Loose<MintedSession>>();
  expectTypeOf<keyof EmbedSession>().toEqualTypeOf<keyof Api['MintedSessionOut']>();
  expectTypeOf<Loose<DashboardSummary>>().toEqualTypeOf<Api['DashboardItem']>();
  expectTypeOf<Api['DashboardOut']>().toExtend<Dashboard>();
  expectTypeOf<Api['DashboardPage']>().toExtend<Page<DashboardSummary>>();
  expectTypeOf<Api['AlertOut']>().toEqualTypeOf<Loose<Alert>>();
  expectTypeOf<Api['AlertEventOut']>().toEqualTypeOf<Loose<AlertEvent>>();
  expectTypeOf<Api['AlertPreviewOut']>().toEqualTypeOf<Loose<AlertPreview>>();
  expectTypeOf<Api['AlertTestOut']>().toEqualTypeOf<Loose<AlertTest>>();
  expectTypeOf<Api['ReportOut']>().toEqualTypeOf<Loose<Report>>();
  expectTypeOf<Api['ReportRunOut']>().toEqualTypeOf<Loose<ReportRun>>();
  expectTypeOf<Api['DeliveryOut']>().toEqualTypeOf<Loose<Delivery>>();
  expectTypeOf<Api['DeliveryPage']>().toExtend<Page<Delivery>>();
  expectTypeOf<Api['WebhookSecretOut']>().toEqualTypeOf<Loose<WebhookSecret>>();
  expectTypeOf<keyof Point>().toEqualTypeOf<keyof Api['PointOut']>();
  expectTypeOf<Meta['path']>().toEqualTypeOf<string>();
  expectTypeOf<Meta['granularity']>().toEqualTypeOf<Api['MetaOut']['granularity']>();
  expectTypeOf<Meta['compare']>().toEqualTypeOf<Api['MetaOut']['compare']>();
  expectTypeOf<keyof Meta>().toEqualTypeOf<keyof Api['MetaOut']>();
  expectTypeOf<Api['TableOut']['rows']>().toExtend<TableAnswer['rows']>();
});
