/** Whatever ends a run, at whatever moment: nothing of it lives five seconds later, nothing of it is left on disk. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { becomes, fake, later, leftOvers, openArchive, SHELLS, start, survivors, type Trial } from './collecting.ts';

/** A tool of each kind: one that ends, one that is told to, one that does not listen, one that leaves a record. */
const CREW = [
  fake('ends', 'echo begun; sleep 1; echo ended'),
  fake('waits', 'echo begun; while :; do sleep 0.1; done', { ends: false }),
  fake('deaf', "trap '' INT TERM HUP; echo begun; while :; do sleep 1; done"),
  fake('record', '', {
    command: ['sh', '-c', 'echo raw >"$1"; sleep 1', 'sh', '{data}'],
    after: ['sh', '-c', 'cat "$1"; sleep 0.5', 'sh', '{data}'],
  }),
];
/** From the first line of the script to the packing of the archive. */
const MOMENTS = [0, 30, 60, 100, 300, 700, 1100, 1500, 2000, 2500];

function isGone({ folder }: Trial): boolean {
  return survivors(folder).length === 0 && leftOvers(folder).length === 0;
}

/** Whether something is in a file of the run's own folder. */
function begun({ folder }: Trial, path: string): boolean {
  const own = readdirSync(join(folder, 'tmp')).find((name) => name.startsWith('coldflame.'));
  const file = join(folder, 'tmp', own ?? '', path);
  return own !== undefined && existsSync(file) && statSync(file).size > 0;
}

function wholeOrNone({ folder }: Trial): void {
  if (existsSync(join(folder, 'c.tar'))) expect(openArchive(join(folder, 'c.tar')).names[0]).toBe('manifest.json');
  expect(readdirSync(folder).filter((name) => !['c.tar', 'collect.sh', 'tmp'].includes(name))).toEqual([]);
}

async function endsWell(shell: readonly string[], signal: NodeJS.Signals, moment: number): Promise<void> {
  const trial = start(CREW, { seconds: 1 }, { shell });
  await later(moment);
  trial.child.kill(signal);
  await becomes(() => isGone(trial));
  expect(survivors(trial.folder)).toEqual([]);
  // Killed before its watchdog lived, it leaves an empty folder, which the next run removes.
  if (signal === 'SIGKILL' && !isGone(trial)) await start([fake('next', 'true')], {}, { folder: trial.folder }).ended;
  expect(leftOvers(trial.folder)).toEqual([]);
  wholeOrNone(trial);
}

const [first, ...others] = SHELLS;
const cases = [
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const).map((signal) => [signal, first ?? ['sh']] as const),
  ...others.map((shell) => ['SIGKILL', shell] as const),
];
test.each(cases)('%s at ten moments of a run, under %s', async (signal, shell) => {
  await Promise.all(MOMENTS.map((moment) => endsWell(shell, signal, moment)));
});

describe.concurrent('a run that is stopped', () => {
  test.concurrent('keeps what there is', async () => {
    const lasting = fake('ends', 'echo begun; sleep 20; echo ended');
    const trial = start([lasting, ...CREW.slice(1)], { seconds: 30 });
    await becomes(() =>
      ['out/ends.txt', 'out/waits.txt', 'out/deaf.txt', 'record.data'].every((path) => begun(trial, path)),
    );
    trial.child.kill('SIGINT');
    const { status, folder } = await trial.ended;
    expect(status).toBe(0);
    const { manifest, names, text, run } = openArchive(join(folder, 'c.tar'));
    expect(manifest.notes).toContainEqual(expect.stringMatching(/^stopped by INT, \d\.\d\d s after the start$/));
    for (const name of ['ends', 'waits', 'deaf']) expect(text(`${name}.txt`)).toBe('begun\n');
    // As text where there was time for it.
    expect(text(names.includes('record.txt') ? 'record.txt' : 'perf/record.data')).toBe('raw\n');
    expect([run('waits').outcome, run('deaf').outcome]).toEqual(['ok', 'cut']);
  });

  test.concurrent('twice keeps nothing', async () => {
    const trial = start(CREW, { seconds: 30 });
    await later(800);
    trial.child.kill('SIGINT');
    await later(700);
    trial.child.kill('SIGINT');
    const { status, stderr, folder } = await trial.ended;
    expect([status, existsSync(join(folder, 'c.tar'))]).toEqual([130, false]);
    expect(stderr).toContain('coldflame: stopped again: nothing is kept');
    expect(await becomes(() => isGone(trial))).toBe(true);
  });

  test.concurrent('by its whole process group, as a closing terminal does', async () => {
    const trial = start(CREW, { seconds: 30 });
    await later(800);
    process.kill(-(trial.child.pid as number), 'SIGKILL');
    expect(await becomes(() => isGone(trial))).toBe(true);
    wholeOrNone(trial);
  });

  test.concurrent('by the end of standard input, where somebody holds it', async () => {
    const trial = start(CREW, { seconds: 30, lifeline: true }, { stdin: true });
    await later(1000);
    trial.child.stdin?.end();
    const { status, folder } = await trial.ended;
    expect(status).toBe(0);
    const { notes } = openArchive(join(folder, 'c.tar')).manifest;
    expect(notes).toContainEqual(expect.stringMatching(/^whoever waited for the archive went away, [0-2]\.\d\d s/));
  });

  test.concurrent('does not disturb another', async () => {
    const hearing = CREW.filter(({ name }) => name !== 'deaf');
    const [one, other] = [start(hearing, { seconds: 3 }), start(hearing, { seconds: 3 })];
    await later(1000);
    one.child.kill('SIGKILL');
    expect(await becomes(() => isGone(one))).toBe(true);
    const { status, folder } = await other.ended;
    expect([status, openArchive(join(folder, 'c.tar')).text('ends.txt')]).toEqual([0, 'begun\nended\n']);
  });

  test.concurrent('when a record does not become text in time, the record itself is kept', async () => {
    const slow = fake('record', '', {
      command: ['sh', '-c', 'echo raw >"$1"', 'sh', '{data}'],
      after: ['sh', '-c', 'head -1 "$1"; sleep 60', 'sh', '{data}'],
    });
    const trial = start([slow], { seconds: 1 });
    await later(1800);
    trial.child.kill('SIGTERM');
    const { folder } = await trial.ended;
    const { names, run, text, manifest } = openArchive(join(folder, 'c.tar'));
    expect(names).toEqual(['manifest.json', 'perf/', 'perf/record.data']);
    expect(text('perf/record.data')).toBe('raw\n');
    expect(run('record')).toMatchObject({ outcome: 'ok', file: 'perf/record.data' });
    expect(manifest.notes).toContainEqual(
      expect.stringMatching(/^record: its recording was not converted to text here \(out of time/),
    );
  });
});
