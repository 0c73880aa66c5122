/** --redact: no name of a host, a user, an address or a home is left, the same thing keeps one name, and what was found stays found. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inflateSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCapture } from '../../src/commands/read.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { totalWeight } from '../../src/datasets/fold.ts';
import { assess } from '../../src/findings/index.ts';
import { Pseudonyms } from '../../src/masking/pseudonyms.ts';
import { Redactor } from '../../src/masking/redact-text.ts';

const SAMPLES = join(import.meta.dirname, '../../samples');
const BIN = join(import.meta.dirname, '../../dist/coldflame.js');
/** What is planted, in none of the samples. */
const NAMES = /carol|vault-9|zebra|10\.20\.30\.4|fe80::abcd:17|[Mm]assiliana/;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'coldflame-redact-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const textsOf = (capture: Capture): string =>
  JSON.stringify(capture, (_, value: unknown) => (ArrayBuffer.isView(value) ? undefined : value));

const samples = readdirSync(SAMPLES)
  .filter((name) => statSync(join(SAMPLES, name)).isDirectory())
  .flatMap((tool) => {
    const file = readdirSync(join(SAMPLES, tool)).find((name) => /\.(?:txt|folded|csv)$/.test(name));
    return file === undefined ? [] : [{ tool, file }];
  });

/** Words that stand on lines of any tool, and lines of their own. */
function planted(text: string): string {
  const words = [
    '/home/carol/massiliana/app',
    'carol@vault-9.corp.example.com',
    'http://vault-9/orders?id=zebra',
    '10.20.30.41:443',
    'fe80::abcd:17',
  ];
  const lines = text
    .split('\n')
    .map((line, i) => (i % 5 === 3 ? `${line} ${words[((i / 5) % words.length) | 0]}` : line));
  return [...lines, 'Linux 6.1.0 (vault-9) \t11/20/26 \t_x86_64_\t(2 CPU)', ...words, 'of carol'].join('\n');
}

describe('in the output of', () => {
  test.each(samples)('$tool', async ({ tool, file }) => {
    const path = join(folder, `${tool}-${file}`);
    writeFileSync(path, planted(readFileSync(join(SAMPLES, tool, file), 'utf8')));
    const names = new Pseudonyms();
    const text = textsOf(await readCapture([path], { samples: true, redact: names }));
    expect(
      NAMES.exec(text)
        ?.input.slice(NAMES.exec(text)?.index ?? 0)
        .slice(0, 60),
    ).toBeUndefined();
  });
});

describe('a text', () => {
  const names = new Pseudonyms();
  const redactor = new Redactor(names);
  for (const host of ['db-1.prod.example.com', 'web-2']) redactor.learnHost(host);
  redactor.learnUser('ada');

  test.each([
    ['db-1.prod.example.com and db-1 are one host', undefined, 'host-1 and host-1 are one host'],
    ['web-2: nothing of web-20 or web', undefined, 'host-2: nothing of web-20 or web'],
    ['10.0.0.7 10.0.0.9 10.0.1.7 127.0.0.1', undefined, 'net1.addr1 net1.addr2 net2.addr1 127.0.0.1'],
    ['2001:db8::8a2e:370:7334 ::1 21:00:06 std::dec', undefined, 'net3.addr1 ::1 21:00:06 std::dec'],
    ['02:42:ac:11:00:02', undefined, 'mac-1'],
    ['2001:db8::8a2e:370:7334@a2e:370', undefined, 'net3.addr1@a2e:370'],
    ['/home/ada/app/x.so and /home/ada', undefined, '/home/user-1/path-1 and /home/user-1'],
    ['ada+ root postgres systemd-network', undefined, 'user-1+ root postgres systemd-network'],
    ['root', 'user', 'root'],
    ['ada', 'user', 'user-1'],
    ['https://ada@db-1:8443/orders?id=7', undefined, 'https://user-1@host-1:8443/path-2'],
    ['https://github.com/golang/go', undefined, 'https://host-3/path-3'],
    [
      '/usr/bin/mysqldump -h db-1 --user=ada -P 3306 shop',
      'argument',
      '/usr/bin/mysqldump -h arg-1 --user=arg-2 -P 3306 arg-3',
    ],
    [
      "SELECT * FROM t WHERE name = 'Ada L' AND id = 4711",
      'query',
      "SELECT * FROM t WHERE name = 'text-1' AND id = text-2",
    ],
    ['/system.slice/nginx.service', 'container', '/system.slice/nginx.service'],
    ['/docker/4f2c9a1b0d3e4f2c9a1b0d3e', 'container', '/docker/container-1'],
    ['free@GLIBC_2.2.5 putc@plt getty@tty1.service', undefined, 'free@GLIBC_2.2.5 putc@plt getty@tty1.service'],
    [
      'github.com/prometheus/client_golang.Observe libc.so.6 vmlinux.o',
      undefined,
      'github.com/prometheus/client_golang.Observe libc.so.6 vmlinux.o',
    ],
  ] as const)('%s', (text, holding, redacted) => {
    expect(redactor.cell(text, holding)).toBe(redacted);
    // Once is enough: what is shared is met twice.
    expect(redactor.cell(redacted, holding)).toBe(redacted);
  });
});

test('the map turns names back, and given again keeps them; what is none of ours is refused', () => {
  const first = new Pseudonyms();
  expect([first.of('host', 'db-1'), first.address('10.0.0', '10.0.0.7'), first.of('host', 'db-2')]).toEqual([
    'host-1',
    'net1.addr1',
    'host-2',
  ]);
  const again = Pseudonyms.from('map.json', first.toJson());
  expect([again.of('host', 'db-2'), again.of('host', 'db-3'), again.address('10.0.0', '10.0.0.9')]).toEqual([
    'host-2',
    'host-3',
    'net1.addr2',
  ]);
  expect(JSON.parse(again.toJson()).names).toMatchObject({
    'host-1': 'db-1',
    'net1.addr1': '10.0.0.7',
    'host-3': 'db-3',
  });
  for (const text of [
    '',
    '{}',
    '[]',
    '{"coldflame":"redaction map","version":1,"names":{"__proto__x":"y"}}',
    '{"coldflame":"redaction map","version":2,"names":{}}',
  ])
    expect(() => Pseudonyms.from('map.json', text)).toThrow('map.json: not a map of pseudonyms that --redact wrote');
});

test.each([
  ['fe80::abcd:17', 'net1.addr1'],
  ['10.0.0.7', 'net1.addr1'],
  ['std::ab::de', 'std::ab::de'],
  ['ab::cd', 'ab::cd'],
])('a frame: %s', (frame, redacted) => {
  expect(new Redactor(new Pseudonyms()).frame(frame)).toBe(redacted);
});

test('commands of the catalogue stay, control groups and the command that the user ran do not', async () => {
  const path = join(SAMPLES, 'sick/build-and-backup.tar.gz');
  const { manifest } = await readCapture([path], { samples: false, redact: new Pseudonyms() });
  const commands = manifest?.runs.map(({ command }) => command) ?? [];
  expect(commands.some((command) => /\bperf record .*sleep 30/.test(command))).toBe(true);
  expect(commands.filter((command) => command.includes('shop'))).toEqual([]);
});

test('weights and verdicts are what they were', async () => {
  for (const name of ['demo/capture.tar.gz', 'sick/lock-contention.tar.gz', 'sick/slow-dns.tar.gz']) {
    const path = join(SAMPLES, name);
    const [open, redacted] = [
      await readCapture([path], { samples: true }),
      await readCapture([path], { samples: true, redact: new Pseudonyms() }),
    ];
    const shape = (capture: Capture) => ({
      weights: capture.datasets.map((dataset) =>
        dataset.shape === 'stacks' ? totalWeight(dataset.profile) : dataset.shape,
      ),
      verdicts: assess(capture).findings.map(({ rule, verdict, severity }) => [rule, verdict, severity]),
    });
    expect(shape(redacted)).toEqual(shape(open));
  }
});

test('a report: no name in it nor in its packed part, a private map, an audit, and the same names the next time', () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, [BIN, 'analyze', ...words], { cwd: folder, encoding: 'utf8' });
  const path = join(SAMPLES, 'sick/build-and-backup.tar.gz');
  const { stdout } = run(path, '--redact', '-o', 'r.html');
  const html = readFileSync(join(folder, 'r.html'), 'utf8');
  const [, data = ''] = /<script type="application\/octet-stream" id="data">([^<]*)</.exec(html) ?? [];
  const block = inflateSync(Buffer.from(data, 'base64'));
  for (const text of [html, stdout, block.toString('latin1'), block.toString('utf16le')])
    expect(text).not.toMatch(/shop-db-1|m3\.c\b/);
  expect(statSync(join(folder, 'r.redaction-map.json')).mode & 0o777).toBe(0o600);
  expect(JSON.parse(readFileSync(join(folder, 'r.redaction-map.json'), 'utf8')).names['host-1']).toBe('shop-db-1');
  expect(JSON.parse(readFileSync(join(folder, 'r.redaction.json'), 'utf8')).redaction.kept.paths).toContain(
    '/srv/shop/orderdb',
  );
  expect(html).toContain('/srv/shop/orderdb');
  // The map does not go into the ticket with the folder.
  run(path, '--redact', '--pack', 'ticket.d/');
  expect(readdirSync(join(folder, 'ticket.d')).filter((name) => name.includes('redaction'))).toEqual([]);
  expect(readFileSync(join(folder, 'ticket.d/summary.md'), 'utf8')).not.toContain('shop-db-1');
  expect(existsSync(join(folder, 'ticket.d.redaction-map.json'))).toBe(true);
  run(path, '--redact', '-o', 'again.html', '--redact-map', 'r.redaction-map.json');
  expect(readFileSync(join(folder, 'again.html'), 'utf8')).toBe(html);
  expect(run(path, '--redact', '--no-mask').stderr).toBe('coldflame: --redact and --no-mask exclude each other\n');
  expect(run(path, '--redact-map', 'x').stderr).toBe('coldflame: --redact-map needs --redact\n');
  writeFileSync(join(folder, 'no-map'), 'x');
  expect(run(path, '--redact', '--redact-map', 'no-map')).toMatchObject({
    status: 2,
    stderr: 'coldflame: no-map: not a map of pseudonyms that --redact wrote\n',
  });
}, 120_000);
