import { AppError, isAppError } from '../core/errors.ts';

/** Run a store's operation; whatever its driver throws becomes STORE_UNAVAILABLE. */
export async function orUnavailable<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (cause) {
    throw isAppError(cause) ? cause : new AppError('STORE_UNAVAILABLE', {}, { cause });
  }
}
