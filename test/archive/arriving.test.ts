/** An archive through a connection that also says other things: found, checked, and never taken for whole when it is not. */
import { gzipSync } from 'node:zlib';
import { array, assert, asyncProperty, integer, string, uint8Array } from 'fast-check';
import { pack } from 'tar-stream';
import { beforeAll, describe, expect, test } from 'vitest';
import { archiveIn, verified } from '../../src/archive/arriving.ts';

const MANIFEST = {
  coldflame: 1,
  host: { hostname: 'db1', kernel: '6.1', arch: 'x86_64', os: 'Debian', cpus: 2, memoryBytes: 1, disks: {} },
  versions: {},
  started: 1000,
  ended: 1030,
  window: 30,
  monotonic: 5,
  utcOffset: 0,
  zone: 'UTC',
  notes: [],
  runs: [
    {
      tool: 'vmstat',
      via: 'classic',
      command: 'vmstat 1',
      interval: 1,
      started: 0,
      ended: 1,
      status: 0,
      bytes: 9,
      cpu: 0,
      file: 'vmstat.txt',
      stderr: '',
      outcome: 'ok',
      reason: '',
    },
  ],
};

let tar: Buffer;
beforeAll(async () => {
  tar = await tarOf({ 'manifest.json': JSON.stringify(MANIFEST), 'vmstat.txt': 'procs\n'.repeat(500) });
});

async function tarOf(files: Record<string, string>): Promise<Buffer> {
  const archive = pack();
  for (const [name, text] of Object.entries(files)) archive.entry({ name }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The bytes as a stream of chunks of a size. */
async function* streamOf(bytes: Uint8Array, size = 1000): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** What of the stream is the archive, once it is verified. */
async function arrived(bytes: Uint8Array, size?: number): Promise<{ archive: Buffer; printed: string }> {
  const arriving = archiveIn(streamOf(bytes, size));
  const chunks: Uint8Array[] = [];
  async function* kept() {
    for await (const chunk of arriving.bytes) {
      chunks.push(chunk);
      yield chunk;
    }
  }
  await verified('db1', kept());
  return { archive: Buffer.concat(chunks), printed: arriving.printed() };
}

describe('behind a greeting', () => {
  test.each([
    ['nothing', ''],
    ['a banner', 'Welcome to db1\nLast login: today\n'],
    ['its own first word', 'manifest.json\0 is not here\n'],
  ])('%s', async (_, greeting) => {
    for (const whole of [tar, gzipSync(tar)]) {
      const { archive } = await arrived(Buffer.concat([Buffer.from(greeting), whole]), 7);
      expect(archive.equals(whole)).toBe(true);
    }
  });

  test('whatever it says, in chunks of whatever size', async () => {
    const greeting = array(string({ maxLength: 60 }), { maxLength: 20 });
    await assert(
      asyncProperty(greeting, integer({ min: 1, max: 4096 }), async (lines, size) => {
        const { archive } = await arrived(Buffer.concat([Buffer.from(lines.join('\n')), tar]), size);
        expect(archive.equals(tar)).toBe(true);
      }),
      { numRuns: 50 },
    );
  });

  test('the first line of it is kept, to be told where no archive follows', () => {
    const arriving = archiveIn(streamOf(Buffer.from('\n\n  This account is currently not available.\nBye\n')));
    return (async () => {
      for await (const _ of arriving.bytes);
      expect([arriving.found(), arriving.printed()]).toEqual([false, 'This account is currently not available.']);
    })();
  });

  test('is no endless one', async () => {
    let read = 0;
    async function* endless() {
      for (;;) {
        read += 65_536;
        yield Buffer.alloc(65_536, 'y\n');
      }
    }
    const arriving = archiveIn(endless());
    for await (const _ of arriving.bytes);
    expect(arriving.found()).toBe(false);
    expect(read).toBeLessThan(2 * 2 ** 20);
  });
});

describe('what is not whole is refused', () => {
  test('cut anywhere', async () => {
    await assert(
      asyncProperty(integer({ min: 1, max: tar.length - 1 }), async (length) => {
        await expect(arrived(tar.subarray(0, length))).rejects.toThrow(/damaged|cut short|no archive|not JSON|empty/i);
      }),
      { numRuns: 100, seed: 17 },
    );
  });

  test('with any byte of a header changed', async () => {
    const [SUM, END] = [148, 156];
    const sumIn = (bytes: Buffer) =>
      Number.parseInt(bytes.toString('latin1', SUM, END).replaceAll('\0', ' ').trimStart(), 8);
    await assert(
      asyncProperty(integer({ min: 0, max: 511 }), uint8Array({ minLength: 1, maxLength: 1 }), async (at, [byte]) => {
        const changed = Buffer.from(tar);
        changed[at] = byte as number;
        const outcome = await arrived(changed).then(
          ({ archive }) => archive.equals(tar),
          () => 'refused',
        );
        // The same byte again changes nothing. The checksum may be the same number with other zeros before it, or another end.
        if (changed.equals(tar)) expect(outcome).toBe(true);
        else if (at < SUM || at >= END || sumIn(changed) !== sumIn(tar)) expect(outcome).toBe('refused');
      }),
      { numRuns: 2000, seed: 17 },
    );
  });

  test('without a file that its manifest names', async () => {
    await expect(arrived(await tarOf({ 'manifest.json': JSON.stringify(MANIFEST) }))).rejects.toThrow(
      'db1: the archive lacks vmstat.txt, which its manifest names',
    );
  });
});
