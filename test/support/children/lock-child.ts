import { asAppError } from '../../../core/errors.ts';
import { lockHome } from '../../../queue/home/home-lock.ts';

/** Tries to lock the folder in argv[2] when told to, and keeps it. */
const [, , home = ''] = process.argv;

process.on('message', () => {
  lockHome(home).then(
    () => process.send?.({ kind: 'locked' }),
    (error: unknown) => {
      const { code, values } = asAppError(error);
      process.send?.({ kind: 'refused', code, values });
    },
  );
});
process.send?.({ kind: 'open' });
