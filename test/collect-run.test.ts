/** The script at work, with tools of no catalogue: what comes into the archive, and what bounds it. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseManifest } from '../src/archive/manifest.ts';
import { tools } from '../src/tools/index.ts';
import type { Recipe } from '../src/tools/tool.ts';
import {
  collect,
  describeWhere,
  fake,
  leftOvers,
  newFolder,
  openArchive,
  SHELLS,
  start,
  survivors,
} from './collecting.ts';
import { SHAPES, secretOf } from './masking/shapes.ts';

/** In Python: counts a CPU clock of its own (perf_event_open, PERF_COUNT_SW_CPU_CLOCK), by which it is seen to be attached. */
const PROBE = `import ctypes, os, struct
attributes = struct.pack('IIQQQQQQQ', 1, 64, 0, 0, 0, 0, 1 << 5, 0, 0)
number = 298 if os.uname().machine == 'x86_64' else 241
probe = ctypes.CDLL(None).syscall(number, attributes, 0, -1, -1, 0)`;

/** A tool that prints what it was given, and bytes of every kind on stderr. */
const HOSTILE = `printf '%s\\n' "$1"; printf 'bad \\377\\300\\257 "q" \\\\ \\033[31m \\0 \\342\\202\\254 \\360\\237\\224\\245\\n' >&2`;

describe.concurrent.each(SHELLS)('%s', (...shell) => {
  test.concurrent('runs the tools and packs what they said, the manifest first', async () => {
    const chosen = [
      fake('hello', 'echo hello; echo aside >&2'),
      fake('nothing', 'true'),
      fake('broken', 'echo no such probe >&2; exit 3'),
    ];
    const { status, folder, stderr } = await collect(chosen, {}, { shell });
    expect([status, leftOvers(folder)]).toEqual([0, []]);
    const archive = openArchive(join(folder, 'c.tar'));
    expect(archive.names).toEqual(['manifest.json', 'hello.txt']);
    expect(archive.text('hello.txt')).toBe('hello\n');
    expect(archive.run('hello')).toMatchObject({
      outcome: 'ok',
      status: 0,
      bytes: 6,
      stderr: 'aside\n',
      file: 'hello.txt',
    });
    expect(archive.run('nothing')).toMatchObject({ outcome: 'ok', reason: 'it printed nothing', file: null });
    expect(archive.run('broken')).toMatchObject({ outcome: 'failed', reason: 'no such probe', status: 3, file: null });
    expect(stderr).toMatch(/c\.tar: \d+ KB\. Next, on any machine: coldflame analyze \S+c\.tar\n$/);
    expect(statSync(join(folder, 'c.tar')).mode & 0o777).toBe(0o600);
  });

  test.concurrent('masks secrets where command lines are printed, and nothing else', async () => {
    const secrets = SHAPES.map((shape, i) => shape(secretOf(i))).filter((line) => !line.startsWith('Set-Cookie'));
    const kept = ['sort --sort-key=2 token_bucket=3 tokens: 5', 'mysqld -p 3306', 'ssh -u root -i key host'];
    const text = [...secrets, ...kept].map((line) => `0.1 sh 7 1 0 ${line}\n`).join('');
    const lines = join(newFolder(), 'lines');
    writeFileSync(lines, text);
    const output = { shape: 'events', columns: { ARGS: { unit: '' } } } as const;
    const tools = [{ ...fake('exec', `cat ${lines}`), output }, fake('other', `cat ${lines}; sleep 0.5`)];
    const { folder } = await collect(tools, {}, { shell });
    const archive = openArchive(join(folder, 'c.tar'));
    expect(archive.text('exec.txt').match(/EXAMPLE\d+/g)).toBeNull();
    expect(archive.text('exec.txt').split('\n').slice(-4, -1)).toEqual(kept.map((line) => `0.1 sh 7 1 0 ${line}`));
    expect(archive.run('exec').bytes).toBe(Buffer.byteLength(archive.text('exec.txt')));
    // When the tool wrote it, not when it was masked.
    expect(archive.run('exec').lastPrinted).toBeLessThan((archive.run('exec').ended as number) + 0.1);
    expect(archive.manifest.notes).toContain(`secrets were masked in ${secrets.length} lines of exec`);
    expect(archive.text('other.txt')).toBe(text);
    const open = await collect(tools, { mask: false }, { shell });
    expect(openArchive(join(open.folder, 'c.tar')).text('exec.txt')).toBe(text);
  });

  test.concurrent('writes sound JSON of whatever bytes tools and words hold', async () => {
    const word = `--$(touch pwned) \`id\` "it's"\n-rf ; \\u0041 é`;
    const tool = fake('hostile', '', { command: ['sh', '-c', HOSTILE, 'sh', word] });
    const { folder } = await collect([tool], {}, { shell });
    const archive = openArchive(join(folder, 'c.tar'));
    expect(archive.text('hostile.txt')).toBe(`${word}\n`);
    expect(archive.run('hostile').stderr).toBe('bad \ufffd\ufffd\ufffd "q" \\ \u001b[31m  € 🔥\n');
    expect(readdirSync(folder)).not.toContain('pwned');
    // The command line as it stands in the manifest is one that a shell understands.
    const again = spawnSync('sh', ['-c', archive.run('hostile').command], { encoding: 'utf8' });
    expect(again.stdout).toBe(`${word}\n`);
  });

  test.concurrent('the window ends when tools are told to, though one writes for long what it saw', async () => {
    const slow = fake('slow', "trap 'sleep 1.5; echo seen; exit 0' INT; while :; do sleep 0.1; done", { ends: false });
    const { folder } = await collect([slow, fake('quick', 'echo')], {}, { shell });
    const { manifest, text } = openArchive(join(folder, 'c.tar'));
    expect(text('slow.txt')).toBe('seen\n');
    const { started, ended, runs } = parseManifest(JSON.stringify(manifest));
    expect(ended - started).toBeGreaterThan(0.9);
    expect(ended).toBeLessThan(manifest.ended - 1.4);
    expect(runs.find(({ tool }) => tool === 'slow')?.ended).toBeCloseTo(ended - started, 2);
  });

  test.concurrent('ends what prints without end, what ignores INT, and what would go on', async () => {
    const chosen = [
      fake('flood', 'exec yes'),
      fake('deaf', `trap '' INT; echo x; while :; do sleep 1; done`),
      fake('stream', 'while :; do echo tick; sleep 0.2; done', { ends: false }),
      fake('last', `trap 'echo summary; exit 0' INT; while :; do sleep 0.1; done`, { ends: false }),
    ];
    const trial = start(chosen, { seconds: 2, minFree: 1 }, { shell });
    const { folder, status } = await trial.ended;
    const archive = openArchive(join(folder, 'c.tar'));
    expect(archive.run('flood')).toMatchObject({
      outcome: 'cut',
      reason: 'its output reached 64 MB: what came later is not here',
    });
    expect(archive.run('flood').bytes).toBe(64 * 2 ** 20);
    expect(archive.run('deaf')).toMatchObject({
      outcome: 'cut',
      reason: 'it did not stop at the end of the window, and was killed',
    });
    expect(archive.run('stream')).toMatchObject({ outcome: 'ok' });
    expect(archive.run('stream').ended).toBeLessThan(4);
    expect(archive.text('last.txt')).toBe('summary\n');
    expect([status, survivors(folder), leftOvers(folder)]).toEqual([0, [], []]);
  });
});

describe.concurrent('what a tool is worth', () => {
  test.concurrent('where the first way fails at once, the next is tried, and the archive says so', async () => {
    const ways = ['echo "failed to attach: -2" >&2; exit 1', 'echo worked'];
    const tool = { ...fake('probe', ''), capture: ways.flatMap((line) => fake('probe', line).capture) };
    const { folder, stderr } = await collect([tool], { seconds: 3 });
    expect(stderr).not.toContain('did not work');
    const { manifest, run, text } = openArchive(join(folder, 'c.tar'));
    expect(run('probe')).toMatchObject({ outcome: 'ok', stderr: '' });
    expect(text('probe.txt')).toBe('worked\n');
    expect(manifest.notes).toContain('probe by classic did not work: failed to attach: -2');
  });

  test.concurrent('where others ended meanwhile, the same way is tried again, and no warning is taken for the reason', async () => {
    const line =
      'echo "WARNING: Ignored open failure for pid 8556" >&2; [ -e tried ] || { : >tried; exit 250; }; echo worked';
    const { folder } = await collect([fake('races', line, { tries: 4 })], { seconds: 3 });
    const { manifest, text } = openArchive(join(folder, 'c.tar'));
    expect(text('races.txt')).toBe('worked\n');
    expect(manifest.notes.filter((note) => note.startsWith('races'))).toEqual([
      'races by classic did not work: it ended with status 250',
    ]);
  });

  test.concurrent('that bpftrace may lock no more memory is no reason', async () => {
    const warning = `ERROR: Unknown error -1: couldn't set RLIMIT_MEMLOCK for bpftrace. If your program is not loading, you can try "ulimit -l 8192" to fix the problem`;
    const warned = (name: string, line: string) => fake(name, `cat >&2 <<'E'\n${warning}\nE\n${line}`);
    const { folder } = await collect([warned('works', 'echo x'), warned('silent', ''), warned('ends', 'exit 3')]);
    const { run } = openArchive(join(folder, 'c.tar'));
    expect(['works', 'silent', 'ends'].map((name) => [run(name).outcome, run(name).reason])).toEqual([
      ['ok', ''],
      ['ok', 'it printed nothing'],
      ['failed', 'it ended with status 3'],
    ]);
  });

  test.concurrent('what is not here is missing, with what would bring it', async () => {
    const absent = fake('absent', '', { command: ['no-such-tool-here'] });
    const { folder, stderr, status } = await collect([absent, fake('here', 'echo x')]);
    expect(openArchive(join(folder, 'c.tar')).run('absent')).toMatchObject({
      outcome: 'missing',
      reason: 'not on this host: install no-such-tool-here',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('not run: absent: not on this host')]);
    const alone = await collect([absent]);
    expect(alone.status).toBe(1);
    expect(alone.stderr).toBe(
      'coldflame: nothing could be collected: absent: not on this host: install no-such-tool-here\n',
    );
    expect([leftOvers(alone.folder), existsSync(join(alone.folder, 'c.tar'))]).toEqual([[], false]);
  });

  test.concurrent('what the host lacks is a reason to skip', async () => {
    const { folder } = await collect([fake('zfs', 'echo', { needs: ['/proc/no/such'] }), fake('here', 'echo x')]);
    expect(openArchive(join(folder, 'c.tar')).run('zfs')).toMatchObject({
      outcome: 'skipped',
      reason: 'classic: this host has no /proc/no/such',
    });
  });

  test.concurrent('where every tool fails the archive tells why, and the status says so', async () => {
    const { folder, status } = await collect([fake('broken', 'echo "cannot do it" >&2; exit 1')]);
    expect(status).toBe(1);
    expect(openArchive(join(folder, 'c.tar')).run('broken').reason).toBe('cannot do it');
  });

  test.concurrent('lost events are a note', async () => {
    const { folder } = await collect([fake('lossy', 'echo x; echo "WARNING: lost 12 events" >&2; echo "0 lost" >&2')]);
    const { notes } = openArchive(join(folder, 'c.tar')).manifest;
    expect(notes.filter((note) => note.startsWith('lossy'))).toEqual(['lossy: WARNING: lost 12 events']);
  });

  test.concurrent('a long stderr keeps its beginning and its end', async () => {
    const { folder } = await collect([fake('chatty', 'echo first >&2; seq 10000 >&2; echo x')]);
    const { stderr } = openArchive(join(folder, 'c.tar')).run('chatty');
    expect(stderr).toMatch(/^first\n1\n[\s\S]*\[\d+ bytes left out\][\s\S]*\n10000\n$/);
    expect(stderr.length).toBeLessThan(9000);
  });

  test.concurrent('what is recorded is turned into text after the window, and removed unless it is to be kept', async () => {
    const recorder = (traits = {}) =>
      fake('rec', 'echo raw >"$1"', {
        command: ['sh', '-c', 'echo raw >"$1"', 'sh', '{data}'],
        after: ['sed', 's/raw/text/', '{data}'],
        ...traits,
      });
    const plain = openArchive(join((await collect([recorder()])).folder, 'c.tar'));
    expect(plain.names).toEqual(['manifest.json', 'rec.txt']);
    expect(plain.text('rec.txt')).toBe('text\n');
    expect(plain.run('rec').command).toMatch(/rec\.data; sed s\/raw\/text\/ rec\.data$/);
    const kept = openArchive(join((await collect([recorder()], { keepPerfData: true })).folder, 'c.tar'));
    expect(kept.names).toEqual(['manifest.json', 'rec.txt', 'perf/', 'perf/rec.data']);
    expect([kept.text('perf/rec.data'), kept.run('rec').file]).toEqual(['raw\n', 'rec.txt']);
  });

  test.concurrent('what is recorded is kept as it is where its text is for later', async () => {
    const command = ['sh', '-c', 'echo raw >"$1"', 'sh', '{data}'];
    const { folder } = await collect([fake('rec', '', { command, after: ['cat', '{data}'] })], { deferSymbols: true });
    const { names, run, text } = openArchive(join(folder, 'c.tar'));
    expect(names).toEqual(['manifest.json', 'perf/', 'perf/rec.data']);
    expect(run('rec')).toMatchObject({ outcome: 'ok', file: 'perf/rec.data', bytes: 4, reason: '' });
    expect(text('perf/rec.data')).toBe('raw\n');
  });

  test.concurrent('a record that does not become text is kept, and the fault told', async () => {
    const command = ['sh', '-c', 'echo raw >"$1"', 'sh', '{data}'];
    const after = ['sh', '-c', 'echo "Error: unknown option" >&2; exit 129'];
    const { folder } = await collect([fake('rec', '', { command, after })]);
    const { names, run, manifest } = openArchive(join(folder, 'c.tar'));
    expect(names).toEqual(['manifest.json', 'perf/', 'perf/rec.data']);
    expect(run('rec')).toMatchObject({ outcome: 'ok', file: 'perf/rec.data' });
    expect(manifest.notes).toContain(
      'rec: its recording was not converted to text here (Error: unknown option); perf/rec.data is in the archive, with the symbols that were found',
    );
  });

  test.concurrent('tools find no terminal, no colour and plain English', async () => {
    const { folder } = await collect(
      [fake('env', 'echo "$LC_ALL $TERM $S_TIME_FORMAT"; cat; ls /proc/self/fd | grep -c "^[4-9]$"')],
      {},
      { env: { LC_ALL: 'de_DE.UTF-8', TERM: 'xterm' } },
    );
    // 0, 1, 2, and 3 for the folder that ls reads: nothing of the collector's own is handed down.
    expect(openArchive(join(folder, 'c.tar')).text('env.txt')).toBe('C dumb ISO\n0\n');
  });
});

describe.concurrent('the clock', () => {
  test.concurrent('the window, the wall clock and the zone are in the manifest', async () => {
    const before = Date.now() / 1000;
    const { folder } = await collect([fake('t', 'date +%s.%N; sleep 0.5')], {}, { env: { TZ: 'XYZ-5:30' } });
    const { manifest, text, run } = openArchive(join(folder, 'c.tar'));
    expect(manifest).toMatchObject({ utcOffset: 19_800, zone: 'XYZ' });
    expect(manifest.started).toBeGreaterThan(before - 0.02);
    expect(manifest.ended).toBeLessThan(Date.now() / 1000 + 0.02);
    const started = manifest.started + (run('t').started as number);
    expect(Math.abs(Number(text('t.txt')) - started)).toBeLessThan(0.5);
    expect((run('t').ended as number) - (run('t').started as number)).toBeGreaterThan(0.45);
  });

  test.concurrent.each([
    ['-0330', -12_600],
    ['+0000', 0],
    ['+0845', 31_500],
    ['-1100', -39_600],
  ])('an offset of %s', async (zone, seconds) => {
    const date = `#!/bin/sh\ncase $1 in +%z) echo ${zone};; *) exec /bin/date "$@";; esac\n`;
    const { folder } = await collect([fake('t', 'echo')], {}, withCommand({ date }));
    expect(openArchive(join(folder, 'c.tar')).manifest.utcOffset).toBe(seconds);
  });

  test.concurrent('a wall clock that is set meanwhile is said, and moves nothing', async () => {
    // An hour is added while the tool runs.
    const date =
      '#!/bin/sh\ncase $1 in +%s*) s=$(/bin/date +%s); [ ! -e "$COLDFLAME_TRIAL/set" ] || s=$((s + 3600)); echo "$s";; *) exec /bin/date "$@";; esac\n';
    const tool = fake('t', 'sleep 0.5; echo x; : >"$COLDFLAME_TRIAL/set"');
    const { folder } = await collect([tool], {}, withCommand({ date }));
    const { manifest, run } = openArchive(join(folder, 'c.tar'));
    expect(manifest.notes).toContainEqual(
      expect.stringMatching(/^the wall clock was set by 3[56]\d\d\.\d s while this ran/),
    );
    expect(run('t').ended).toBeLessThan(3);
  });
});

/** Commands that stand before the host's own on the PATH. */
function withCommand(commands: Record<string, string>) {
  const folder = newFolder();
  mkdirSync(join(folder, 'bin'));
  for (const [name, text] of Object.entries(commands)) writeFileSync(join(folder, 'bin', name), text, { mode: 0o755 });
  return { folder, env: { PATH: `${join(folder, 'bin')}:${process.env.PATH}` } };
}

describe.concurrent('limits', () => {
  test.concurrent('a load above --max-load ends it early, and no other does', async () => {
    const { folder } = await collect([fake('t', 'echo begun; sleep 8')], { seconds: 8, maxLoad: 1 });
    const { manifest } = openArchive(join(folder, 'c.tar'));
    // How busy the machine is while tests run is not ours to say: what it says and what it does must agree.
    const stopped = manifest.notes.find((note) => note.startsWith('the load average went above 1, '));
    if (stopped === undefined) expect(manifest.ended - manifest.started).toBeGreaterThan(7);
    else expect(manifest.ended - manifest.started).toBeLessThan(7);
  });

  test.concurrent('a disk without room is refused', async () => {
    const { status, stderr } = await collect([fake('t', 'echo')], { minFree: 99_999_999 });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/^coldflame: \S+: less than 99999999 MB free; name another place with -o/),
    ]);
  });
});

describeWhere('nobody', ['root', 'su'], () => {
  test('collects what an ordinary user may, and is told what root would add', async () => {
    const folder = newFolder();
    chmodSync(folder, 0o777);
    mkdirSync(join(folder, 'tmp'));
    chmodSync(join(folder, 'tmp'), 0o777);
    const chosen = [...tools.filter(({ name }) => name === 'runqlat'), fake('mine', 'id -u')];
    const shell = ['su', '-s', '/bin/sh', 'nobody', '-c', 'exec sh ./collect.sh'];
    const { status, stderr } = await collect(chosen, {}, { folder, shell: [...shell, '--'] });
    expect(status).toBe(0);
    const { manifest, run, text } = openArchive(join(folder, 'c.tar'));
    expect(text('mine.txt')).not.toBe('0\n');
    expect(['skipped', 'missing']).toContain(run('runqlat').outcome);
    if (run('runqlat').outcome === 'skipped') expect(manifest.notes).toContain('as root it would also run: runqlat');
    expect(stderr).toContain('not run: runqlat');
    // Ends are those of the window, which is told beside them.
    const { ended, notes, zone, host, versions } = parseManifest(JSON.stringify(manifest));
    expect(manifest).toMatchObject({ notes, zone, host, versions });
    expect(ended).toBeLessThanOrEqual(manifest.ended);
  });
});

test('a PATH without anything on it does no harm', async () => {
  const { status, folder } = await collect(
    [fake('t', 'echo x')],
    {},
    { env: { PATH: '/nowhere' }, shell: ['/bin/sh'] },
  );
  expect(status).toBe(0);
  expect(openArchive(join(folder, 'c.tar')).text('t.txt')).toBe('x\n');
});

describeWhere('run by sudo', ['root'], () => {
  test('the archive belongs to who called', async () => {
    const env = { SUDO_UID: '65534', SUDO_GID: '65533' };
    const { folder } = await collect([fake('hello', 'echo hello')], {}, { env });
    const { uid, gid, mode } = statSync(join(folder, 'c.tar'));
    expect([uid, gid, mode & 0o777]).toEqual([65534, 65533, 0o600]);
  });
});

test('what a tool leaves running ends with it', async () => {
  const { folder } = await collect([fake('parent', "(trap '' INT TERM HUP; sleep 60) & echo begun")]);
  expect(survivors(folder)).toEqual([]);
});

describe.each(SHELLS.map((shell) => [shell]))('by %s', (shell) => {
  test("the user's command has the user's umask and environment, and says nothing of them in the archive", async () => {
    const traits: Partial<Recipe> = { command: ['sh', '-c', '"$@"', 'sh', '{command}'] };
    const says = 'umask; env | grep -E "^(LANG|LC_ALL|TERM|COLUMNS|PAGER|users_)" | sort';
    const { stdout, folder } = await collect(
      [fake('runner', '', traits)],
      { scope: { target: 'command', command: ['sh', '-c', says] } },
      {
        shell: ['sh', '-c', 'umask 027; unset LC_ALL COLUMNS; exec "$@"', 'sh', ...shell],
        env: { LANG: 'de_DE.UTF-8', TERM: "it's", PAGER: '' },
      },
    );
    expect(stdout.toString()).toBe("0027\nLANG=de_DE.UTF-8\nPAGER=\nTERM=it's\n");
    expect(openArchive(join(folder, 'c.tar')).run('runner').command).not.toContain('de_DE');
  });
});

/** A tool that the collector takes for one that loads programs into the kernel, and which never does. */
const heavy = (name: string, line: string, traits: Partial<Recipe> = {}) =>
  fake(name, line, { via: 'libbpf-tools', overhead: 'low', ...traits });

describe.concurrent('attaching', () => {
  test.concurrent('the window waits for what attaches, no longer than it may, and the others run from the first second', async () => {
    const chosen = [
      fake('early', 'while :; do echo tick; sleep 0.2; done', { ends: false }),
      heavy('slow', 'while :; do sleep 0.1; done', { ends: false }),
      heavy('talks', 'echo row; while :; do sleep 0.1; done', { ends: false }),
    ];
    const { folder } = await collect(chosen, { seconds: 1, attachWait: 2 });
    const { manifest, run } = openArchive(join(folder, 'c.tar'));
    expect(manifest.windowBegan).toBeGreaterThan(1.9);
    const { started, ended } = parseManifest(JSON.stringify(manifest));
    expect(ended - started).toBeGreaterThan((manifest.windowBegan ?? 0) + 0.9);
    expect(run('early').started).toBeLessThan(0.5);
    expect(run('early').ended).toBeGreaterThan(2.9);
    expect(run('slow')).toMatchObject({
      outcome: 'failed',
      attached: null,
      reason: expect.stringMatching(/^it was not attached when the window ended/),
    });
    expect(run('talks')).toMatchObject({ outcome: 'cut', bytes: 4 });
  });

  test.concurrent('without any that attaches the window begins at once', async () => {
    const { folder } = await collect([fake('quick', 'echo; sleep 0.5')], { attachWait: 60 });
    expect(openArchive(join(folder, 'c.tar')).manifest.windowBegan).toBeLessThan(0.9);
  });

  test.concurrent('looking that takes long for want of a CPU is done no less often', async () => {
    // A second each time, none of it CPU time.
    const ls = '#!/bin/sh\nsleep 1\nexec /bin/ls "$@"\n';
    const probing = `${PROBE}\nimport time\ntime.sleep(20)`;
    const host = withCommand({ ls });
    writeFileSync(join(host.folder, 'probing.py'), probing);
    const tool = heavy('probing', 'exec python3 probing.py', { ends: false });
    const { folder } = await collect([tool], { seconds: 1, attachWait: 30 }, host);
    // Twice is enough, and between them lay four seconds where a turn of one second was waited for fourfold.
    expect(openArchive(join(folder, 'c.tar')).manifest.windowBegan).toBeLessThan(4);
  });

  test.concurrent('what ends before it is attached is tried in its next way, however long it took', async () => {
    const tool = {
      ...heavy('probe', ''),
      capture: [
        ...heavy('probe', 'sleep 1; echo "cannot attach" >&2; exit 1').capture,
        ...fake('probe', 'echo worked').capture,
      ],
    };
    const { folder } = await collect([tool], { seconds: 2, attachWait: 4 });
    const { manifest, text, run } = openArchive(join(folder, 'c.tar'));
    expect([text('probe.txt'), run('probe').via]).toEqual(['worked\n', 'classic']);
    expect(manifest.notes).toContain('probe by libbpf-tools did not work: cannot attach');
  });

  test.concurrent("one of bcc's tools is attached when it prints its heading, not between two probes", async () => {
    // Its heading comes later than what it counts with.
    const probing = `#!/usr/bin/env python3
${PROBE}
import time
time.sleep(1.2)
print('TIME', time.monotonic(), flush=True)
time.sleep(20)
`;
    const folder = newFolder();
    mkdirSync(join(folder, 'bcc'));
    const files = { 'probing-bpfcc': probing, 'bcc/__init__.py': '', modprobe: '#!/bin/sh\n' };
    const env = { PYTHONPATH: folder, PATH: `${folder}:${process.env.PATH}` };
    const tool = fake('probing', '', { via: 'bcc', command: ['probing'], ends: false });
    await collect([tool], { seconds: 1, attachWait: 10 }, { folder, files, env });
    const { run, text, manifest } = openArchive(join(folder, 'c.tar'));
    const printed = Number(text('probing.txt').split(' ')[1]) - (manifest.monotonic as number);
    expect(printed).toBeGreaterThan(1.2);
    expect(Math.abs((run('probing').attached as number) - printed)).toBeLessThan(0.3);
  });

  test.concurrent('a tool that prints is attached when it first did', async () => {
    const { folder } = await collect([fake('late', 'sleep 0.7; echo first; sleep 1')], { seconds: 2 });
    const { attached, started } = openArchive(join(folder, 'c.tar')).run('late');
    expect((attached as number) - (started as number)).toBeGreaterThan(0.65);
    expect((attached as number) - (started as number)).toBeLessThan(1.7);
  });

  test.concurrent('a tool hears INT once', async () => {
    const counts =
      'n=0; trap "n=\\$((n + 1))" INT; while [ $n = 0 ]; do sleep 0.1; done; sleep 0.5; sleep 0.5; echo $n';
    const { folder } = await collect([fake('counts', counts, { ends: false })]);
    expect(openArchive(join(folder, 'c.tar')).text('counts.txt')).toBe('1\n');
  });

  test.concurrent('a tool that is at work on what it saw has as long again', async () => {
    // Three seconds of its own work, where two are what a tool has in these tests; the other sleeps as long.
    const clock = `read -r n _ </proc/uptime; n=\${n%.*}`;
    const write = `${clock}; e=$((n + 3)); while [ $n -lt $e ]; do ${clock}; done`;
    const at = (work: string) => `trap '${work}; echo seen; exit' INT; while :; do sleep 0.1; done`;
    const tools = [fake('works', at(write), { ends: false }), fake('sleeps', at('sleep 3.5'), { ends: false })];
    const { folder } = await collect(tools);
    const { run } = openArchive(join(folder, 'c.tar'));
    expect(run('works')).toMatchObject({ outcome: 'ok', bytes: 5 });
    expect(run('sleeps')).toMatchObject({ outcome: 'cut', bytes: 0 });
  });

  test.concurrent('a tool in Python that missed INT hears it again', async () => {
    const missed = 'Exception ignored on calling ctypes callback function: <function f>';
    const counts = `n=0; trap 'n=$((n + 1)); [ $n != 1 ] || echo "${missed}" >&2' INT; while [ $n -lt 2 ]; do sleep 0.1; done; echo $n`;
    const { folder } = await collect([fake('counts', counts, { ends: false })]);
    expect(openArchive(join(folder, 'c.tar')).text('counts.txt')).toBe('2\n');
  });

  test.concurrent('bpftrace hears INT again as long as it has missed it', async () => {
    // What waits goes on until it has heard three; what has heard one lets go of its probe, and waits for the last events.
    const waits = (once: string) => `${PROBE}
import select, signal
heard = 0
def hear(*_):
    global heard
    heard += 1
signal.signal(signal.SIGINT, hear)
print('Attaching 1 probe...', flush=True)
events = select.epoll()
${once}
print(heard)`;
    const misses = waits('while heard < 3: events.poll(0.1)');
    const hears = waits(`while heard < 1: events.poll(0.1)
os.close(probe)
for i in range(10): events.poll(0.1)`);
    const tools = Object.entries({ misses, hears }).map(([name, program]) =>
      fake(name, '', { via: 'bpftrace', command: ['python3', '-c', program], ends: false }),
    );
    const { folder } = await collect(tools, { attachWait: 10 });
    const { run, text } = openArchive(join(folder, 'c.tar'));
    expect(['misses', 'hears'].map((name) => run(name).outcome)).toEqual(['ok', 'ok']);
    expect(text('misses.txt')).toBe('Attaching 1 probe...\n3\n');
    expect(text('hears.txt')).toBe('Attaching 1 probe...\n1\n');
  });
});

describe.concurrent('bpftrace that names frames', () => {
  const STACKS = 'profile:hz:99 { @[ustack] = count(); }';
  test.concurrent.each([
    ['0.17.0', STACKS, 'x86_64', '1'],
    ['0.23.2', STACKS, 'x86_64', 'unset'],
    ['0.17.0', STACKS, 'aarch64', 'unset'],
    ['0.17.0', 'profile:hz:99 { @[kstack] = count(); }', 'x86_64', 'unset'],
  ])('v%s, %s on %s keeps symbols: %s', async (version, program, machine, kept) => {
    const commands = {
      bpftrace: `#!/bin/sh\n[ "$1" != --version ] || exec echo bpftrace v${version}\necho "\${BPFTRACE_CACHE_USER_SYMBOLS-unset}"\n`,
      uname: `#!/bin/sh\n[ "$1" != -m ] || exec echo ${machine}\nexec /bin/uname "$@"\n`,
    };
    const tool = fake('stacks', '', { via: 'bpftrace', command: ['bpftrace', '-e', program] });
    const { folder } = await collect([tool], {}, withCommand(commands));
    const { text, manifest } = openArchive(join(folder, 'c.tar'));
    expect(text('stacks.txt')).toBe(`${kept}\n`);
    expect(manifest.notes.some((said) => said.startsWith('stacks: bpftrace before 0.19'))).toBe(kept === '1');
  });
});

describe.concurrent('the observer', () => {
  test.concurrent("a tool's processes and its CPU time within the window are told", async () => {
    const busy = 'echo $$; end=$(($(date +%s) + 3)); while [ "$(date +%s)" -lt "$end" ]; do :; done; sleep 2';
    const { folder } = await collect([fake('busy', busy), fake('idle', 'echo; sleep 9')], { seconds: 3 });
    const { run, text, manifest } = openArchive(join(folder, 'c.tar'));
    expect(run('busy').pids).toContain(Number(text('busy.txt')));
    // Of a machine that others use it may get little, but all of it is in the window; the shell's `times` tells the whole.
    expect(run('busy').cpu).toBeGreaterThan(0);
    expect(run('busy').cpuInWindow).toBeGreaterThan((run('busy').cpu as number) / 2);
    expect(run('busy').cpuInWindow).toBeLessThanOrEqual((run('busy').cpu as number) + 0.05);
    expect(run('idle').cpuInWindow).toBeLessThan(0.1);
    expect(manifest.collector.pids.length).toBeGreaterThan(0);
    expect(manifest.collector.pids).not.toContain(Number(text('busy.txt')));
  });

  test.concurrent('what a command takes that is run beside the tools is not the cost of collecting', async () => {
    const runner = fake('runner', '', { command: ['sh', '-c', '"$@"', 'sh', '{command}'] });
    const burn = 'i=0; while [ $i -lt 300000 ]; do i=$((i + 1)); done; echo $$';
    const { folder, stdout } = await collect([runner], { scope: { target: 'command', command: ['sh', '-c', burn] } });
    const { run, manifest } = openArchive(join(folder, 'c.tar'));
    expect(run('runner').cpu).toBeNull();
    expect(run('runner').pids).not.toContain(Number(stdout));
    expect(manifest.collector.cpu).toBeLessThan(1);
    expect(manifest.notes).toContainEqual(expect.stringMatching(/ 0\.00 the tools, /));
  });

  test.concurrent('what a tool costs is counted at the end of the window, after all looking', async () => {
    const tar = `#!/bin/sh
find ../run -name t.ended -newer ../run/t.printed >"$COLDFLAME_TRIAL/later"
exec /bin/tar "$@"
`;
    const { folder } = await collect([fake('t', 'echo; sleep 60', { ends: false })], {}, withCommand({ tar }));
    expect(readFileSync(join(folder, 'later'), 'utf8')).toBe('../run/t.ended\n');
  });

  test.concurrent('marks lie in the window, in order, and only where they are wanted', async () => {
    const { folder } = await collect([fake('t', 'echo; sleep 9')], { seconds: 6, marks: true });
    const { windowBegan, ended, started, marks } = parseManifest(
      JSON.stringify(openArchive(join(folder, 'c.tar')).manifest),
    );
    const known = marks.filter(({ kind }) => kind !== 'connect');
    expect(known.map(({ kind, word }) => `${kind} ${word}`)).toEqual(
      [1, 2].flatMap((n) => ['exec', 'open', 'fsync'].map((kind) => `${kind} coldflame-mark-${n}`)),
    );
    for (const { at, until, pid } of marks) {
      expect(at).toBeGreaterThanOrEqual(windowBegan as number);
      expect(until).toBeGreaterThanOrEqual(at);
      expect(until).toBeLessThan(ended - started);
      expect(pid).toBeGreaterThan(0);
    }
    const without = await collect([fake('t', 'echo')], { marks: false });
    expect(openArchive(join(without.folder, 'c.tar')).manifest.marks).toEqual([]);
  });

  test.concurrent('how the host is set up is as the kernel says', async () => {
    const { folder } = await collect([fake('t', 'echo')]);
    const { facts = {} } = openArchive(join(folder, 'c.tar')).manifest.host;
    const read = (path: string) => readFileSync(path, 'utf8').trim();
    expect(facts['vm.swappiness']).toBe(read('/proc/sys/vm/swappiness'));
    expect(facts['kernel.cmdline']).toBe(read('/proc/cmdline'));
    expect(facts['mount./']).toMatch(/^\S+ r[wo],/);
  });
});

describe.concurrent('on few CPUs', () => {
  const getconf = '#!/bin/sh\ncase $1 in CLK_TCK) echo 100;; *) echo 1;; esac\n';
  const few = () => withCommand({ getconf });
  const crowd = [
    ...['a', 'b', 'c'].map((name) => fake(name, 'echo', { overhead: 'high' })),
    ...['d', 'e'].map((name) => fake(name, 'echo', { overhead: 'moderate' })),
    fake('f', 'echo', { overhead: 'low' }),
  ];

  test.concurrent('the dearest are left out by rule, and what is named is not', async () => {
    // A fifth of one CPU: 0.5 + 2 + 2 + 6 percent and 6 more, and no room for another 6.
    const { folder } = await collect(crowd, {}, few());
    const { run } = openArchive(join(folder, 'c.tar'));
    expect('abcdef'.split('').map((name) => run(name).outcome)).toEqual(['ok', 'ok', 'skipped', 'ok', 'ok', 'ok']);
    expect(run('c').reason).toMatch(/^the others may take .* its overhead is high; --tool c runs it$/);
    const named = await collect(crowd, { named: ['b', 'c'] }, few());
    const again = openArchive(join(named.folder, 'c.tar'));
    // 12 are taken: room for 4.5 more and for no 6.
    expect('abcdef'.split('').map((name) => again.run(name).outcome)).toEqual(['skipped', ...Array(5).fill('ok')]);
  });

  test.concurrent('--plan says what is left out, why, and how long it takes', async () => {
    const { stdout } = await collect([...crowd, heavy('g', 'true')], { plan: true, seconds: 30 }, few());
    const plan = stdout.toString();
    expect(plan).toMatch(
      /^Would run for 30 s, once the tools that load BPF programs have attached \(at most 15 s\):\n/,
    );
    expect(plan).toMatch(/\nWould leave out:\n\nc: the others may take a fifth of the CPUs/);
    expect(plan).toMatch(/\nWould take about 30 s and the time to attach, at most \d+ s in all\.\n$/);
  });

  test.concurrent("bcc's tools are taken in their lighter form where not all fit", async () => {
    const names = ['one', 'two'];
    const both = names.map((name) => {
      const lighter = heavy(name, 'true');
      return { ...lighter, capture: [...fake(name, '', { via: 'bcc', command: [name] }).capture, ...lighter.capture] };
    });
    const ways = async (attachWait: number) => {
      const folder = newFolder();
      mkdirSync(join(folder, 'bcc'));
      const files: Record<string, string> = { getconf, 'bcc/__init__.py': '', modprobe: '#!/bin/sh\n' };
      for (const name of names) files[`${name}-bpfcc`] = '#!/usr/bin/env python3\n';
      const env = { PYTHONPATH: folder, PATH: `${folder}:${process.env.PATH}` };
      const { stdout } = await collect(both, { plan: true, attachWait }, { folder, files, env });
      return stdout.toString().match(/\S+(?=, any user)/g);
    };
    // bcc's take two CPU seconds each, on one CPU.
    expect(await ways(4)).toEqual(['bcc', 'bcc']);
    expect(await ways(3)).toEqual(['libbpf-tools', 'libbpf-tools']);
  });

  test.concurrent('what does not go with another is left out beside it', async () => {
    const chosen = [fake('one', 'echo'), fake('two', 'echo', { without: 'one' })];
    const { folder } = await collect(chosen);
    expect(openArchive(join(folder, 'c.tar')).run('two').reason).toBe(
      'not beside one; --tool two runs it, or --skip one',
    );
    const alone = await collect(chosen.slice(1));
    expect(openArchive(join(alone.folder, 'c.tar')).run('two').outcome).toBe('ok');
  });
});
