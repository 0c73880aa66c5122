/** Archives and packed files of every kind that people attach, whole, cut, damaged and hostile. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { pack } from 'tar-stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';

const STACKS = 'a;b 2\na;c 3\n';

/** `a.folded` with those stacks, alone and in a tar, as the programs named pack it: xz 5.4, zstd 1.5, bzip2 1.0. */
const PACKED: Readonly<Record<string, string>> = {
  'a.xz': '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQALYTtiIDIKYTtjIDMKAKyV3ElyqU7uAAEkDKYY2NgftvN9AQAAAAAEWVo=',
  'a.zstd': 'KLUv/SQMYQAAYTtiIDIKYTtjIDMKVB5yVA==',
  'a.bzip2': 'QlpoOTFBWSZTWQPbRH0AAARZAAAQQAAYCDgAIAAhKGjIQwISc4gyHi7kinChIAe2iPo=',
  'a.tar.xz':
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4Cf/AHRdADCLiMcz8k5STo/wbdBZtKzgsQ0n5qnw3D3FYk/SQ3bRen+fW/WarnvkRVvLV3aI5ubejgZx+w4o3P3hlOZXp/zuXGusfCuncUfPFVNINcIyguxKLq51Pb2KZMblT1VQdoXXi3FFYMy3qiAPsAjTPDxuA5gAAGFIAUlScEEbAAGQAYBQAAClc7ZiscRn+wIAAAAABFla',
  'a.tar.zstd':
    'KLUv/WQAJwUDAKQDYS5mb2xkZWQAMDAwMDY0NDAwMDAwMQAwMTI0MDcAIDAAdXN0YXIAMDByb290AGE7YiAyCmE7YyAzCg4A3QXwABqANik0KYAZsKaDoXAAhB+AdNwKP7UBcKxcBidwBBdCz1c=',
  'a.tar.bzip2':
    'QlpoOTFBWSZTWfcm6PUAAHx7kMqQAUBAAX2IAEB/BJ4ABAAACCAAdQ1Gp6mQNAYRiaeoJKRppoAaBkAfeEbaGoQPckJEG5MGd2PcgQwUIThGUs6UKHbHrCtDHTIrMs5NbkCEUfLwU9nS1pgg6GyGETlJB+LuSKcKEh7k3R6g',
};

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-containers-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function put(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** The names and weights of what is read, `a.folded:5`, and what is said of the rest. */
async function read(path: string) {
  const { sources, datasets, damage } = await readCapture([path], { samples: false });
  const files = sources.map(({ name }, i) => {
    const weight = datasets
      .filter(({ source }) => source === i)
      .map((dataset) =>
        dataset.shape === 'stacks' ? dataset.profile.self.reduce((sum, each) => sum + each, 0) : dataset.shape,
      );
    return `${name}:${weight.join()}`;
  });
  return { files, damage };
}

async function tarOf(files: Record<string, string | Uint8Array>): Promise<Buffer> {
  const archive = pack();
  for (const [name, content] of Object.entries(files)) archive.entry({ name }, Buffer.from(content));
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

describe('the same stacks by every packer', () => {
  test.each(Object.keys(PACKED))('%s', async (name) => {
    const path = put(name, Buffer.from(PACKED[name] as string, 'base64'));
    const file = name.includes('.tar') ? 'a.folded' : name;
    expect(await read(path)).toEqual({ files: [`${file}:5`], damage: [] });
  });

  test.each([
    ['encrypted', 6, 1, /encrypted: unpack it with its password/],
    ['of another method', 8, 14, /a\.folded: packed in a way that is not read \(method 14\)/],
  ])('a zip that is %s', async (_, at, value, said) => {
    const zip = zipSync({ 'a.folded': Buffer.from(STACKS) });
    // A field of the header of the first file.
    zip[at] = value;
    await expect(readCapture([put('odd.zip', zip)], { samples: false })).rejects.toThrow(said);
  });

  test('a zip, stored or deflated, with folders', async () => {
    const files = {
      'in/': new Uint8Array(),
      'in/a.folded': [Buffer.from(STACKS), { level: 0 }],
      'b.folded': Buffer.from(STACKS),
    };
    expect(await read(put('a.zip', zipSync(files as never)))).toEqual({
      files: ['in/a.folded:5', 'b.folded:5'],
      damage: [],
    });
  });

  test('an archive in an archive, packed in another way; not one more', async () => {
    const inner = await tarOf({ 'a.folded': STACKS });
    const outer = await tarOf({ 'sos.tar.gz': gzipSync(inner), 'b.folded': STACKS });
    expect(await read(put('outer.zip', zipSync({ 'x.tar': inner })))).toEqual({
      files: ['x.tar/a.folded:5'],
      damage: [],
    });
    expect(await read(put('outer.tar', outer))).toEqual({ files: ['sos.tar.gz/a.folded:5', 'b.folded:5'], damage: [] });
    const { files, damage } = await read(put('deep.zip', zipSync({ 'outer.tar': outer })));
    expect(files).toEqual(['outer.tar/b.folded:5']);
    expect(damage.join()).toMatch(/^outer\.tar\/sos\.tar\.gz: an archive in an archive in an archive/);
  });

  test('archives in a folder', async () => {
    const place = join(folder, 'both');
    mkdirSync(place);
    writeFileSync(join(place, 'a.tar.xz'), Buffer.from(PACKED['a.tar.xz'] as string, 'base64'));
    writeFileSync(join(place, 'b.folded.gz'), gzipSync(STACKS));
    expect(await read(place)).toEqual({ files: ['a.tar.xz/a.folded:5', 'b.folded.gz:5'], damage: [] });
  });

  test('a tar of 1979, whose headers have no mark', async () => {
    const tar = await tarOf({ 'a.folded': STACKS });
    const header = tar.subarray(0, 512);
    header.fill(0, 257, 512);
    header.fill(32, 148, 156);
    const sum = header.reduce((all, byte) => all + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    expect(await read(put('v7.tar', tar))).toEqual({ files: ['a.folded:5'], damage: [] });
  });
});

describe('a damaged tail costs the tail', () => {
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`${i}.folded`, `main;f${i * 7919} ${i + 1}\n`]),
  );
  const all = Object.keys(files).map((name, i) => `${name}:${i + 1}`);

  test('four bytes of junk behind a gzip', async () => {
    const tar = await tarOf(files);
    const read1 = await read(put('junk.tar.gz', Buffer.concat([gzipSync(tar), Buffer.from('junk')])));
    expect(read1.files).toEqual(all);
    expect(read1.damage).toEqual(['junk.tar.gz: what stands behind its end is no gzip, and is left out']);
  });

  test('zeros behind a gzip, and members one after another, are no damage', async () => {
    const tar = await tarOf(files);
    const members = Buffer.concat([gzipSync(tar.subarray(0, 7000)), gzipSync(tar.subarray(7000)), Buffer.alloc(512)]);
    expect(await read(put('members.tar.gz', members))).toEqual({ files: all, damage: [] });
  });

  test('a gzip with a name, a comment, an extra field and a sum of its header', async () => {
    const plain = gzipSync(STACKS);
    const header = Buffer.from([0x1f, 0x8b, 8, 2 + 4 + 8 + 16, 0, 0, 0, 0, 0, 3, 2, 0, 65, 66]);
    const named = Buffer.concat([header, Buffer.from('a.folded\0said\0'), Buffer.from([1, 2]), plain.subarray(10)]);
    expect(await read(put('named.gz', named))).toEqual({ files: ['named.gz:5'], damage: [] });
  });

  test('a gzip whose name does not end, in an archive of half a megabyte, costs itself alone', async () => {
    const endless = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(50_000_000, 'a')]);
    const tar = gzipSync(await tarOf({ 'x.gz': endless, 'a.folded': STACKS }), { level: 1 });
    expect(await read(put('endless.tar.gz', tar))).toEqual({
      files: ['a.folded:5'],
      damage: ['x.gz: damaged or cut short (gzip: a name longer than 65536 bytes)'],
    });
  });

  test('ten thousand members of hardly anything are enough', async () => {
    const empty = gzipSync('');
    const many = Buffer.concat([gzipSync(STACKS), ...Array.from({ length: 10_001 }, () => empty)]);
    const { files: kept, damage } = await read(put('many.gz', many));
    expect(kept).toEqual(['many.gz:5']);
    expect(damage.join()).toMatch(/^many\.gz: .*more than 10000 members of less than 4096 bytes each/);
  });

  test('nor do a thousand streams of bzip2 without anything in them cost more than a second', async () => {
    const empty = Buffer.from('BZh9\x17rE8P\x90\0\0\0\0', 'latin1');
    const stacks = Buffer.from(PACKED['a.bzip2'] as string, 'base64');
    const many = (length: number) => Buffer.concat([stacks, ...Array.from({ length }, () => empty)]);
    expect(await read(put('few.bz2', many(10)))).toEqual({ files: ['few.bz2:5'], damage: [] });
    const { damage } = await read(put('many.tar', await tarOf({ 'many.bz2': many(6000), 'a.folded': STACKS })));
    expect(damage.join()).toMatch(/many\.bz2: more than 1000 nearly empty streams/);
  });

  test('a byte that is not what it was, in gzip', async () => {
    const packed = gzipSync(STACKS);
    packed[packed.length - 6] = (packed[packed.length - 6] as number) ^ 1;
    const { files: read1, damage } = await read(put('flipped.gz', packed));
    expect(read1).toEqual(['flipped.gz:5']);
    expect(damage.join()).toMatch(/^flipped\.gz: damaged or cut short \(gzip: checksum does not match\)/);
  });

  test.each(['gz', 'zip'])('a %s that was cut keeps what was whole', async (kind) => {
    const random = (i: number) =>
      Array.from({ length: 400 }, (_, k) => `main;f${(i * 7919 + k * 104729) % 99991} 1\n`).join('');
    const many = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`${i}.folded`, random(i)]));
    const whole =
      kind === 'gz'
        ? gzipSync(await tarOf(many))
        : Buffer.from(
            zipSync(Object.fromEntries(Object.entries(many).map(([name, text]) => [name, Buffer.from(text)]))),
          );
    const { files: kept, damage } = await read(put(`cut.${kind}`, whole.subarray(0, Math.floor(whole.length / 2))));
    expect(kept.slice(0, 4)).toEqual(['0.folded:400', '1.folded:400', '2.folded:400', '3.folded:400']);
    expect(kept.length).toBeLessThan(8);
    expect(damage.join()).toMatch(/damaged or cut short/);
  });

  test('a packed file in an archive that cannot be unpacked does not hide the others', async () => {
    const { files: kept, damage } = await read(
      put('one.tar', await tarOf({ 'a.gz': Buffer.from([0x1f, 0x8b, 8, 0, 1]), 'b.folded': STACKS })),
    );
    expect(kept).toEqual(['b.folded:5']);
    expect(damage.join()).toMatch(/^a\.gz: damaged or cut short/);
  });
});

describe('what is no text and no archive that is read', () => {
  test.each([
    ['7z', '7z\xbc\xaf\x27\x1c\0\0', /a 7-Zip archive: unpack it with 7z x/],
    ['rar', 'Rar!\x1a\x07\0', /a RAR archive/],
    ['jpeg', '\xff\xd8\xff\xe0\0\x10JFIF', /a picture \(JPEG\)/],
    ['png', '\x89PNG\r\n\x1a\n', /a picture \(PNG\)/],
    ['pdf', '%PDF-1.7\n', /a PDF/],
  ])('%s', async (name, bytes, message) => {
    await expect(read(put(`x.${name}`, Buffer.from(bytes, 'latin1')))).rejects.toThrow(message);
  });
});

test('a zip bomb is read so far, which is said', async () => {
  // Each entry unpacks to 64 MB from 64 KB; there are 12 of them.
  const bomb = deflateRawSync(Buffer.alloc(2 ** 26, `a;${'b'.repeat(4000)} 1\n`));
  const entries: Buffer[] = [];
  for (let i = 0; i < 12; i++) {
    const header = Buffer.alloc(30 + 2);
    header.writeUInt32LE(0x04034b50, 0);
    header.writeUInt16LE(20, 4);
    header.writeUInt16LE(8, 8);
    header.writeUInt32LE(bomb.length, 18);
    header.writeUInt32LE(2 ** 26, 22);
    header.writeUInt16LE(2, 26);
    header.write(String(i).padStart(2, '0'), 30);
    entries.push(header, bomb);
  }
  const { files, damage } = await read(put('bomb.zip', Buffer.concat(entries)));
  expect(files.length).toBeLessThan(10);
  expect(damage.join()).toMatch(/unpacks to more than 100 times its size/);
}, 120_000);
