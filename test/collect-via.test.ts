/** `collect --via`: the script through any command that gives a shell, and its archive back. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWhere, newFolder, openArchive } from './collecting.ts';

const BIN = join(import.meta.dirname, '../dist/coldflame.js');

function collect(via: string, words: readonly string[], folder = newFolder()) {
  const all = [BIN, 'collect', '--tool', 'uptime', '--for', '1s', '--via', via, ...words];
  const { status, stderr } = spawnSync(process.execPath, all, { cwd: folder, env: { ...process.env, TMPDIR: folder } });
  const left = readdirSync(folder).filter((name) => name.startsWith('.') || name.startsWith('coldflame.'));
  return { folder, status, stderr: stderr.toString(), left };
}

describe.concurrent('via a command', () => {
  test('what a shell says before the script runs is skipped', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'login'), 'echo Welcome; echo "the disk is nearly full"; exec "$@"');
    const { status, stderr, left } = collect('sh login sh', ['-o', 'a.tar'], folder);
    expect([status, left]).toEqual([0, []]);
    expect(stderr).toMatch(/a\.tar: from sh login sh\. Next: coldflame analyze \S+a\.tar\n$/);
    expect(openArchive(join(folder, 'a.tar')).names).toEqual(['manifest.json', 'uptime.txt']);
    expect(statSync(join(folder, 'a.tar')).mode & 0o777).toBe(0o600);
  });

  test('a command that ends with -- gets a shell to run, and .gz is gzipped there', () => {
    const { folder, status } = collect('nice --', ['-o', 'a.tar.gz']);
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'a.tar.gz')).subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  test('an archive that is there stays, unless --force says otherwise; without -o the next name is taken', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'a.tar'), 'evidence');
    writeFileSync(join(folder, 'capture.tar'), 'evidence');
    const kept = collect('sh', ['-o', 'a.tar'], folder);
    expect([kept.status, kept.stderr]).toEqual([
      2,
      expect.stringMatching(/a\.tar is there already; --force replaces it/),
    ]);
    expect(readFileSync(join(folder, 'a.tar'), 'utf8')).toBe('evidence');
    expect(collect('sh', ['-o', 'a.tar', '--force'], folder).status).toBe(0);
    expect(openArchive(join(folder, 'a.tar')).names).toContain('uptime.txt');
    expect(collect('sh', [], folder).status).toBe(0);
    expect(readFileSync(join(folder, 'capture.tar'), 'utf8')).toBe('evidence');
    expect(openArchive(join(folder, 'capture-2.tar')).names).toContain('uptime.txt');
  });

  test.each([
    [
      'echo This account is currently not available.',
      /no archive came back; it printed "This account is currently not available\."\n$/,
    ],
    ['sh -s | head -c 2000', /: the archive is damaged or cut short \(Unexpected end of data\)\n$/],
    ['exit 3', /^coldflame: exit 3: no archive came back\n$/],
  ])('%s: nothing is kept, and the reason told', (via, message) => {
    const { folder, status, stderr, left } = collect(via, ['-o', 'a.tar', '-q']);
    expect([status, stderr, left, existsSync(join(folder, 'a.tar'))]).toEqual([
      1,
      expect.stringMatching(message),
      [],
      false,
    ]);
  });

  test('--plan says what would run there, or that nothing came back', () => {
    expect(collect('sh', ['--plan'])).toMatchObject({ status: 0, stderr: '' });
    expect(collect('exit 3', ['--plan'])).toMatchObject({
      status: 1,
      stderr: 'coldflame: exit 3: no plan came back (exit status 3); see what it said above\n',
    });
  });

  test('--min-free holds here as there', () => {
    const { status, stderr, left } = collect('sh', ['-o', 'a.tar', '--min-free', '900000G']);
    expect([status, stderr, left]).toEqual([1, expect.stringMatching(/MB free/), []]);
  });
});

describeWhere('in the namespaces of another process', ['root'], () => {
  test('by nsenter', () => {
    const { folder, status, stderr } = collect(`nsenter -t ${process.pid} -m --`, ['-o', 'a.tar']);
    expect([status, stderr]).toEqual([0, expect.stringContaining('from nsenter')]);
    expect(openArchive(join(folder, 'a.tar')).names).toEqual(['manifest.json', 'uptime.txt']);
  });
});
