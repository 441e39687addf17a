import type { MetricHelp } from '../shared/metrics.ts';

/** Every metric of the HTTP API. */
export const API_METRICS = {
  easel_api_requests_total: 'Requests to the HTTP API by method, route and status.',
  easel_api_accepted_total: 'Requests for pictures that were accepted, by mode.',
} as const satisfies MetricHelp;
