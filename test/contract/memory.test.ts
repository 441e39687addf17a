import { createRuleInterpreter } from '../../core/intent-rules.ts';
import { createTexts } from '../../core/texts/catalogue.ts';
import { en } from '../../core/texts/en.ts';
import { createMemoryBlobs } from '../support/fakes/blobs.ts';
import { createManualClock } from '../support/fakes/clock.ts';
import { createMemoryDocuments } from '../support/fakes/documents.ts';
import { createMemoryEphemeral } from '../support/fakes/ephemeral.ts';
import { createMemoryInbox } from '../support/fakes/inbox.ts';
import { createMemoryJobs } from '../support/fakes/jobs.ts';
import { describeBlobs } from './blobs.contract.ts';
import { describeDocuments } from './documents.contract.ts';
import { describeEphemeral } from './ephemeral.contract.ts';
import { describeInbox } from './inbox.contract.ts';
import { describeInterpreter } from './interpreter.contract.ts';
import { describeJobs } from './jobs.contract.ts';

const close = () => Promise.resolve();

describeDocuments('memory', () => Promise.resolve({ documents: createMemoryDocuments(), close }), { isDurable: false });
describeInbox('memory', () => {
  const inbox = createMemoryInbox();
  return Promise.resolve({ inbox, other: inbox, close });
});
describeBlobs('memory', () => Promise.resolve({ blobs: createMemoryBlobs(), close }), { isDurable: false });
describeJobs('memory', () => Promise.resolve({ jobs: createMemoryJobs(), close }));
describeEphemeral('memory', () => {
  const clock = createManualClock();
  const elapse = (ms: number) => Promise.resolve(clock.advance(ms));
  return Promise.resolve({ ephemeral: createMemoryEphemeral(clock), elapse, close });
});
describeInterpreter('rules', () =>
  Promise.resolve({ interpreter: createRuleInterpreter({ texts: createTexts(en, 'en') }), close }),
);
