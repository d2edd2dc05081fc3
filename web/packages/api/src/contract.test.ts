/** The hand-written shapes are those of the API's OpenAPI document. `tsc` is what checks it; at run time nothing is left to do. */

import { expectTypeOf, it } from 'vitest';
import type {
  AnswerWindow,
  Column,
  Compare,
  DataAnswer,
  DataFilters,
  DataRequest,
  DrillAnswer,
  DrillRequest,
  EmbedConfig,
  ExportRequest,
  FailedAnswer,
  FigureTitle,
  FilterDimension,
  Layout,
  Meta,
  NumericRange,
  Period,
  Point,
  PointsAnswer,
  QueryShape,
  TableAnswer,
  Widget,
} from './contract.ts';
import type { components } from './generated/openapi.ts';

type Api = components['schemas'];
type ApiConfig = Api['EmbedConfigOut'];
/** Without `readonly`, at every depth: the generated types do not have it. */
type Loose<T> = T extends object ? { -readonly [K in keyof T]: Loose<T[K]> } : T;

it('reads what the API answers', () => {
  expectTypeOf<ApiConfig>().toExtend<EmbedConfig>();
  expectTypeOf<Api['PageWidgetOut']>().toExtend<Widget>();
  expectTypeOf<Api['PointOut']>().toExtend<Point>();
  expectTypeOf<Omit<Api['MetaOut'], 'window' | 'previous_window'>>().toExtend<
    Omit<Meta, 'window' | 'previous_window'>
  >();
  expectTypeOf<Api['SeriesOut']>().toEqualTypeOf<Loose<FigureTitle>>();
  expectTypeOf<Api['PointsOut']['points']>().toExtend<PointsAnswer['points']>();
  expectTypeOf<Api['TableOut']['rows']>().toExtend<TableAnswer['rows']>();
  expectTypeOf<Api['TableOut']['columns']>().toExtend<TableAnswer['columns']>();
  expectTypeOf<Omit<Api['DetailOut'], 'meta'>>().toExtend<Omit<DrillAnswer, 'meta'>>();
  expectTypeOf<Api['WidgetFailureOut']>().toEqualTypeOf<Loose<FailedAnswer>>();
  expectTypeOf<keyof Api['DataOut']>().toEqualTypeOf<keyof DataAnswer>();
});

it('names nothing that the API does not have', () => {
  expectTypeOf<keyof EmbedConfig>().toExtend<keyof ApiConfig>();
  expectTypeOf<keyof EmbedConfig['dashboard']>().toExtend<keyof ApiConfig['dashboard']>();
  expectTypeOf<keyof EmbedConfig['filters']>().toExtend<keyof ApiConfig['filters']>();
  expectTypeOf<keyof EmbedConfig['permissions']>().toExtend<keyof ApiConfig['permissions']>();
  expectTypeOf<keyof EmbedConfig['session']>().toExtend<keyof ApiConfig['session']>();
  expectTypeOf<keyof FilterDimension>().toExtend<keyof ApiConfig['filters']['dimensions'][number]>();
  expectTypeOf<keyof Widget>().toExtend<keyof Api['PageWidgetOut']>();
  expectTypeOf<keyof QueryShape>().toEqualTypeOf<keyof Api['QueryShapeOut']>();
  expectTypeOf<keyof Layout>().toEqualTypeOf<keyof Api['WidgetLayout']>();
  // Local times may be missing from an older server's description.
  expectTypeOf<keyof Point>().toEqualTypeOf<keyof Api['PointOut'] | 'local'>();
  expectTypeOf<keyof AnswerWindow>().toExtend<keyof Api['MetaOut']['window'] | 'local_from' | 'local_to'>();
  expectTypeOf<keyof Meta>().toExtend<keyof Api['MetaOut']>();
  expectTypeOf<keyof Column>().toExtend<keyof Api['TableColumnOut'] | 'unit'>();
  expectTypeOf<keyof DrillAnswer>().toExtend<keyof Api['DetailOut']>();
});

it('sends what the API takes', () => {
  expectTypeOf<Loose<DataRequest>>().toExtend<Api['ViewBody']>();
  expectTypeOf<keyof DataRequest>().toExtend<keyof Api['ViewBody']>();
  expectTypeOf<Loose<DrillRequest>>().toExtend<Api['DrillBody']>();
  expectTypeOf<keyof DrillRequest>().toExtend<keyof Api['DrillBody']>();
  expectTypeOf<Loose<ExportRequest>>().toExtend<Api['EmbedExportBody']>();
  expectTypeOf<keyof ExportRequest>().toExtend<keyof Api['EmbedExportBody']>();
  expectTypeOf<Loose<DataFilters>>().toExtend<Api['FiltersIn']>();
  expectTypeOf<NumericRange>().toExtend<Api['NumericRangeIn']>();
});

it('has one list of periods and of comparisons for every request', () => {
  expectTypeOf<Period>().toEqualTypeOf<NonNullable<Api['ViewBody']['period']>>();
  expectTypeOf<Period>().toEqualTypeOf<NonNullable<Api['DrillBody']['period']>>();
  expectTypeOf<Period>().toEqualTypeOf<NonNullable<Api['QueryIn']['period']>>();
  expectTypeOf<Compare>().toEqualTypeOf<NonNullable<Api['MetaOut']['compare']>>();
});
