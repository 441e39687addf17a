import { buildClient } from '../../bots/web/build-client.ts';

/** Build the page once, before the test processes would each find that it is missing. */
export default async function setup(): Promise<void> {
  await buildClient();
}
