/** Bursts of what tools see, at times that are written down: seconds of the monotonic clock, before and after each. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  constants,
  fsyncSync,
  openSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';

export type BurstKind = 'exec' | 'exit' | 'open' | 'stat' | 'fsync' | 'connect' | 'close' | 'kill' | 'log' | 'cpu';

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

export class Bursts {
  readonly truths: Truth[] = [];
  private readonly folder: string;
  private count = 0;
  /** A fixed seed: the gaps are uneven, and the same in each run. */
  private seed = 20_261_201;

  constructor(folder: string) {
    this.folder = folder;
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
      this.cpu();
      await wait(0.6 + 0.9 * this.random());
    }
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
    const word = this.word('fsync');
    const path = join(this.folder, word);
    const chunk = Buffer.alloc(256 * 1024, 1);
    writeFileSync(path, Buffer.alloc(64 * chunk.length));
    const file = openSync(path, constants.O_WRONLY | constants.O_DSYNC);
    fsyncSync(file);
    const from = monotonic();
    for (let i = 0; monotonic() < from + 0.5; i++) writeSync(file, chunk, 0, chunk.length, (i % 64) * chunk.length);
    this.told('fsync', word, from);
    closeSync(file);
    unlinkSync(path);
  }

  /** A process of its own, so that whatever is seen of it is of the burst. */
  private cpu(): void {
    const from = monotonic();
    const { pid } = spawnSync('sh', ['-c', 'while :; do :; done'], { timeout: 700 });
    this.told('cpu', '', from, { pid });
  }
}
