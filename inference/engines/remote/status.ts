import type { InferenceError } from '../../errors.ts';
import type { Answer, RemoteClient } from './client.ts';

/** What an HTTP status means where the server's own codes say nothing more. A 500, 502 or 504 may come after the work was done
 * and charged; 429 and 503 say that it was not begun. */
export function failureOfStatus(client: RemoteClient, answer: Answer): InferenceError {
  switch (answer.status) {
    case 401:
    case 403:
      return client.failure('ENGINE_MISCONFIGURED', 'key', answer);
    case 402:
      return client.failure('ENGINE_QUOTA', 'status', answer);
    case 404:
    case 405:
      return client.failure('ENGINE_MISCONFIGURED', 'model', answer);
    case 429:
      return client.failure('ENGINE_BUSY', 'status', answer);
    case 503:
      return client.failure('ENGINE_UNAVAILABLE', 'status', answer);
  }
  if (answer.status >= 300 && answer.status < 400) return client.failure('ENGINE_MISCONFIGURED', 'redirect', answer);
  return client.failure('ENGINE_FAILED', answer.status < 500 ? 'request' : 'status', answer);
}
