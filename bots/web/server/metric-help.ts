import type { MetricHelp } from '../../shared/metrics.ts';

/** Every metric of the web server. */
export const WEB_METRICS = {
  easel_http_requests_total: 'HTTP requests by method, route and status.',
  easel_http_request_seconds: 'Time until the response began, by route.',
  easel_web_event_streams: 'Open event streams.',
  easel_web_messages_total: 'Messages accepted.',
  easel_web_images_total: 'Images received, by whether they could be used.',
} as const satisfies MetricHelp;
