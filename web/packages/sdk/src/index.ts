/** Emban from a Node backend: events, queries, dashboards, embed sessions, alerts, reports. */

export { type DeliveryPageOptions, Emban, type PageOptions, type SessionPageOptions } from './client.ts';
export {
  EmbanApiError,
  EmbanConnectionError,
  EmbanError,
  EventsDroppedError,
  type FieldProblem,
  type Unsent,
} from './errors.ts';
export type { CallOptions, ClientOptions } from './http.ts';
export type * from './rules.ts';
export { type OnError, Tracker, type TrackerOptions } from './tracker.ts';
export type * from './types.ts';
