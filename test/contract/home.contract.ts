import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe } from 'vitest';
import type { StartedHome, TestHome } from '../support/homes.ts';
import { whereFound } from '../support/servers/find-program.ts';
import { describeDocuments } from './documents.contract.ts';
import { describeEphemeral } from './ephemeral.contract.ts';
import { describeInbox } from './inbox.contract.ts';
import { describeJobs } from './jobs.contract.ts';

/** Documents, Inbox, Ephemeral and Jobs of one home, each under its contract. */
export function describeHome(home: TestHome): void {
  describe(`on ${home.name}`, whereFound(home.found), () => {
    let started: StartedHome;
    beforeAll(async () => {
      started = await home.start();
    }, 180_000);
    afterAll(() => started.stop());

    describeDocuments(
      home.name,
      async () => {
        const { one, other, close } = await started.openTwo();
        return { documents: one.documents, reopen: () => Promise.resolve(other.documents), close };
      },
      { isDurable: true },
    );
    describeInbox(home.name, async () => {
      const { one, other, close } = await started.openTwo();
      return { inbox: one.inbox, other: other.inbox, close };
    });
    describeEphemeral(home.name, async () => {
      const { one, other, close } = await started.openTwo();
      return { ephemeral: one.ephemeral, other: other.ephemeral, elapse: (ms) => wait(ms), close };
    });
    describeJobs(home.name, async () => {
      const { one, other, close } = await started.openTwo();
      return { jobs: one.jobs, other: other.jobs, close };
    });
  });
}
