/** `collect --via`: the script through any command that gives a shell, and its archive back. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { describeWhere, newFolder, openArchive } from './collecting.ts';

const BIN = join(import.meta.dirname, '../dist/coldflame.js');

function collect(via: string, words: readonly string[], folder = newFolder()) {
  return run(['--tool', 'uptime', '--for', '1s', '--via', via, ...words], folder);
}

function run(words: readonly string[], folder = newFolder()) {
  const all = [BIN, 'collect', ...words];
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
      /no archive came back \(exit status 0\); it printed "This account is currently not available\."; `echo echo hello \|/,
    ],
    ['sh -s | head -c 2000', /: the archive is damaged or cut short \(Unexpected end of data\)\n$/],
    [
      'exit 3',
      /^coldflame: exit 3: no archive came back \(exit status 3\); `echo echo hello \| exit 3` must print hello\n$/,
    ],
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

describeWhere('a container of podman with nothing but busybox', ['root', 'podman'], () => {
  const name = `coldflame-test-${process.pid}`;
  const podman = (...words: string[]) => spawnSync('podman', words, { encoding: 'utf8' });
  /** Starts it with the runtime that works on this machine. */
  const started = () => {
    const root = newFolder();
    const busybox = execFileSync('sh', ['-c', 'command -v busybox'], { encoding: 'utf8' }).trim();
    const libraries = spawnSync('ldd', [busybox], { encoding: 'utf8' }).stdout.match(/\/\S+/g) ?? [];
    for (const path of libraries) {
      mkdirSync(join(root, dirname(path)), { recursive: true });
      cpSync(path, join(root, path), { dereference: true });
    }
    for (const folder of ['bin', 'proc', 'sys', 'tmp', 'dev', 'etc'])
      mkdirSync(join(root, folder), { recursive: true });
    cpSync(busybox, join(root, 'bin/busybox'), { dereference: true });
    for (const applet of execFileSync(busybox, ['--list'], { encoding: 'utf8' }).trim().split('\n'))
      if (applet !== 'busybox') symlinkSync('busybox', join(root, 'bin', applet));
    execFileSync('tar', ['-cf', join(root, '../image.tar'), '-C', root, '.']);
    podman('import', join(root, '../image.tar'), name);
    const words = ['--network=none', '--ulimit=nofile=1024:1024', '--ulimit=nproc=1024:1024'];
    return [[], ['--runtime=runc']].some((runtime) => {
      podman('rm', '-f', name);
      return (
        podman('run', '-d', '--name', name, ...words, ...runtime, name, 'sh', '-c', 'while :; do sleep 0.1; done')
          .status === 0
      );
    });
  };
  const isThere = started();
  afterAll(() => {
    podman('rm', '-f', name);
    podman('rmi', name);
  });
  if (!isThere) process.stderr.write('left out: podman starts no container here\n');

  test.skipIf(!isThere)('--via podman exec: what the container sees', () => {
    const { folder, status } = run([
      '--tool',
      'uptime',
      '--for',
      '1s',
      '--via',
      `podman exec -i ${name} sh`,
      '-o',
      'a.tar',
    ]);
    expect(status).toBe(0);
    const archive = openArchive(join(folder, 'a.tar'));
    expect(archive.manifest.host.hostname).toBe(podman('exec', name, 'uname', '-n').stdout.trim());
    expect(archive.names).toContain('uptime.txt');
  });

  test.skipIf(!isThere || spawnSync('perf', ['--version']).status !== 0)('--container: no sample of another', () => {
    const { folder, status } = run(['--tool', 'perf', '-F', '999', '--for', '2s', '--container', name, '-o', 'a.tar']);
    expect(status).toBe(0);
    const archive = openArchive(join(folder, 'a.tar'));
    expect(archive.manifest.narrowed).toMatchObject({ pid: null, container: name });
    expect(archive.manifest.processes).toBe('host');
    const comms = archive.text('perf.txt').match(/^\S+(?= +\d+\/\d+ )/gm) ?? [];
    expect(new Set(comms)).toEqual(new Set(['sh', 'sleep']));
  });
});
