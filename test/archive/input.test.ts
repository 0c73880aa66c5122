/** What people point at, and what attackers would: archives, folders, loose files, damaged and hostile ones. */
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inputsAt } from '../../src/commands/inputs.ts';
import { readCapture } from '../../src/commands/read.ts';
import { UserError } from '../../src/errors.ts';

const STACKS = 'a;b 2\na;c 3\n';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-input-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

type Entry = Partial<Header> & { name: string } & { text?: string };

async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text = '', ...header } of entries) archive.entry(header, text);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The names, weights and faults of what is read: `a.folded:5`. */
async function read(...paths: string[]) {
  const { sources, datasets, damage } = await readCapture(paths, { samples: false });
  const weights = datasets.map((dataset) =>
    dataset.shape === 'stacks' ? dataset.profile.self.reduce((sum, weight) => sum + weight, 0) : dataset.shape,
  );
  return { files: sources.map(({ name }, i) => `${name}:${weights[i]}`), damage };
}

test('a folder of more files than a buffer of names holds, below another', async () => {
  const place = join(folder, 'many', 'deep');
  mkdirSync(place, { recursive: true });
  for (let i = 0; i < 40; i++) writeFileSync(join(place, `${i}.folded`), STACKS);
  expect((await read(join(folder, 'many'))).files.length).toBe(40);
  expect(inputsAt([join(folder, 'many')]).has(statSync(join(place, '39.folded')))).toBe(true);
});

describe('what no tool printed is left aside', () => {
  const SOURCE =
    '// free -m\n//               total        used        free\n// Mem:           15884       12778         176\n';

  test('beside what one did', async () => {
    const place = join(folder, 'beside');
    mkdirSync(place);
    writeFileSync(join(place, 'a.folded'), STACKS);
    writeFileSync(join(place, 'main.rs'), SOURCE);
    writeFileSync(join(place, 'notes'), 'call the DBA\n');
    writeFileSync(join(place, 'rt_dsfield'), 'value\tname\n0x0\tdefault\n0x28\tAF11\n');
    writeFileSync(join(place, 'logo'), Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0));
    const { aside, damage } = await readCapture([place], { samples: false });
    expect({ aside, damage }).toEqual({ aside: ['logo', 'main.rs', 'notes', 'rt_dsfield'], damage: [] });
  });

  test('documentation quotes what tools printed elsewhere; named by itself it is read', async () => {
    const free = '               total        used        free\nMem:           15884       12778         176\n';
    const place = join(folder, 'documented');
    mkdirSync(join(place, 'share', 'doc', 'x'), { recursive: true });
    const names = ['README', 'CHANGES.gz', 'free_example.txt', 'free.1.md', 'share/doc/x/guide.txt'];
    for (const name of names) writeFileSync(join(place, name), free);
    for (const name of ['free.txt', 'free.log.1']) writeFileSync(join(place, name), free);
    const { aside, sources } = await readCapture([place], { samples: false });
    expect([aside?.toSorted(), sources.map(({ name }) => name)]).toEqual([
      names.toSorted(),
      ['free.log.1', 'free.txt'],
    ]);
    const named = await readCapture([join(place, 'README')], { samples: false });
    expect(named.sources.map(({ tool }) => tool)).toEqual(['free']);
  });

  test('and a folder of nothing else is no capture', async () => {
    const place = join(folder, 'sources');
    mkdirSync(place);
    for (const name of ['a.c', 'b.h', 'Makefile']) writeFileSync(join(place, name), 'int main(void) { return 0; }\n');
    await expect(read(place)).rejects.toThrow('none of its 3 files is the output of a known tool');
  });
});

describe('the same stacks in every wrapping', () => {
  test('a tar, gzipped once or twice, with gzipped entries, or loose', async () => {
    const tar = await tarOf([{ name: 'a.folded', text: STACKS }]);
    const inside = await tarOf([{ name: 'a.folded' }].map((entry) => ({ ...entry, text: STACKS })));
    const whole = { files: ['a.folded:5'], damage: [] };
    expect(await read(put('x.tar', tar))).toEqual(whole);
    expect(await read(put('x.tar.gz', gzipSync(inside)))).toEqual(whole);
    expect(await read(put('a.folded', STACKS))).toEqual(whole);
    expect(await read(put('a.folded', gzipSync(STACKS)))).toEqual(whole);
  });

  test('a folder, and several paths', async () => {
    const place = join(folder, 'unpacked');
    mkdirSync(join(place, 'deep'), { recursive: true });
    writeFileSync(join(place, 'deep', 'b.folded'), STACKS);
    expect(await read(place)).toEqual({ files: ['deep/b.folded:5'], damage: [] });
    expect((await read(place, put('c.folded', STACKS))).files).toEqual(['deep/b.folded:5', 'c.folded:5']);
  });
});

describe('hostile archives', () => {
  test('names that climb are labels, links are not followed, devices are not opened', async () => {
    const tar = await tarOf([
      { name: '../../../etc/cron.d/x', text: STACKS },
      { name: '/etc/passwd', text: STACKS },
      { name: 'link', type: 'symlink', linkname: '/etc/passwd' },
      { name: 'hard', type: 'link', linkname: '/etc/passwd' },
      { name: 'null', type: 'character-device' },
      { name: 'pipe', type: 'fifo' },
      { name: 'folder', type: 'directory' },
    ]);
    expect((await read(put('climb.tar', tar))).files).toEqual(['../../../etc/cron.d/x:5', '/etc/passwd:5']);
  });

  test('fifty thousand entries are enough', async () => {
    const folders = Array.from({ length: 50_000 }, (_, i) => ({ name: `${i}/`, type: 'directory' as const }));
    const tar = await tarOf([{ name: 'a.folded', text: STACKS }, ...folders]);
    const { damage } = await read(put('many.tar', tar));
    expect(damage).toEqual(['many.tar: more than 50000 entries: not a capture']);
  }, 120_000);

  test('an entry that says it is larger than the archive', async () => {
    const tar = await tarOf([{ name: 'a.folded', text: STACKS }]);
    const header = Buffer.from(tar.subarray(0, 512));
    header.write('77777777777', 124);
    header.fill(' ', 148, 156);
    header.write(
      `${header
        .reduce((sum, byte) => sum + byte, 0)
        .toString(8)
        .padStart(6, '0')}\0 `,
      148,
    );
    const liar = put('liar.tar', Buffer.concat([header, tar.subarray(512, 1024)]));
    await expect(read(liar)).rejects.toThrow(/^liar\.tar: the archive is damaged or cut short/);
  });

  test.each([
    ['{', /^manifest\.json: not JSON/],
    ['[]', /^manifest\.json/],
    ['{"coldflame": 2}', /^manifest\.json/],
  ])('a manifest that is %s', async (text, message) => {
    const tar = await tarOf([{ name: 'manifest.json', text }]);
    await expect(read(put('manifest.tar', tar))).rejects.toThrow(message);
  });
});

test('a bomb is read to some hundred megabytes, which is said, and does not hide what comes after it', async () => {
  // Two gigabytes of one stack over and over, in two megabytes: members of gzip may follow one another.
  const line = `main;${'x'.repeat(4088)} 1\n`;
  const member = gzipSync(line.repeat(2 ** 14));
  const bomb = Buffer.concat(Array.from({ length: 32 }, () => member));
  const archive = pack();
  archive.entry({ name: 'bomb.gz' }, bomb);
  archive.entry({ name: 'a.folded' }, STACKS);
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  const { files, damage } = await read(put('bombs.tar', Buffer.concat(chunks)));
  const stacks = Number(files[0]?.split(':')[1]);
  expect(stacks * line.length).toBeGreaterThan(2 ** 27);
  expect(stacks * line.length).toBeLessThan(2 ** 29);
  expect(files[1]).toBe('a.folded:5');
  expect(damage).toEqual([expect.stringMatching(/^bomb\.gz: unpacks to more than 100 times its size/)]);
}, 120_000);

describe('damage', () => {
  const runs = ['a.folded', 'b.folded', 'c.folded'].map((file) => ({ tool: 'perf', outcome: 'ok', file }));
  const manifest = JSON.stringify({ coldflame: 1, started: 1, ended: 2, utcOffset: 0, runs, notes: [] });

  test('an archive cut between two entries tells which files its manifest names and are not there', async () => {
    const tar = await tarOf([
      { name: 'manifest.json', text: manifest },
      { name: 'a.folded', text: STACKS },
      { name: 'b.folded', text: STACKS },
      { name: 'c.folded', text: STACKS },
    ]);
    // Each entry is a block of header and one of text.
    const { files, damage } = await read(put('between.tar', tar.subarray(0, 4 * 512)));
    expect(files).toEqual(['a.folded:5']);
    expect(damage).toEqual([
      'b.folded, c.folded: not there, though manifest.json names them',
      'between.tar: the archive ends without its end mark: it was cut short',
    ]);
  });

  test('an archive without a manifest, cut between two entries', async () => {
    const entries = ['a.folded', 'b.folded'].map((name) => ({ name, text: STACKS }));
    const tar = await tarOf(entries);
    const { files, damage } = await read(put('bare.tar', tar.subarray(0, 2 * 512)));
    expect(files).toEqual(['a.folded:5']);
    expect(damage).toEqual([expect.stringMatching(/^bare\.tar: .*cut short$/)]);
  });

  test.each(['', './', 'capture-2/'])(
    'the manifest finds its files in an archive packed again as "%s"',
    async (prefix) => {
      const entries = [
        { name: 'manifest.json', text: manifest },
        ...runs.map(({ file }) => ({ name: file, text: STACKS })),
      ];
      const tar = await tarOf(entries.map((entry) => ({ ...entry, name: prefix + entry.name })));
      const { sources, damage } = await readCapture([put('again.tar', tar)], { samples: false });
      expect(sources.map(({ name, run }) => [name, run])).toEqual([
        ['a.folded', 0],
        ['b.folded', 1],
        ['c.folded', 2],
      ]);
      expect(damage).toEqual([]);
    },
  );

  test('an archive cut at any block shows what was whole and says the rest', async () => {
    const tar = await tarOf([
      { name: 'a.folded', text: STACKS },
      { name: 'b.folded', text: STACKS },
    ]);
    for (let length = 1024 + 512; length < 2048; length += 100) {
      const { files, damage } = await read(put('cut.tar', tar.subarray(0, length)));
      expect(files[0]).toBe('a.folded:5');
      expect(damage.join('; ')).toMatch(/cut short/);
    }
  });

  test('an archive cut within its manifest', async () => {
    const tar = await tarOf([{ name: 'manifest.json', text: ' '.repeat(5000) }]);
    await expect(read(put('cut-manifest.tar', tar.subarray(0, 2000)))).rejects.toThrow(UserError);
  });

  test('a gzip that ends early', async () => {
    const text = Array.from({ length: 20_000 }, (_, i) => `main;f${i * 7919};g${i} 1\n`).join('');
    const zipped = gzipSync(text);
    const { files, damage } = await read(put('early.gz', zipped.subarray(0, zipped.length / 2)));
    expect(files).toHaveLength(1);
    expect(damage.join()).toMatch(/^early\.gz: damaged or cut short/);
  });

  test('a file that may not be read, and one that is no text, do not hide the others', async () => {
    const place = join(folder, 'mixed');
    mkdirSync(place);
    writeFileSync(join(place, 'a.bin'), Uint8Array.of(1, 0, 2));
    writeFileSync(join(place, 'b.folded'), STACKS);
    writeFileSync(join(place, 'c.gz'), Uint8Array.of(0x1f, 0x8b, 9, 9, 9));
    symlinkSync('/etc/passwd', join(place, 'd.link'));
    expect(await read(place)).toMatchObject({
      files: expect.arrayContaining(['b.folded:5']),
      damage: [expect.stringMatching(/^c\.gz: /)],
    });
  });
});

describe('nothing to read is said in a sentence', () => {
  test.each([
    ['nothing', () => join(folder, 'nothing'), /nothing: no such file or folder$/],
    ['an empty file', () => put('empty', ''), /^empty: empty$/],
    ['a program', () => '/bin/sh', /^sh: a program, not the output of one$/],
    ['the beginning of a recording', () => put('perf.data', 'PERFILE2\0\0'), /^perf\.data: cut short in its header$/],
    ['a tar of nothing', () => put('zero.tar', ''), /^zero\.tar: empty$/],
  ])('%s', async (_, path, message) => {
    await expect(read(path())).rejects.toThrow(message);
  });

  test('what is left unread is closed', async () => {
    const place = join(folder, 'programs');
    mkdirSync(place);
    for (let i = 0; i < 20; i++) writeFileSync(join(place, `${i}.o`), '\u007fELF'.padEnd(2 << 20, '\0'));
    for (let i = 0; i < 20; i++) writeFileSync(join(place, `${i}.gz`), gzipSync('\u007fELF'.padEnd(2 << 20, '\0')));
    const open = readdirSync('/proc/self/fd').length;
    await expect(read(place)).rejects.toThrow('none of its 40 files is the output of a known tool');
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(open + 20);
  });

  test('a folder with files of another trade', async () => {
    const place = join(folder, 'letters');
    mkdirSync(place);
    writeFileSync(join(place, 'a.txt'), 'Dear Sir or Madam\n');
    writeFileSync(join(place, 'b.txt'), 'With kind regards\n');
    await expect(read(place)).rejects.toThrow(/no capture: no manifest\.json/);
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read', async () => {
    const path = put('locked', STACKS);
    chmodSync(path, 0);
    await expect(read(path)).rejects.toThrow(/: may not be read by this user$/);
  });
});
