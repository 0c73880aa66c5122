/** A thread that reads captures for `fleet`, one after the other, and hands on what the page keeps of each. */
import { parentPort } from 'node:worker_threads';
import { digestOf } from '../fleet/digest.ts';
import type { FleetReading, FleetReply } from './fleet.ts';
import { takeLimits } from './limits.ts';
import { readCapture } from './read.ts';

takeLimits();

parentPort?.on('message', async ({ path, mask, symbols }: FleetReading) => {
  parentPort?.postMessage(await replyTo({ path, mask, symbols }));
});

async function replyTo({ path, mask, symbols }: FleetReading): Promise<FleetReply> {
  try {
    return { digest: digestOf(path, await readCapture([path], { samples: true, mask, symbols })), fault: null };
  } catch (error) {
    return { digest: null, fault: (error as Error).message };
  }
}
