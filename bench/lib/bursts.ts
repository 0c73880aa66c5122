/** Bursts of what tools see, at times that are written down: seconds of the monotonic clock, before and after each. */
import { type ChildProcessByStdio, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, closeSync, constants, fsyncSync, openSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

export type BurstKind =
  | 'exec'
  | 'exit'
  | 'open'
  | 'stat'
  | 'fsync'
  | 'connect'
  | 'close'
  | 'kill'
  | 'log'
  | 'cpu'
  | 'faults';

export interface Truth {
  kind: BurstKind;
  /** On the monotonic clock. */
  from: number;
  to: number;
  /** What tells it apart: a word in a path, an argument or a message. */
  word: string;
  /** Of the process that did it; of `exit` the one that ended, of `kill` the one that was signalled. */
  pid: number;
  /** Of a connection: the port of the client. */
  port?: number;
}

export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const MEGABYTE = 2 ** 20;
/** What is written at once, and how often: as fast as it can a disk takes most of a burst in its first moment. */
const CHUNK = Buffer.alloc(MEGABYTE, 1);
const CHUNKS = 40;
const PACE_SECONDS = 0.0125;
/** Burns for a while whenever it reads a line, then prints one. A process that lives on is in every report of top and pidstat. */
const BURNER = `process.stdin.on('data', () => {
  for (const end = process.hrtime.bigint() + 700_000_000n; process.hrtime.bigint() < end; );
  process.stdout.write('done');
})`;

export class Bursts {
  readonly truths: Truth[] = [];
  /** Written before anything watches: the first write of a file reaches the disk later than it is made. */
  private readonly file: string;
  private readonly burner: ChildProcessByStdio<Writable, Readable, null>;
  private readonly folder: string;
  private count = 0;
  /** A fixed seed: the gaps are uneven, and the same in each run. */
  private seed = 20_261_201;

  constructor(folder: string) {
    this.folder = folder;
    this.file = join(folder, 'coldflame-burst');
    const file = openSync(this.file, 'w');
    for (let i = 0; i < CHUNKS; i++) writeSync(file, CHUNK);
    fsyncSync(file);
    closeSync(file);
    this.burner = spawn(process.execPath, ['-e', BURNER], { stdio: ['pipe', 'pipe', 'inherit'] });
  }

  /** Each round does everything once, at uneven distances. */
  async run(seconds: number): Promise<void> {
    const end = monotonic() + seconds;
    while (monotonic() < end) {
      this.count++;
      this.exec();
      this.open();
      this.stat();
      this.kill();
      this.log();
      await this.connection();
      await wait(0.3 + 0.5 * this.random());
      this.fsync();
      await wait(0.3 + 0.9 * this.random());
      await this.cpu();
      await wait(0.6 + 0.9 * this.random());
      this.faults();
    }
    this.burner.kill();
  }

  private random(): number {
    this.seed = (this.seed * 48_271) % 2_147_483_647;
    return this.seed / 2_147_483_647;
  }

  private told(kind: BurstKind, word: string, from: number, more: Partial<Truth> = {}): void {
    this.truths.push({ kind, word, from, to: monotonic(), pid: process.pid, ...more });
  }

  private word(kind: string): string {
    return `coldflame-burst-${process.pid}-${kind}-${this.count}`;
  }

  private exec(): void {
    const word = this.word('exec');
    const from = monotonic();
    const { pid } = spawnSync('/bin/true', [word]);
    this.told('exec', word, from, { pid });
    this.told('exit', word, from, { pid });
  }

  private open(): void {
    const [word, from] = [this.word('open'), monotonic()];
    const path = join(this.folder, word);
    closeSync(openSync(path, 'w'));
    this.told('open', word, from);
    unlinkSync(path);
  }

  private stat(): void {
    const [word, from] = [this.word('stat'), monotonic()];
    statSync(join(this.folder, word), { throwIfNoEntry: false });
    this.told('stat', word, from);
  }

  private kill(): void {
    const from = monotonic();
    process.kill(process.pid, 'SIGCONT');
    this.told('kill', '', from);
  }

  private log(): void {
    const [word, from] = [this.word('log'), monotonic()];
    try {
      appendFileSync('/dev/kmsg', `${word}\n`);
      this.told('log', word, from);
    } catch {}
  }

  /** 64 MB over loopback, so that the counters of the interface tell as well. */
  private async connection(): Promise<void> {
    const server = createServer((socket) => socket.resume());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const from = monotonic();
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
    await new Promise<void>((resolve) => client.once('connect', resolve));
    const port = client.localPort as number;
    this.told('connect', '', from, { port });
    const closing = monotonic();
    client.end(Buffer.alloc(64 * MEGABYTE));
    await new Promise<void>((resolve) => client.once('close', resolve));
    this.told('close', '', closing, { port });
    server.close();
  }

  /** Writes to the disk, each waited for, over half a second: a file that is there already is written again. */
  private fsync(): void {
    const file = openSync(this.file, constants.O_WRONLY | constants.O_DSYNC);
    const from = monotonic();
    for (let i = 0; i < CHUNKS; i++) {
      while (monotonic() < from + i * PACE_SECONDS);
      writeSync(file, CHUNK, 0, CHUNK.length, i * CHUNK.length);
    }
    this.told('fsync', '', from);
    closeSync(file);
  }

  private async cpu(): Promise<void> {
    const from = monotonic();
    this.burner.stdin.write('\n');
    await once(this.burner.stdout, 'data');
    this.told('cpu', '', from, { pid: this.burner.pid as number });
  }

  /** A page fault for each 4 KiB of new memory. */
  private faults(): void {
    const from = monotonic();
    Buffer.alloc(256 * MEGABYTE).fill(1);
    this.told('faults', '', from);
  }
}
