import { type ApiKey, apiKeySchema } from '../../core/api-keys.ts';
import { AppError } from '../../core/errors.ts';

/** @throws AppError PAYLOAD_INVALID when this version cannot read what is stored. */
export function parseApiKey(json: string): ApiKey {
  try {
    return apiKeySchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new AppError('PAYLOAD_INVALID', {}, { cause, details: { stored: 'api key' } });
  }
}
