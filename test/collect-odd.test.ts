/** Hosts that are not as they should be: what works there, works; what does not, is refused in a sentence, and nothing stays. */
import { chmodSync, existsSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { becomes, collect, describeWhere, fake, leftOvers, newFolder, openArchive, survivors } from './collecting.ts';

const tools = [fake('t', 'echo x')];
/** A program of this name first on the PATH. */
function onPath(folder: string, name: string, text: string): Record<string, string> {
  mkdirSync(join(folder, 'bin'), { recursive: true });
  writeFileSync(join(folder, 'bin', name), text);
  chmodSync(join(folder, 'bin', name), 0o755);
  return { PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
}
/** sh, after a line of its own. */
const behind = (line: string) => ['sh', '-c', `${line}; exec sh "$@"`, 'sh'];

/** Nothing is left; the watchdog takes a moment to see that it is not needed. */
async function expectClean(folder: string): Promise<void> {
  await becomes(() => survivors(folder).length === 0);
  expect([leftOvers(folder), survivors(folder)]).toEqual([[], []]);
}

async function works(trial: Parameters<typeof collect>[2], options: Parameters<typeof collect>[1] = {}) {
  const result = await collect(tools, { output: 'c.tar', ...options }, trial);
  expect([result.status, result.stderr]).toEqual([0, expect.stringContaining('c.tar: ')]);
  await expectClean(result.folder);
  const archive = openArchive(join(result.folder, 'c.tar'));
  expect(archive.text('t.txt')).toBe('x\n');
  return { ...result, archive };
}

describe.concurrent('odd settings', () => {
  test.concurrent("umask 000: the archive is its owner's alone", async () => {
    const { folder } = await works({ shell: behind('umask 000') });
    expect(statSync(join(folder, 'c.tar')).mode & 0o777).toBe(0o600);
  });

  test.concurrent('TMPDIR is a link', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'link'));
    await works({ folder, env: { TMPDIR: join(folder, 'link') } });
  });

  test.concurrent.each(['-n 24', '-f 4096'])('ulimit %s', async (limit) => {
    await works({ shell: behind(`ulimit ${limit}`) });
  });

  test.concurrent('ulimit -f 0 is refused', async () => {
    const { status, stderr, folder } = await collect(tools, { output: 'c.tar' }, { shell: behind('ulimit -f 0') });
    expect([status, stderr]).toEqual([1, expect.stringMatching(/^coldflame: .*\(ulimit -f\); raise that limit\n$/)]);
    expect([existsSync(join(folder, 'c.tar')), leftOvers(folder)]).toEqual([false, []]);
  });

  test.concurrent('a tar on the PATH that is none is found out', async () => {
    const folder = newFolder();
    const env = onPath(folder, 'tar', '#!/bin/sh\nexit 0\n');
    const { status, stderr } = await collect(tools, { output: 'c.tar' }, { folder, env });
    expect([status, stderr]).toEqual([
      1,
      expect.stringMatching(/bin\/tar wrote no archive; see which tar is first on the PATH\n$/),
    ]);
    expect([existsSync(join(folder, 'c.tar')), leftOvers(folder)]).toEqual([false, []]);
  });

  test.concurrent('the wall clock is set back in the window: the window is as long, and it is said', async () => {
    const folder = newFolder();
    const date = `#!/bin/sh\n[ -e '${folder}/back' ] && exec /usr/bin/date -d '-2 hours' "$@"\nexec /usr/bin/date "$@"\n`;
    const env = onPath(folder, 'date', date);
    const turning = [fake('t', `echo x; touch '${folder}/back'`)];
    const { status } = await collect(turning, { output: 'c.tar' }, { folder, env });
    const { manifest } = openArchive(join(folder, 'c.tar'));
    expect([status, manifest.notes.join('\n')]).toEqual([
      0,
      expect.stringMatching(/the wall clock was set by -7\d\d\d\.\d s while this ran/),
    ]);
  });

  test.concurrent('a tool that goes to the background, closes what it has and ignores TERM is ended', async () => {
    const deaf = `trap '' TERM INT HUP; exec <&- >&- 2>&-; while :; do sleep 0.2; done`;
    const { status, folder, stderr } = await collect([...tools, fake('d', `setsid sh -c "${deaf}" & echo y`)], {
      output: 'c.tar',
    });
    expect([status, stderr]).toEqual([0, expect.stringContaining('c.tar: ')]);
    await expectClean(folder);
  });

  test.concurrent('two runs into one folder', async () => {
    const folder = newFolder();
    const both = await Promise.all(
      ['a.tar', 'b.tar'].map((output) => collect(tools, { output }, { folder, words: ['-o', output] })),
    );
    expect(both.map(({ status }) => status)).toEqual([0, 0]);
    for (const name of ['a.tar', 'b.tar']) expect(openArchive(join(folder, name)).text('t.txt')).toBe('x\n');
    expect(leftOvers(folder)).toEqual([]);
  });
});

describeWhere('odd mounts', ['root', 'mount'], () => {
  /** In mounts of its own, after these lines. */
  const mounted = (line: string) => ['unshare', '--mount', 'sh', '-c', `${line} || exit 99; exec sh "$@"`, 'sh'];

  test('a TMPDIR from which nothing may be executed', async () => {
    const { archive } = await works({ shell: mounted('mount -t tmpfs -o noexec none "$TMPDIR"') });
    expect(archive.manifest.runs).toHaveLength(1);
  });

  test('no timeout(1): tools are ended all the same', async () => {
    const real = join(newFolder(), 'real');
    mkdirSync(real);
    const hide = [
      `mount --bind /usr/bin ${real}`,
      'mount -t tmpfs none /usr/bin',
      `${real}/ln -s ${real}/* /usr/bin/`,
      `${real}/rm /usr/bin/timeout`,
    ].join(' && ');
    const { folder, status, stderr } = await collect(
      [...tools, fake('endless', 'echo y; while :; do sleep 0.2; done', { ends: false })],
      { output: 'c.tar' },
      { shell: mounted(hide) },
    );
    expect([status, stderr]).toEqual([0, expect.stringContaining('c.tar: ')]);
    expect(openArchive(join(folder, 'c.tar')).text('endless.txt')).toBe('y\n');
    await expectClean(folder);
  });

  test.each([
    [
      'no /proc',
      'mount -t tmpfs none /proc',
      /^coldflame: this host has no \/proc: only Linux can be collected from\n$/,
    ],
    [
      'a read-only TMPDIR',
      'mount -t tmpfs -o ro none "$TMPDIR"',
      /^coldflame: \S+tmp: not a folder that can be written to; set TMPDIR to one\n$/,
    ],
  ])('%s is refused', async (_, line, message) => {
    const { status, stderr, folder } = await collect(tools, { output: 'c.tar' }, { shell: mounted(line) });
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    expect([existsSync(join(folder, 'c.tar')), leftOvers(folder)]).toEqual([false, []]);
  });

  test('without tracefs: the cause and what mends it are said once, in --plan too, and it is the reason of what failed for it', async () => {
    const none = 'mount -t tmpfs none /sys/kernel/tracing && mount -t tmpfs none /sys/kernel/debug';
    const traits = { via: 'libbpf-tools', overhead: 'low' } as const;
    const failing = [
      // What execsnoop of libbpf-tools 0.26 and bpftrace 0.17 print there.
      fake(
        'e',
        `printf '%s\\n' "failed to determine tracepoint 'syscalls/sys_enter_execve' perf event ID: No such file or directory" 'failed to attach BPF programs' >&2; exit 1`,
        traits,
      ),
      fake(
        'b',
        `echo "/usr/sbin/execsnoop.bt:21-23: ERROR: tracepoints not found: syscalls:sys_enter_exec*" >&2; exit 1`,
        traits,
      ),
      fake('o', 'echo "failed to load BPF object" >&2; exit 1', traits),
    ];
    const cause = 'tracefs is not mounted (mount -t tracefs tracefs /sys/kernel/tracing)';
    const told = `ools that trace the kernel may fail: ${cause}`;
    const { folder, stderr } = await collect([...tools, ...failing], { output: 'c.tar' }, { shell: mounted(none) });
    const { manifest, run } = openArchive(join(folder, 'c.tar'));
    expect(manifest.notes.filter((note) => /tracefs/.test(note))).toEqual([`t${told}`]);
    expect(['e', 'b', 'o'].map((name) => run(name).reason)).toEqual([cause, cause, 'failed to load BPF object']);
    const said = stderr.split('\n').filter((line) => /tracefs|failed/.test(line));
    expect(said).toEqual([`t${told}`, 'o failed: failed to load BPF object', 'failed without tracefs: e b']);
    const planned = await collect(failing, { plan: true }, { shell: mounted(none) });
    expect(String(planned.stdout)).toContain(`T${told}\n`);
  });

  test('in a PID namespace of its own: said, in --plan too, and in the manifest', async () => {
    const apart = ['unshare', '--pid', '--fork', '--mount-proc', 'sh'];
    const words = 'only processes of this container or PID namespace can be seen';
    const { archive, stderr } = await works({ shell: apart });
    expect([archive.manifest.processes, stderr]).toEqual(['namespace', expect.stringContaining(words)]);
    const planned = await collect(tools, { plan: true }, { shell: apart });
    expect(String(planned.stdout)).toContain(words);
    const whole = await works({});
    expect([whole.archive.manifest.processes, whole.stderr]).toEqual(['host', expect.not.stringContaining(words)]);
  });

  test('all of it read-only but TMPDIR, and the archive goes to standard output', async () => {
    const readOnly = 'mount --bind "$TMPDIR" "$TMPDIR" && mount -o remount,ro,bind /';
    const { status, stdout, folder } = await collect(tools, {}, { shell: mounted(readOnly), words: ['-o', '-'] });
    expect(status).toBe(0);
    writeFileSync(join(folder, 'out.tar'), stdout);
    expect(openArchive(join(folder, 'out.tar')).text('t.txt')).toBe('x\n');
  });
});

describeWhere('without privileges', ['root', 'mount'], () => {
  test('root of a user namespace alone, as in a container that may nothing', async () => {
    const { archive } = await works({ shell: ['unshare', '-Urpf', '--mount-proc', 'sh'] });
    expect(archive.manifest.processes).toBe('namespace');
  });

  test('a user who may start no more processes is told by the shell, and the next run removes what could not be removed', async () => {
    const folder = newFolder();
    mkdirSync(join(folder, 'tmp'));
    for (const path of [folder, join(folder, 'tmp')]) chmodSync(path, 0o777);
    const user = ['setpriv', '--reuid=65533', '--clear-groups'];
    const few = [...user, 'prlimit', '--nproc=3', 'sh'];
    const { status, stderr } = await collect(tools, { output: 'c.tar' }, { folder, shell: few });
    expect([status === 0, stderr]).toEqual([
      false,
      expect.stringMatching(/fork|^coldflame: no process can be started/m),
    ]);
    expect(existsSync(join(folder, 'c.tar'))).toBe(false);
    await works({ folder, shell: [...user, 'sh'] });
  });
});
