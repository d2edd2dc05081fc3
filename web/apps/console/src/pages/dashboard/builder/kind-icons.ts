/** A picture for each kind of widget. */

import {
  IconChartBar,
  IconChartLine,
  IconHeading,
  IconNumber123,
  IconTable,
  IconTextCaption,
} from '@tabler/icons-react';
import type { ComponentType } from 'react';
import type { Kind } from './core/doc.ts';

export const KIND_ICONS: Readonly<Record<Kind, ComponentType<{ size?: number; 'aria-hidden'?: boolean }>>> = {
  kpi: IconNumber123,
  timeseries: IconChartLine,
  breakdown: IconChartBar,
  table: IconTable,
  text: IconTextCaption,
  heading: IconHeading,
};
