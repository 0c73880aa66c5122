/** Where results go: never over an input, whole or not at all, and read by no more people than the input is. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { inputsAt } from '../../src/commands/inputs.ts';
import { makeFolder, modeOf, outputAt } from '../../src/commands/output.ts';
import { UserError } from '../../src/errors.ts';
import { describeWhere } from '../collecting.ts';

let folder: string;
const at = (name: string) => join(folder, name);
const put = (name: string, text = 'text', mode = 0o644) => {
  writeFileSync(at(name), text);
  chmodSync(at(name), mode);
  return at(name);
};
const modeAt = (name: string) => (statSync(at(name)).mode & 0o777).toString(8);
const isRoot = process.getuid?.() === 0;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-output-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What outputAt says of the place, and its exit code. */
function refusal(path: string, inputs: string[], options = {}): [string, number] | null {
  try {
    outputAt(path, { inputs: inputsAt(inputs), ...options });
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return [(error as Error).message.replaceAll(`${folder}/`, ''), (error as UserError).exitCode];
  }
}

describe('one of the inputs is not written over', () => {
  test('by its name, by a link, by a hard link, in a folder that is read', () => {
    const input = put('in.txt');
    symlinkSync('in.txt', at('link'));
    linkSync(input, at('hard'));
    mkdirSync(at('dir/deep'), { recursive: true });
    linkSync(input, at('dir/deep/same'));
    const said = (name: string): [string, number] => [`${name} is one of the inputs; name another file with -o`, 2];
    for (const name of ['in.txt', 'link', 'hard']) expect(refusal(at(name), [input])).toEqual(said(name));
    expect(refusal(at('dir/deep/same'), [at('dir')])).toEqual(said('dir/deep/same'));
    expect(refusal(at('in.txt'), [at('dir')], { option: '--pack' })).toEqual([
      'in.txt is one of the inputs; name another file with --pack',
      2,
    ]);
    expect(refusal(at('other'), [input])).toBeNull();
  });

  test.each([
    ['gzip', '\x1f\x8b\x08'],
    ['tar', `${'capture'.padEnd(257, '\0')}ustar\0`],
    ['perf.data', 'PERFILE2'],
  ])('nor is any %s', (_, head) => {
    writeFileSync(at('old'), head, 'latin1');
    expect(refusal(at('old'), [])).toEqual([
      'old is an archive or a recording; name another file with -o, or remove it first',
      2,
    ]);
    // pprof is gzip itself.
    expect(refusal(at('old'), [], { isPacked: true })).toBeNull();
  });

  test('where the user named no file, only a report of ours is replaced', () => {
    put('page.html', '<p>mine</p>');
    put('report.html', '<!doctype html><meta name="generator" content="coldflame 0.1.0">');
    expect(refusal(at('page.html'), [], { isDefault: true })).toEqual([
      'page.html is there and is no report of coldflame; name another file with -o',
      2,
    ]);
    expect(refusal(at('page.html'), [])).toBeNull();
    expect(refusal(at('report.html'), [], { isDefault: true })).toBeNull();
  });
});

describe('the file', () => {
  test('is made of chunks of both kinds, replaces what was there, and leaves a link a link', async () => {
    put('target', 'old');
    symlinkSync('target', at('link'));
    symlinkSync('nowhere', at('dangling'));
    await outputAt(at('link'), { inputs: inputsAt([]) }).write(['a', Buffer.from('b'), 'c']);
    await outputAt(at('dangling'), { inputs: inputsAt([]) }).write(['d']);
    expect(readFileSync(at('target'), 'utf8')).toBe('abc');
    expect(readFileSync(at('nowhere'), 'utf8')).toBe('d');
    expect(lstatSync(at('link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('stays as it was where the result cannot be made', async () => {
    put('old', 'old');
    function* failing() {
      yield 'half of ';
      throw new RangeError('no more');
    }
    await expect(outputAt(at('old'), { inputs: inputsAt([]) }).write(failing())).rejects.toThrow('no more');
    expect(readFileSync(at('old'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['old']);
  });

  test('parts that killed runs of this host left are removed, those of others and of live runs stay', async () => {
    const { pid } = spawnSync('true');
    const host = hostname().replace(/[^\w-]/g, '_');
    const alive = `.coldflame.${host}.${process.ppid}-1.part`;
    for (const name of [`.coldflame.${host}.${pid}-1.part`, alive, `.coldflame.elsewhere.${pid}-1.part`]) put(name);
    await outputAt(at('new'), { inputs: inputsAt([]) }).write(['x']);
    expect(readdirSync(folder).sort()).toEqual([`.coldflame.elsewhere.${pid}-1.part`, alive, 'new'].sort());
  });

  test('may be a pipe or a device, which keep their place', async () => {
    await outputAt('/dev/null', { inputs: inputsAt([]) }).write(['x']);
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});

describe('permissions', () => {
  const written = async (inputs: string[], mode?: string, name = 'out') => {
    const place = outputAt(at(name), { inputs: inputsAt(inputs), mode: modeOf(mode) });
    await place.write(['x']);
    return [modeAt(name), place.isPrivate];
  };
  let umask: number;
  beforeEach(() => {
    umask = process.umask(0o022);
  });
  afterEach(() => void process.umask(umask));

  test('are those that every input has', async () => {
    const [all, group, own] = [put('all', '', 0o644), put('group', '', 0o640), put('own', '', 0o600)];
    expect(await written([all])).toEqual(['644', false]);
    expect(await written([all, group])).toEqual(['640', true]);
    expect(await written([group, own, all])).toEqual(['600', true]);
    // What nobody may write is written all the same: by its owner.
    expect(await written([put('read', '', 0o444)])).toEqual(['644', false]);
    expect(await written([])).toEqual(['644', false]);
  });

  test('of a folder are its own and those of what is in it', async () => {
    mkdirSync(at('open'));
    mkdirSync(at('closed'));
    chmodSync(at('closed'), 0o700);
    put('open/a');
    put('closed/a');
    expect(await written([at('open')])).toEqual(['644', false]);
    expect(await written([at('closed')])).toEqual(['600', true]);
    put('open/b', '', 0o600);
    expect(await written([at('open')])).toEqual(['600', true]);
  });

  test('are what is asked for, whatever the umask, where it is asked', async () => {
    process.umask(0o077);
    expect(await written([put('own', '', 0o600)], '644')).toEqual(['644', false]);
    expect(() => modeOf('rw')).toThrow('--mode must be three octal digits, such as 600 or 644 (got rw)');
  });

  test.skipIf(!isRoot)('what root writes belongs to whom the input, or what was there, belongs', async () => {
    const { uid, gid } = { uid: 4242, gid: 4343 };
    const input = put('own', '', 0o600);
    spawnSync('chown', [`${uid}:${gid}`, input]);
    await written([input]);
    expect(statSync(at('out'))).toMatchObject({ uid, gid });
    spawnSync('chown', ['4444:4445', at('out')]);
    await written([input]);
    expect(statSync(at('out'))).toMatchObject({ uid: 4444, gid: 4445 });
  });
});

describeWhere('a small place', ['mount'], () => {
  test('a full disk and a read-only one leave what was there', () => {
    // A file system of one megabyte, then one that may not be written.
    const script = `
    mount -t tmpfs -o size=64k tmpfs "$1" 
    cd "$1"; printf old >a.json; cp "$2" .
    node "$3" export many.folded -f speedscope -o a.json; echo "$? $(cat a.json) $(ls -A | tr '\\n' ' ')"
    mount -o remount,ro "$1"
    node "$3" export many.folded -f speedscope -o a.json; echo "$? $(cat a.json)"
  `;
    put('many.folded', Array.from({ length: 1500 }, (_, i) => `app;f${i} 1\n`).join(''));
    mkdirSync(at('small'));
    const program = join(import.meta.dirname, '../../dist/coldflame.js');
    const words = ['--mount', 'sh', '-c', script, 'sh', at('small'), at('many.folded'), program];
    const { stdout, stderr } = spawnSync('unshare', words, { encoding: 'utf8' });
    expect(stdout).toBe('1 old a.json many.folded \n1 old\n');
    expect(stderr).toBe(
      'coldflame: a.json: no space left on the disk; name another place with -o\n' +
        'coldflame: a.json: the file system is read-only; name another place with -o\n',
    );
  });
});

describe('folders', () => {
  test('many make them below one another at once', async () => {
    const deep = (i: number) => at(`store/date=${i % 3}/host=${i % 7}/capture=${i}`);
    const made = await Promise.allSettled(Array.from({ length: 200 }, (_, i) => makeFolder(deep(i))));
    expect(made.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(readdirSync(at('store')).sort()).toEqual(['date=0', 'date=1', 'date=2']);
  });

  test.skipIf(!existsSync('/proc/self'))('where there can be none it ends', async () => {
    await expect(makeFolder('/proc/none/none')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
