import { startEasel } from '../../../cli/easel.ts';
import { loadConfig } from '../../../core/config.ts';
import { createLogger } from '../../../core/logger.ts';
import { reportLibraries } from './report-libraries.ts';

/** `easel slack` on the Redis of the environment, talking to the Slack of argv[3]; tells which shared libraries it loaded, and whether it could find the engine's. */
const [, , modelFolder = '', slackUrl = ''] = process.argv;

const easel = await startEasel(
  {
    config: loadConfig(process.env),
    modelFolder,
    logger: createLogger('warn'),
    endpoints: { slack: { endpoints: { apiUrl: `${slackUrl}/api/`, fileOrigins: [slackUrl] } } },
  },
  { web: false, work: false, bots: ['slack'] },
);
process.send?.({ kind: 'ready', queues: easel.queues });
reportLibraries();
