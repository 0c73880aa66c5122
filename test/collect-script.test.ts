/** The script as text: which tools, which words, and that any POSIX shell and a careful reader can take it. */
import { execFileSync, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseTools } from '../src/collectors/choose.ts';
import { collectScript } from '../src/collectors/script.ts';
import { shellWord, shellWords } from '../src/collectors/words.ts';
import { tools } from '../src/tools/index.ts';
import { describeWhere, fake, newFolder, SHELLS } from './collecting.ts';
import { OPTIONS } from './script-options.ts';

const choose = (choice: { sets?: string[]; tools?: string[]; skip?: string[] }) =>
  chooseTools(tools, { sets: [], tools: [], skip: [], ...choice }).map(({ name }) => name);

describe('which tools', () => {
  test('the ten commands of the 60-second checklist', () => {
    const ten = ['uptime', 'dmesg', 'vmstat', 'mpstat', 'pidstat', 'iostat', 'free', 'sar-dev', 'sar-tcp', 'top'];
    expect(choose({ sets: ['60s'] })).toEqual(expect.arrayContaining(ten));
  });
  test('cpu has the stacks, the run queue and what they are read beside', () => {
    const wanted = ['perf', 'runqlat', 'vmstat', 'mpstat', 'pidstat', 'uptime', 'dmesg'];
    expect(choose({ sets: ['cpu'] })).toEqual(expect.arrayContaining(wanted));
  });
  test('the checklist of bcc', () => {
    const wanted = ['execsnoop', 'opensnoop', 'ext4slower', 'biolatency', 'biosnoop', 'cachestat', 'tcpconnect'];
    const more = ['tcpaccept', 'tcpretrans', 'runqlat', 'profile'];
    expect(choose({ sets: ['bcc'] })).toEqual(expect.arrayContaining([...wanted, ...more]));
  });
  test('a set, a tool more, a tool less', () => {
    const names = choose({ sets: ['60s'], tools: ['biolatency'], skip: ['top'] });
    expect(names).toContain('biolatency');
    expect(names).not.toContain('top');
  });
  test.each([
    [{ sets: ['60'] }, /^no set 60; did you mean 60s\? \(the sets are 60s, bcc, cpu/],
    [{ tools: ['$(id)'] }, /^no tool \$\(id\) \(coldflame tools lists them\)/],
    [{ tools: ['top'], skip: ['top'] }, /^no tool is left to run; name one/],
  ])('%j is told in a sentence', (choice, message) => {
    expect(() => choose(choice)).toThrow(message);
  });
});

describe('words', () => {
  test.each([
    ['-zx', '-zx'],
    ['', "''"],
    ["it's", `'it'\\''s'`],
    ['$(id)\n`id`', "'$(id)\n`id`'"],
  ])('%j is %j for a shell', (word, quoted) => {
    expect(shellWord(word)).toBe(quoted);
    const [, back] = execFileSync('sh', ['-c', `printf '%s\\0%s\\0' x ${quoted}`], { encoding: 'utf8' }).split('\0');
    expect(back).toBe(word);
  });
  test('a placeholder without a value takes its flag along', () => {
    expect(shellWords(['t', '-p', '{pid}', '-a', '--cgroup={cgroup}', '{count}'], { count: ['5'] })).toEqual([
      't',
      '-a',
      '5',
    ]);
  });
  test('a placeholder with a value', () => {
    const values = { pid: ['42'], data: { expression: '"$folder/x"' } };
    expect(shellWords(['-p', '{pid}', '-o', '{data}', '--out={data}'], values)).toEqual([
      '-p',
      '42',
      '-o',
      '"$folder/x"',
      '--out="$folder/x"',
    ]);
  });
});

describe('narrowing', () => {
  const perf = tools.filter(({ name }) => name === 'perf');
  const lineOf = (scope: Parameters<typeof collectScript>[1]['scope']) =>
    /way perf .*/.exec(collectScript(perf, { ...OPTIONS, scope }))?.[0];
  test('the whole host', () => expect(lineOf({ target: 'host' })).toContain(' -a '));
  test('a process', () => {
    expect(lineOf({ target: 'pid', pid: '42' })).toContain(' -p 42 ');
    expect(lineOf({ target: 'pid', pid: '42' })).not.toContain(' -a ');
  });
  test('a control group', () => expect(lineOf({ target: 'cgroup', cgroup: '/x' })).toContain(' -G "$cgroup_name" '));
  test('a command', () => {
    expect(lineOf({ target: 'command', command: ['make', '-j', "it's"] })).toMatch(
      / "\$folder\/surroundings" make -j 'it'\\''s'$/,
    );
  });
});

test('callers by what was asked for, and by frame pointers where the machine has no such thing', () => {
  const perf = tools.filter(({ name }) => name === 'perf');
  const graphs = (callGraph: 'fp' | 'lbr') =>
    [...collectScript(perf, { ...OPTIONS, callGraph }).matchAll(/ -a --call-graph (\w+) /g)].map(([, graph]) => graph);
  expect([graphs('fp'), graphs('lbr')]).toEqual([['fp'], ['lbr', 'fp']]);
  const ways = collectScript(perf, { ...OPTIONS, callGraph: 'lbr' }).match(/^ {2}way perf .* --call-graph .*$/gm) ?? [];
  const arePointers = ways.map((way) => / pointers'/.test(way));
  expect(arePointers).toContain(true);
  expect(arePointers).toEqual(ways.map((way) => way.includes('--call-graph fp')));
});

const everything = collectScript(chooseTools(tools, { sets: ['all'], tools: [], skip: [] }), OPTIONS);

describe.each(SHELLS)('%s', (shell, ...flags) => {
  test('can read the script with every tool', () => {
    const path = join(newFolder(), 'all.sh');
    writeFileSync(path, everything);
    const { status, stderr } = spawnSync(shell as string, [...flags, '-n', path], { encoding: 'utf8' });
    expect([status, stderr]).toEqual([0, '']);
  });
});

describeWhere('shellcheck', ['shellcheck'], () => {
  test.each([
    ['every tool', everything],
    ['one tool', collectScript([fake('one', 'true')], OPTIONS)],
    ['a command', collectScript(tools, { ...OPTIONS, scope: { target: 'command', command: ['make'] } })],
  ])('has nothing to say about a script with %s', (_, script) => {
    const { stdout } = spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' });
    expect(stdout).toBe('');
  });
});

test('each tool says in the script what it is there for', () => {
  for (const { asks, name } of chooseTools(tools, { sets: ['60s'], tools: [], skip: [] }))
    expect(everything).toContain(`# ${asks}\n  tool ${name}\n`);
});
