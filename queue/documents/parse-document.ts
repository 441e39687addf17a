import { type Conversation, conversationSchema } from '../../core/domain.ts';
import { AppError } from '../../core/errors.ts';

/** @throws AppError PAYLOAD_INVALID when this version cannot read what is stored. */
export function parseDocument(json: string): Conversation {
  try {
    return conversationSchema.parse(JSON.parse(json));
  } catch (cause) {
    throw new AppError('PAYLOAD_INVALID', {}, { cause, details: { stored: 'conversation' } });
  }
}
