/** Where the script writes: names, folders, disks; and what earlier runs left there. */
import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { collect, describeWhere, fake, leftOvers, newFolder, openArchive } from './collecting.ts';

describe.concurrent('the place', () => {
  test.concurrent('a folder with spaces and quotes, for TMPDIR and archive', async () => {
    const folder = join(newFolder(), `a "b' $(c)\\ -d`);
    mkdirSync(folder);
    const { status } = await collect([fake('t', 'echo x')], { output: "-it's.tar" }, { folder });
    expect(status).toBe(0);
    expect(openArchive(join(folder, "-it's.tar")).text('t.txt')).toBe('x\n');
    expect(leftOvers(folder)).toEqual([]);
  });

  test.concurrent('without a name: capture.tar, and never over another', async () => {
    const folder = newFolder();
    const [one, two] = await Promise.all(
      [1, 2].map(() => collect([fake('t', 'sleep 0.3; echo x')], { output: '' }, { folder })),
    );
    expect([one?.status, two?.status]).toEqual([0, 0]);
    for (const name of ['capture.tar', 'capture-2.tar'])
      expect(openArchive(join(folder, name)).text('t.txt')).toBe('x\n');
    expect(leftOvers(folder)).toEqual([]);
  });

  test.concurrent('a file that is there stays, unless --force says otherwise', async () => {
    const folder = newFolder();
    const path = join(folder, 'c.tar');
    writeFileSync(path, 'evidence');
    const kept = await collect([fake('t', 'echo x; touch ran')], {}, { folder });
    expect(kept.status).toBe(2);
    expect(kept.stderr.toString()).toMatch(/c\.tar is there already; --force replaces it, -o names another\n$/);
    expect(readFileSync(path, 'utf8')).toBe('evidence');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    const replaced = await collect([fake('t', 'echo x; touch ran')], {}, { folder, words: ['--force'] });
    expect([replaced.status, openArchive(path).text('t.txt')]).toEqual([0, 'x\n']);
    expect(leftOvers(folder)).toEqual([]);
  });

  test.concurrent('a file that comes while it collects stays, too', async () => {
    const { status, folder } = await collect([fake('t', 'echo x; echo evidence >c.tar.gz')], {
      output: 'c.tar.gz',
      gzip: true,
    });
    expect(status).toBe(0);
    expect(readFileSync(join(folder, 'c.tar.gz'), 'utf8')).toBe('evidence\n');
    expect(execFileSync('tar', ['-tzf', join(folder, 'c-2.tar.gz')], { encoding: 'utf8' })).toContain('t.txt');
  });

  test.concurrent('standard output', async () => {
    const { stdout, folder } = await collect([fake('t', 'echo x')], {}, { words: ['-o', '-'] });
    writeFileSync(join(folder, 'out.tar'), stdout);
    expect(openArchive(join(folder, 'out.tar')).names).toEqual(['manifest.json', 't.txt']);
  });

  test.concurrent('a name that ends in .gz is gzipped', async () => {
    const { folder } = await collect([fake('t', 'echo x')], {}, { words: ['-o', 'c.tar.gz'] });
    expect(execFileSync('tar', ['-tzf', join(folder, 'c.tar.gz')], { encoding: 'utf8' })).toBe(
      'manifest.json\nt.txt\n',
    );
  });

  test.concurrent.each([
    ['/no/such/c.tar', /^coldflame: \/no\/such: cannot be written to; name another place with -o\n$/],
    ['/tmp', /^coldflame: \/tmp: a folder; name a file with -o\n$/],
  ])('%s is refused before anything runs', async (output, message) => {
    const { status, stderr, folder } = await collect([fake('t', 'touch ran')], { output });
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect([existsSync(join(folder, 'ran')), leftOvers(folder)]).toEqual([false, []]);
  });

  test.concurrent('what a tool says of its failure drives no terminal', async () => {
    const { stderr } = await collect([fake('t', `printf 'no \\033]0;owned\\007\\033[2J' >&2; exit 3`)], {
      progress: 'plain',
    });
    expect(stderr).toContain('t failed: no ]0;owned[2J\n');
  });

  test.concurrent('a pipe or a device keeps its place', async () => {
    const folder = newFolder();
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const { status, stderr } = await collect([fake('t', 'touch ran')], { output: pipe }, { folder });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/pipe: a device or a pipe; name a file with -o/)]);
    expect([lstatSync(pipe).isFIFO(), existsSync(join(folder, 'ran')), leftOvers(folder)]).toEqual([true, false, []]);
  });

  test.concurrent('a terminal gets a line for each tool, drawn over again; --quiet nothing at all', async () => {
    const crew = Array.from({ length: 14 }, (_, i) => fake(`t${i}`, 'echo x; sleep 1'));
    const { stderr } = await collect(crew, { progress: 'tty' });
    expect(stderr).toContain(`t11              1 s left\nand 2 more\n`);
    expect(stderr).toContain('\u001b[13A\u001b[J');
    expect(stderr.lastIndexOf('\u001b')).toBeLessThan(stderr.indexOf('collecting took'));
    expect((await collect(crew, {}, { words: ['--quiet'] })).stderr).toBe('');
  });

  test.concurrent('wrong words get the usage', async () => {
    const { status, stderr } = await collect([fake('t', 'echo')], {}, { words: ['--all'] });
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^usage: sh collect\.sh \[-o FILE\]/)]);
  });

  test.concurrent('--plan runs nothing and says what would', async () => {
    const { stdout, folder } = await collect(
      [fake('t', 'touch ran'), fake('zfs', '', { needs: ['/no'] })],
      {},
      { words: ['--plan'] },
    );
    expect(stdout.toString()).toMatch(
      /^Would run for 1 s:\n\nt +\S+\/sh -c 'touch ran'\n +classic, any user, overhead none, disk at most 64 MB\n/,
    );
    expect(stdout.toString()).toContain('Would leave out:\n\nzfs: classic: this host has no /no\n');
    expect([existsSync(join(folder, 'ran')), leftOvers(folder)]).toEqual([false, []]);
  });

  test.concurrent('what a run that was killed left is removed by the next, and nothing else', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'tmp'));
    const namespace = execFileSync('readlink', ['/proc/self/ns/pid'], { encoding: 'utf8' }).replaceAll(/\D/g, '');
    const stale = join(folder, 'tmp', `coldflame.${namespace}.${process.pid}.1.abcdef`);
    const alive = join(folder, 'tmp', `coldflame.${namespace}.${process.pid}.${startTime(process.pid)}.abcdef`);
    const foreign = join(folder, 'tmp', 'coldflame.1.1.1.abcdef');
    for (const path of [stale, alive, foreign]) mkdirSync(path);
    writeFileSync(join(folder, '.coldflame.9.part'), 'half an archive');
    writeFileSync(join(stale, 'unfinished'), `${join(folder, '.coldflame.9.part')}\n`);
    writeFileSync(join(folder, 'tmp', 'coldflame.txt'), '');
    const { stderr } = await collect([fake('t', 'echo')], {}, { folder });
    expect(leftOvers(folder).sort()).toEqual(
      [alive, foreign]
        .map((path) => path.split('/').at(-1))
        .concat('coldflame.txt')
        .sort(),
    );
    expect(stderr).toContain('removed what an earlier run that was killed left');
  });

  test.concurrent('a link in place of the folder is not followed', async () => {
    const folder = newFolder();
    const treasure = newFolder();
    writeFileSync(join(treasure, 'gold'), '');
    mkdirSync(join(folder, 'tmp'));
    const namespace = execFileSync('readlink', ['/proc/self/ns/pid'], { encoding: 'utf8' }).replaceAll(/\D/g, '');
    execFileSync('ln', ['-s', treasure, join(folder, 'tmp', `coldflame.${namespace}.1.1.x`)]);
    await collect([fake('t', 'echo')], {}, { folder });
    expect(existsSync(join(treasure, 'gold'))).toBe(true);
  });
});

function startTime(pid: number): string {
  return execFileSync('cut', ['-d', ' ', '-f', '22', `/proc/${pid}/stat`], { encoding: 'utf8' }).trim();
}

describeWhere('a small disk', ['root', 'mount'], () => {
  test('that fills: bounded, said, and the rest is kept', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'tmp'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', join(folder, 'tmp')]);
    try {
      const flood = fake('flood', 'exec yes');
      const slow = fake(
        'slow',
        'i=0; while [ $i -lt 60 ]; do head -c 400000 /dev/zero; sleep 0.05; i=$((i + 1)); done',
      );
      const { status } = await collect([flood, slow, fake('t', 'echo x')], { seconds: 5 }, { folder });
      const { run, text } = openArchive(join(folder, 'c.tar'));
      expect(status).toBe(0);
      expect(text('t.txt')).toBe('x\n');
      expect(run('flood')).toMatchObject({ outcome: 'cut', bytes: 5 * 2 ** 20 });
      expect(leftOvers(folder)).toEqual([]);
    } finally {
      execFileSync('umount', [join(folder, 'tmp')]);
    }
  });

  test('that is too small for the archive: one sentence, and nothing is left', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'small'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', join(folder, 'small')]);
    try {
      const { status, stderr } = await collect(
        [fake('t', 'head -c 3000000 /dev/zero')],
        { minFree: 0, output: 'small/c.tar' },
        { folder },
      );
      expect(status).toBe(1);
      expect(stderr).toMatch(/coldflame: \S+small\/c\.tar: could not be written: .*No space left on device/);
      expect(readdirSync(join(folder, 'small'))).toEqual([]);
    } finally {
      execFileSync('umount', [join(folder, 'small')]);
    }
  });
});
