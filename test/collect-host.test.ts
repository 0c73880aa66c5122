/** The catalogue's own recipes on this machine, through the built program: perf, BPF, sysstat, ssh. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ArchivedSymbols } from '../src/symbols/archived.ts';
import { Symbols } from '../src/symbols/finder.ts';
import {
  becomes,
  CGROUPS,
  describeWhere,
  later,
  leftOvers,
  newFolder,
  openArchive,
  resultOf,
  survivors,
  type Trial,
} from './collecting.ts';
import { folded, readBytes } from './perfdata/reading.ts';

const PROGRAM = join(import.meta.dirname, '../dist/coldflame.js');

/** Starts `coldflame …` in a folder that is also its TMPDIR. */
function coldflame(words: string[], { folder = newFolder(), env = {} as Record<string, string> } = {}): Trial {
  mkdirSync(join(folder, 'tmp'), { recursive: true });
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd: folder,
    env: { ...process.env, TMPDIR: join(folder, 'tmp'), COLDFLAME_TRIAL: folder, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end();
  return { folder, child, ended: resultOf(child, folder) };
}

describeWhere('the cpu set, captured here', ['root', 'perf', 'vmstat', 'mpstat'], () => {
  let folder: string;
  beforeAll(async () => {
    const busy = spawn('sh', ['-c', 'while :; do :; done']);
    const trial = coldflame(['collect', '--set', 'cpu', '--skip', 'execsnoop', '--for', '3', '-o', 'c.tar']);
    ({ folder } = await trial.ended);
    busy.kill();
    expect([(await trial.ended).status, leftOvers(folder), survivors(folder)]).toEqual([0, [], []]);
  });

  test('perf sampled the busy shell, one sample a line of the count that perf reports', () => {
    const { run, text } = openArchive(join(folder, 'c.tar'));
    expect(run('perf').outcome).toBe('ok');
    // [ perf record: Captured and wrote 0.222 MB perf.data (508 samples) ]
    const recorded = Number(/\((\d+) samples\)/.exec(run('perf').stderr)?.[1]);
    const printed = text('perf.txt').match(/^\S.* \[\d+\] +\d+\.\d+: /gm)?.length;
    expect(recorded).toBeGreaterThan(200);
    expect(printed).toBe(recorded);
  });

  test('perf and the manifest agree on what time it is', () => {
    const { manifest, text } = openArchive(join(folder, 'c.tar'));
    const times = [...text('perf.txt').matchAll(/ \[\d+\] +(\d+\.\d+): /g)].map(
      ([, time]) => Number(time) - (manifest.monotonic ?? 0),
    );
    expect(times[0]).toBeGreaterThan(0);
    expect(times.at(-1)).toBeLessThan(manifest.ended - manifest.started);
  });

  test('analyze reads every file of it, and leaves no line unread', async () => {
    const out = await coldflame(['export', 'c.tar', '--format', 'json'], { folder }).ended;
    const { sources } = JSON.parse(out.stdout.toString()) as { sources: { name: string; unread: unknown[] }[] };
    expect(sources.filter(({ unread }) => unread.length > 0)).toEqual([]);
    expect(sources.map(({ name }) => name)).toEqual(openArchive(join(folder, 'c.tar')).names.slice(1));
  });
});

describeWhere('perf.data goes along where perf script does not do', ['root', 'perf'], () => {
  const BUSY = 'i=0; while :; do i=$((i + 1)); done';
  const sampled = (stacks: string) => stacks.split('\n').filter((line) => /^busyshell;/.test(line));

  async function busyCapture(words: string[], commands: Record<string, string> = {}) {
    const folder = newFolder();
    mkdirSync(join(folder, 'bin'));
    for (const [name, text] of Object.entries(commands))
      writeFileSync(join(folder, 'bin', name), text, { mode: 0o755 });
    // A copy under a name of its own: nothing else on this machine is called so.
    const shell = join(folder, 'bin/busyshell');
    copyFileSync('/bin/dash', shell);
    const busy = spawn(shell, ['-c', BUSY]);
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
    await coldflame(['collect', '--tool', 'perf', '--for', '2', '-o', 'c.tar', ...words], { folder, env }).ended;
    busy.kill();
    const { stdout } = await coldflame(['export', 'c.tar', '--format', 'folded', '--all'], { folder }).ended;
    return { ...openArchive(join(folder, 'c.tar')), stacks: stdout.toString() };
  }

  test('with --defer-symbols: perf script is not run, and the stacks have their names', async () => {
    const { names, run, stacks } = await busyCapture(['--defer-symbols']);
    expect(names).toEqual(expect.arrayContaining(['perf/perf.data', 'perf/kallsyms']));
    expect(names).not.toContain('perf.txt');
    expect(run('perf')).toMatchObject({ outcome: 'ok', file: 'perf/perf.data' });
    expect(sampled(stacks).length).toBeGreaterThan(0);
    expect(stacks).toMatch(/^swapper.*;do_idle|;do_syscall_64/m);
  });

  test('where perf script fails: the reason is told, and nothing is lost', async () => {
    const perf =
      '#!/bin/sh\n[ "$1" != script ] || { echo "failed to process type: 17 [Bad address]" >&2; exit 242; }\n';
    const { names, manifest, run, stacks } = await busyCapture([], { perf: `${perf}exec /usr/bin/perf "$@"\n` });
    expect(names).toContain('perf/perf.data');
    expect(names.filter((name) => name.startsWith('perf/symbols/')).length).toBeGreaterThan(0);
    expect(run('perf')).toMatchObject({ outcome: 'ok', file: 'perf/perf.data' });
    expect(manifest.notes).toContainEqual(
      expect.stringMatching(
        /^perf: its recording was not converted to text here \(failed to process type: 17 \[Bad address\]\)/,
      ),
    );
    expect(sampled(stacks).length).toBeGreaterThan(0);
  });

  test('--symbols-size bounds what goes along, and what is left is named', async () => {
    const { names, manifest } = await busyCapture(['--defer-symbols', '--symbols-size', '0']);
    expect(names.filter((name) => /^perf\/(symbols|files)\//.test(name))).toEqual([]);
    expect(manifest.notes).toContainEqual(expect.stringMatching(/^symbols left out for lack of space or time .* \/\S/));
  });
});

describeWhere('a program larger than there is room for', ['root', 'perf', 'objcopy'], () => {
  test('goes along without its code, and its functions have their names', async () => {
    const folder = newFolder();
    const busy = spawn(process.execPath, ['-e', 'for (;;) JSON.parse(JSON.stringify({ a: [1, 2, 3] }))']);
    const words = [
      'collect',
      '--tool',
      'perf',
      '--for',
      '2',
      '-o',
      'c.tar',
      '--defer-symbols',
      '--symbols-size',
      '24M',
    ];
    await coldflame([...words, '--pid', String(busy.pid)], { folder }).ended;
    busy.kill();
    const { names } = openArchive(join(folder, 'c.tar'));
    const kept = names.filter((name) => name.startsWith('perf/symbols/'));
    expect(kept.length).toBeGreaterThan(0);
    mkdirSync(join(folder, 'out'));
    execFileSync('tar', ['xf', 'c.tar', '-C', 'out'], { cwd: folder });
    // Nothing of this machine is looked at: only what is in the archive names v8's functions.
    const place = new ArchivedSymbols();
    for (const name of names.filter((each) => each.startsWith('perf/')))
      if (!name.endsWith('/')) place.add(name, readFileSync(join(folder, 'out', name)));
    const bytes = readFileSync(join(folder, 'out/perf/perf.data'));
    expect(folded(readBytes(bytes, { symbols: new Symbols([place], async (packed) => packed) })).join()).toMatch(
      /v8::internal::/,
    );
  });
});

describeWhere('narrowed', ['root', 'perf'], () => {
  test('to a process: perf has no sample of another', async () => {
    const busy = spawn('sh', ['-c', 'while :; do :; done']);
    const { folder } = await coldflame([
      'collect',
      '--tool',
      'perf',
      '--for',
      '1',
      '--pid',
      String(busy.pid),
      '-o',
      'c.tar',
    ]).ended;
    busy.kill();
    const { text, manifest } = openArchive(join(folder, 'c.tar'));
    const pids = new Set([...text('perf.txt').matchAll(/^\S.*? (\d+)\/\d+ +\[/gm)].map(([, pid]) => Number(pid)));
    expect(
      [...pids],
      `${openArchive(join(folder, 'c.tar')).run('perf').stderr}${text('perf.txt').slice(-400)}`,
    ).toEqual([busy.pid]);
    expect(manifest.narrowed).toEqual({ pid: busy.pid, comm: 'sh', container: '', cgroup: '' });
  });

  test('to a command, which gets its words as they are and its output to the terminal', async () => {
    const words = [
      'sh',
      '-c',
      'printf "%s|" "$@"; i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done',
      'sh',
      '-',
      '--',
      '$(id)',
      "it's\n",
    ];
    const run = coldflame(['collect', '--set', 'cpu', '-o', 'c.tar', '--', ...words]);
    const { folder, stdout, stderr, status } = await run.ended;
    expect(stderr).toMatch(/^collecting until the command ends, at most 3600 s: perf/);
    expect(stderr).not.toMatch(/s left/);
    expect([status, stdout.toString()]).toEqual([0, "-|--|$(id)|it's\n|"]);
    const { manifest, run: runOf } = openArchive(join(folder, 'c.tar'));
    expect(manifest.ended - manifest.started).toBeLessThan(20);
    expect(runOf('perf').outcome).toBe('ok');
    expect(manifest.notes).toContainEqual(expect.stringMatching(/^the command ended, /));
  });
});

describeWhere('narrowed to a control group', ['root', 'perf', 'cgroup'], () => {
  test('as path, name or container', async () => {
    const id = `f00d${process.pid}`;
    const group = join(CGROUPS as string, `docker-${id}.scope`);
    mkdirSync(group);
    const busy = spawn('sh', ['-c', `echo $$ >${group}/cgroup.procs; exec sha256sum /dev/zero`]);
    try {
      const ways = [
        ['--cgroup', group],
        ['--cgroup', `docker-${id}.scope`],
        ['--container', id.slice(0, 6)],
      ];
      const trials = ways.map((words) =>
        coldflame(['collect', '--tool', 'perf', '--for', '4', ...words, '-o', 'c.tar']),
      );
      for (const { folder } of await Promise.all(trials.map(({ ended }) => ended))) {
        const { text, run } = openArchive(join(folder, 'c.tar'));
        expect(run('perf').command).toContain(`-G /docker-${id}.scope`);
        const pids = [...text('perf.txt').matchAll(/^\S.*? (\d+)\/\d+ +\[/gm)].map(([, pid]) => Number(pid));
        expect(new Set(pids)).toEqual(new Set([busy.pid]));
      }
    } finally {
      busy.kill('SIGKILL');
      await later(100);
      rmdirSync(group);
    }
  });
});

describeWhere('an ordinary user', ['root', 'perf', 'su'], () => {
  const paranoid = Number(readFileSync('/proc/sys/kernel/perf_event_paranoid', 'utf8'));
  test.skipIf(paranoid > 2)('has perf for processes of their own, and is told so', async () => {
    const folder = newFolder();
    for (const path of [folder, join(folder, 'tmp')]) {
      mkdirSync(path, { recursive: true });
      chmodSync(path, 0o777);
    }
    const { stdout } = await coldflame(['collect', '--script', '--tool', 'perf', '--for', '4', '-o', 'c.tar'], {
      folder,
    }).ended;
    writeFileSync(join(folder, 'c.sh'), stdout, { mode: 0o755 });
    const line = `cd ${folder} && { sha256sum /dev/zero & } && TMPDIR=${folder}/tmp sh c.sh; kill $!`;
    const { stderr } = spawnSync('su', ['-s', '/bin/sh', 'nobody', '-c', line], { encoding: 'utf8' });
    const { text, run } = openArchive(join(folder, 'c.tar'));
    expect(stderr).toContain('perf sees the processes of nobody alone; as root it would see all');
    expect(run('perf')).toMatchObject({ outcome: 'ok', command: expect.stringMatching(/ -u \d+ /) });
    expect(text('perf.txt')).toMatch(/^sha256sum /m);
  });
});

test('--script prints what collect would run', async () => {
  const { stdout } = await coldflame(['collect', '--script', '--set', '60s', '--for', '7']).ended;
  expect(stdout.toString()).toMatch(/^#!\/bin\/sh\n[\s\S]*\n\s+way classic '[^']*' vmstat 1 "\$span"\n/);
  expect(stdout.toString()).toContain('\nseconds=7 ');
});

test('killed outright, coldflame leaves a script that notices and ends', async () => {
  const trial = coldflame(['collect', '--tool', 'vmstat', '--for', '30', '-o', 'c.tar']);
  await later(1500);
  trial.child.kill('SIGKILL');
  expect(await becomes(() => survivors(trial.folder).length === 0)).toBe(true);
  expect(leftOvers(trial.folder)).toEqual([]);
});

test.each([
  [['--set', 'fast'], 2, /^coldflame: no set fast .*60s/],
  [['--tool', 'top', '--for', '0'], 2, /^coldflame: --for must be a time from 1s to 24h/],
  [['--pid', '1', '--cgroup', '/x'], 2, /^coldflame: --pid and --cgroup exclude each other\n$/],
  [['--ssh=-oProxyCommand=id'], 2, /^coldflame: --ssh must be user@host \(got -oProxyCommand=id\)\n$/],
  [['--min-free', 'all'], 2, /^coldflame: --min-free must be a size/],
  [['--tool', 'vmstat', '--', 'make'], 2, /^coldflame: a command after -- is run by perf/],
  [['--tool', 'vmstat', '--pid', '999999999'], 1, /^coldflame: no process 999999999 on this host\n$/],
  [['--tool', 'vmstat', '--container', 'no-such'], 1, /^coldflame: no container no-such on this host/],
])('%j: exit %i and a sentence', async (words, status, message) => {
  const result = await coldflame(['collect', ...(words as string[]), '-o', 'c.tar']).ended;
  expect([result.status, result.stderr]).toEqual([status, expect.stringMatching(message as RegExp)]);
});

describeWhere('over ssh, against a real sshd', ['root', 'sshd', 'vmstat'], () => {
  const home = newFolder();
  const sshd: { child?: ReturnType<typeof spawn> } = {};
  const env = { PATH: `${join(home, 'bin')}:${process.env.PATH}` };

  beforeAll(async () => {
    const port = await freePort();
    for (const name of ['host', 'user'])
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(home, name)]);
    writeFileSync(join(home, 'authorized'), readFileSync(join(home, 'user.pub')));
    const server = [
      `Port ${port}`,
      'ListenAddress 127.0.0.1',
      `HostKey ${join(home, 'host')}`,
      `AuthorizedKeysFile ${join(home, 'authorized')}`,
      'StrictModes no',
      'UsePAM no',
      'PermitRootLogin yes',
      'PidFile none',
      `SetEnv COLDFLAME_TRIAL=${home} TMPDIR=${home}/tmp`,
    ];
    writeFileSync(join(home, 'sshd_config'), `${server.join('\n')}\n`);
    const client = [
      'Host there',
      'HostName 127.0.0.1',
      `Port ${port}`,
      `IdentityFile ${join(home, 'user')}`,
      'StrictHostKeyChecking no',
      `UserKnownHostsFile ${join(home, 'known')}`,
      'BatchMode yes',
      'LogLevel ERROR',
    ];
    writeFileSync(join(home, 'ssh_config'), `${client.join('\n')}\n`);
    for (const folder of ['bin', 'tmp']) mkdirSync(join(home, folder));
    // The system's ssh, with a configuration that is not the user's.
    writeFileSync(join(home, 'bin/ssh'), `#!/bin/sh\nexec /usr/bin/ssh -F '${join(home, 'ssh_config')}' "$@"\n`, {
      mode: 0o755,
    });
    mkdirSync('/run/sshd', { recursive: true });
    sshd.child = spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(home, 'sshd_config')], { stdio: 'ignore' });
    const up = () => spawnSync(join(home, 'bin/ssh'), ['there', 'true']).status === 0;
    expect(await becomes(up)).toBe(true);
  });
  afterAll(() => {
    sshd.child?.kill();
    rmSync(home, { recursive: true, force: true });
  });

  const host = `${userInfo().username}@there`;

  test('the same archive comes back, readable by its owner alone, and nothing stays there', async () => {
    const here = await coldflame(['collect', '--tool', 'vmstat,uptime', '--for', '2', '-o', 'c.tar']).ended;
    const there = await coldflame(['collect', '--tool', 'vmstat,uptime', '--for', '2', '-o', 'c.tar', '--ssh', host], {
      env,
    }).ended;
    expect(there.status).toBe(0);
    const [mine, other] = [here, there].map(({ folder }) => openArchive(join(folder, 'c.tar')));
    expect(other?.names).toEqual(mine?.names);
    expect(other?.manifest.runs.map(({ command, outcome }) => [command, outcome])).toEqual(
      mine?.manifest.runs.map(({ command, outcome }) => [command, outcome]),
    );
    expect(statSync(join(there.folder, 'c.tar')).mode & 0o777).toBe(0o600);
    expect(there.stderr).toMatch(/c\.tar: from \S+@there\. Next: coldflame analyze \S+c\.tar\n$/);
    expect([survivors(home), leftOvers(home), leftOvers(there.folder)]).toEqual([[], [], []]);
  });

  test('Ctrl-C ends it there and brings what there is', async () => {
    const trial = coldflame(['collect', '--tool', 'vmstat', '--for', '30', '-o', 'c.tar', '--ssh', host], { env });
    await later(2500);
    trial.child.kill('SIGINT');
    const { status, folder } = await trial.ended;
    expect(status).toBe(0);
    expect(openArchive(join(folder, 'c.tar')).run('vmstat').outcome).toBe('ok');
  });

  test('a connection that is lost leaves nothing, neither there nor here', async () => {
    const trial = coldflame(['collect', '--tool', 'vmstat', '--for', '30', '-o', 'c.tar', '--ssh', host], { env });
    await later(2500);
    expect(survivors(home)).not.toEqual([]);
    const client = execFileSync('pgrep', ['-P', String(trial.child.pid)], { encoding: 'utf8' }).trim();
    process.kill(Number(client), 'SIGKILL');
    const { status, stderr, folder } = await trial.ended;
    expect([status, stderr]).toEqual([1, expect.stringContaining('no archive came back')]);
    expect(existsSync(join(folder, 'c.tar'))).toBe(false);
    expect(await becomes(() => survivors(home).length === 0 && leftOvers(home).length === 0)).toBe(true);
    expect(leftOvers(folder)).toEqual([]);
  });

  test('no way through is told in a sentence', async () => {
    const { status, stderr, folder } = await coldflame(
      ['collect', '--tool', 'vmstat', '--ssh', 'nobody-here@there', '-o', 'c.tar'],
      { env },
    ).ended;
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/coldflame: nobody-here@there: ssh did not get through/),
    ]);
    expect([leftOvers(folder), existsSync(join(folder, 'c.tar'))]).toEqual([[], false]);
  });
});

function freePort(): Promise<number> {
  return new Promise((found) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => found(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
