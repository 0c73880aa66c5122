/** Captures of several hosts in one call, one folder or one archive: none is ever merged with another. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCaptures } from '../../src/commands/read.ts';
import { hostOf } from '../../src/datasets/capture.ts';

const PROGRAM = resolve(import.meta.dirname, '../../dist/coldflame.js');
const FREE = `               total        used        free      shared  buff/cache   available
Mem:           15884       12778         176          88        2929        2061
`;

function manifest(hostname: string, file = 'free.txt'): string {
  const runs = [{ tool: 'free', via: 'classic', command: 'free -m', outcome: 'ok', file }];
  return JSON.stringify({
    coldflame: 1,
    host: { hostname },
    started: 1e9,
    ended: 1e9 + 30,
    utcOffset: 0,
    runs,
    notes: [],
  });
}

function iostat(host: string): string {
  return `Linux 5.14.0 (${host}) \t10/09/2023 \t_x86_64_\t(4 CPU)\n\nDevice             tps    kB_read/s    kB_wrtn/s    kB_read    kB_wrtn\nsda              84.73      2598.18      3146.18    3162109    3829060\n`;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-hosts-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function tarOf(name: string, files: readonly (readonly [name: string, text: string])[]): Promise<string> {
  const archive = pack();
  for (const [inside, text] of files) archive.entry({ name: inside }, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return put(name, Buffer.concat(chunks));
}

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** `db1: free.txt`: whose each capture is, and its files. */
async function read(...paths: string[]): Promise<string[]> {
  const captures = await readCaptures(paths, { samples: false });
  return captures.map(
    (capture) => `${hostOf(capture)?.hostname}: ${capture.sources.map(({ name }) => name).join(', ')}`,
  );
}

function run(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [PROGRAM, ...words], {
    encoding: 'utf8',
    cwd: folder,
  });
  return { status, out: stdout, err: stderr };
}

describe('a capture for each host', () => {
  test('of loose files, each called after its own first file; of one file after that', async () => {
    const loose = ['a', 'b', 'c'].map((name) => put(`${name}.txt`, iostat(name === 'a' ? 'db1' : 'db2')));
    const both = put('both.txt', `${iostat('db1')}\n${iostat('db2')}`);
    const names = async (...paths: string[]) =>
      (await readCaptures(paths, { samples: false })).map(({ name }) => name.replace(`${folder}/`, ''));
    expect(await names(...loose)).toEqual(['a.txt', 'b.txt']);
    expect(await names(both)).toEqual(['both.txt', 'both.txt']);
  });
  test('two folders in one archive, the manifest first or last', async () => {
    const files = (host: string) =>
      [
        [`${host}/manifest.json`, manifest(host)],
        [`${host}/free.txt`, FREE],
      ] as const;
    const sorted = await tarOf('two.tar', [...files('db1'), ...files('web2')]);
    expect(await read(sorted)).toEqual(['db1: free.txt', 'web2: free.txt']);
    const late = await tarOf('late.tar', [...files('db1').toReversed(), ...files('web2').toReversed()]);
    expect(await read(late)).toEqual(['db1: free.txt', 'web2: free.txt']);
  });

  test('two archives, a folder of two, and an archive of two', async () => {
    const one = await tarOf('db1.tar', [
      ['manifest.json', manifest('db1')],
      ['free.txt', FREE],
    ]);
    const two = await tarOf('web2.tar', [
      ['manifest.json', manifest('web2')],
      ['free.txt', FREE],
    ]);
    expect(await read(one, two)).toEqual(['db1: free.txt', 'web2: free.txt']);
    const place = join(folder, 'both');
    mkdirSync(place);
    for (const path of [one, two]) writeFileSync(join(place, path.split('/').at(-1) as string), readFileSync(path));
    expect(await read(place)).toEqual(['db1: free.txt', 'web2: free.txt']);
  });

  test('reports of our own in one folder, and one beside its capture', async () => {
    const place = join(folder, 'reports');
    mkdirSync(place);
    for (const host of ['db1', 'web2'])
      run('analyze', put(`${host}.txt`, iostat(host)), '-o', join(place, `${host}.html`));
    expect(await read(place)).toEqual(['db1: db1.txt', 'web2: web2.txt']);
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    for (const [name, text] of [
      ['manifest.json', manifest('db1')],
      ['free.txt', FREE],
      ['capture.html', readFileSync(join(place, 'web2.html'), 'utf8')],
    ] as const)
      writeFileSync(join(kept, name), text);
    expect(await read(kept)).toEqual(['db1: free.txt']);
  });

  test('what is left aside beside the files of two hosts is still counted', async () => {
    const place = join(folder, 'aside');
    mkdirSync(place);
    for (const [name, text] of [
      ['a.txt', iostat('db1')],
      ['b.txt', iostat('web2')],
      ['main.rs', 'fn main() {}\n'],
    ] as const)
      writeFileSync(join(place, name), text);
    const captures = await readCaptures([place], { samples: false });
    expect(captures.map(({ host, aside }) => [host?.hostname, aside])).toEqual([
      ['db1', ['main.rs']],
      ['web2', undefined],
    ]);
  });

  test('loose files that name their host, and one file that names two', async () => {
    expect(await read(put('a.txt', iostat('db1.example.com')), put('b.txt', iostat('web2')))).toEqual([
      'db1.example.com: a.txt',
      'web2: b.txt',
    ]);
    const sadf = (host: string) => `# hostname;interval;timestamp;tps\n${host};600;2023-10-09 00:10:01 UTC;1.00\n`;
    expect(await read(put('c.csv', sadf('db1')), put('d.csv', sadf('web2')))).toEqual(['db1: c.csv', 'web2: d.csv']);
    const paste = put('paste.txt', `[root@db1 ~]# free -m\n${FREE}[root@web2 ~]# free -m\n${FREE}`);
    expect(await read(paste)).toEqual(['db1: paste.txt: free -m', 'web2: paste.txt: free -m']);
    expect(await read(put('same.txt', `[root@db1 ~]# iostat\n${iostat('db1.example.com')}`))).toHaveLength(1);
  });

  test('a loose file beside one capture is of that, on its clock', async () => {
    const one = await tarOf('one.tar', [
      ['manifest.json', manifest('db1')],
      ['free.txt', FREE],
    ]);
    const loose = put('top.txt', ' 01:46:50 up 120 days,  3:04,  4 users,  load average: 25.10, 20.20, 12.30\n');
    for (const paths of [
      [one, loose],
      [loose, one],
    ]) {
      const [capture, ...others] = await readCaptures(paths, { samples: false });
      expect(others).toEqual([]);
      const uptime = capture?.datasets.find(({ tool }) => tool === 'uptime');
      // 01:46:40 UTC is when it started.
      expect(uptime?.shape === 'series' && uptime.metrics[0]?.at).toEqual(Float64Array.of(10));
    }
  });
});

describe('analyze', () => {
  const files = () => ['db1', 'web2'].map((host) => put(`${host}-iostat.txt`, iostat(host)));

  test('compares two and names both', () => {
    const { status, out, err } = run('analyze', ...files(), '-o', 'both.html');
    expect(status).toBe(0);
    expect(err).toMatch(
      /^coldflame: 2 captures, not merged \(compared; a report each with -o DIR\/\): .*db1.*; .*web2/,
    );
    expect(out).toMatch(/^before +db1, .*\nafter +web2, /);
    expect(readFileSync(join(folder, 'both.html'), 'utf8')).toMatch(/<\/html>\s*$/);
  });

  test('writes a report each into a folder', () => {
    const { status, out } = run('analyze', ...files(), '-o', 'each/');
    expect(status).toBe(0);
    expect(out).toMatch(
      /: db1, 4 CPUs; no manifest\n(.*\n)*report +each\/db1\.html.*\n.*: web2, 4 CPUs; (.*\n)*report +each\/web2\.html/,
    );
    expect(existsSync(join(folder, 'each/web2.html'))).toBe(true);
  });

  test('asks for a folder where there are more', () => {
    const { status, err } = run('analyze', ...files(), put('c.txt', iostat('mail3')));
    expect(status).toBe(2);
    expect(err).toContain('-o DIR/ is needed for 3 captures');
  });

  test('prints one document for all, each source with its host', () => {
    const { status, out } = run('analyze', ...files(), '--json');
    expect(status).toBe(0);
    const { hosts, sources, findings } = JSON.parse(out);
    expect(hosts.map(({ hostname }: { hostname: string }) => hostname)).toEqual(['db1', 'web2']);
    expect(sources.map(({ host }: { host: string }) => host)).toEqual(['db1', 'web2']);
    for (const { evidence } of findings) for (const { source } of evidence) expect(source).toBeLessThan(2);
  });
});

test('other verbs ask for one of them', () => {
  const paths = ['db1', 'web2'].map((host) => put(`${host}-iostat.txt`, iostat(host)));
  const { status, err } = run('export', ...paths, '--format', 'json');
  expect(status).toBe(1);
  expect(err).toMatch(/2 captures, which are not merged: db1, web2/);
});

test('diff names both hosts', () => {
  const paths = ['db1', 'web2'].map((host) => put(`${host}-iostat.txt`, iostat(host)));
  expect(run('diff', ...paths, '-o', 'd.html').out).toMatch(
    /^before +db1, db1-iostat\.txt\nafter +web2, web2-iostat\.txt\n/,
  );
});

test.each([
  ['a banner each', (host: string, cpus: number) => iostat(host).replace('(4 CPU)', `(${cpus} CPU)`)],
  ['nproc', (host: string, cpus: number) => `[root@${host} ~]# nproc\n${cpus}\n[root@${host} ~]# free -m\n${FREE}`],
  [
    'lscpu',
    (host: string, cpus: number) =>
      `[root@${host} ~]# lscpu\nArchitecture:            x86_64\nCPU(s):                  ${cpus}\n[root@${host} ~]# free -m\n${FREE}`,
  ],
])('each host has its own CPUs, whichever was read last: %s', async (name, text) => {
  const [small, big] = [put(`small-${name}.txt`, text('db1', 4)), put(`big-${name}.txt`, text('db2', 64))];
  for (const paths of [
    [small, big],
    [big, small],
  ]) {
    const captures = await readCaptures(paths, { samples: false });
    const cpus = captures.map((capture) => `${hostOf(capture)?.hostname} ${hostOf(capture)?.cpus}`);
    expect(cpus.sort()).toEqual(['db1 4', 'db2 64']);
  }
});
