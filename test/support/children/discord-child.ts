import { startEasel } from '../../../cli/easel.ts';
import { loadConfig } from '../../../core/config.ts';
import { createLogger } from '../../../core/logger.ts';
import { reportLibraries } from './report-libraries.ts';

/** `easel discord` on the Redis of the environment, talking to the Discord of argv[3]; tells which shared libraries it loaded, and whether it could find the engine's. */
const [, , modelFolder = '', discordUrl = ''] = process.argv;

const easel = await startEasel(
  {
    config: loadConfig(process.env),
    modelFolder,
    logger: createLogger('warn'),
    endpoints: { discord: { apiUrl: `${discordUrl}/api`, attachmentOrigins: [discordUrl] } },
  },
  { web: false, work: false, bots: ['discord'] },
);
process.send?.({ kind: 'ready', queues: easel.queues });
reportLibraries();
