/** Many captures on one page. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { FrameKind } from '../../src/datasets/profile.ts';
import { ProfileBuilder } from '../../src/datasets/profile-builder.ts';
import type { Digest } from '../../src/fleet/digest.ts';
import { byWorst, digestOf } from '../../src/fleet/digest.ts';
import { fleetPage } from '../../src/fleet/page.ts';
import { captureOf, iostat, steady } from '../findings/host.ts';

const ROOT = resolve(import.meta.dirname, '../..');

function digest(host: string, over: Partial<Digest> = {}): Digest {
  const none = { kernel: '', started: null, seconds: null, resources: [], findings: [], profile: null, faults: [] };
  return { path: `${host}.tar`, host, ...none, ...over };
}

/** So many samples of `sh;FUNCTION`. */
function profile(name: string, weight: number): Digest['profile'] {
  const builder = new ProfileBuilder({ samples: false });
  const sh = builder.child(0, builder.frame('sh', FrameKind.process));
  builder.add(builder.child(sh, builder.frame(name)), weight);
  return { event: 'cycles', unit: 'samples', profile: builder.build() };
}

const critical = { rule: 'disk-saturated', severity: 'critical', title: 'Disk vda is saturated' } as const;
const notice = { rule: 'load', severity: 'notice', title: 'Load was 3' } as const;

/** The pictures of a page, as SVG. */
function picturesOf(page: string): string[] {
  return [...page.matchAll(/src="data:image\/svg\+xml;base64,([^"]*)"/g)].map(([, data]) =>
    Buffer.from(data as string, 'base64').toString(),
  );
}

test('the worst first, else in the order given', () => {
  const all = [
    digest('a'),
    digest('b', { findings: [notice, notice] }),
    digest('c', { findings: [critical] }),
    digest('d'),
  ];
  expect(byWorst(all).map(({ host }) => host)).toEqual(['c', 'b', 'a', 'd']);
});

test('samples of all captures add up, and the critical stand against the others', () => {
  const captures = [
    digest('a', { profile: profile('quick', 30) }),
    digest('b', { profile: profile('slow', 12), findings: [critical] }),
  ];
  const [all, difference, ...more] = picturesOf(
    fleetPage(
      captures.map((each) => ({ digest: each, report: null })),
      [],
    ),
  );
  expect(all).toMatch(/all \(42 samples/);
  expect(difference).toContain('slow (12 samples');
  expect(more).toEqual([]);
});

test('names are text, in the page and in its pictures', () => {
  const name = '<img src=x onerror=alert(1)>';
  const bad = digest(name, { profile: profile(name, 1), findings: [{ ...critical, title: name }], faults: [name] });
  const page = fleetPage([{ digest: bad, report: '"><script>.html' }], [name]);
  expect(page + picturesOf(page).join('')).not.toMatch(/<img src=x|<script/);
});

describe('coldflame fleet', () => {
  const place = mkdtempSync(join(tmpdir(), 'coldflame-fleet-'));
  afterAll(() => rmSync(place, { recursive: true }));

  test('captures of a folder in folders, what is none, and links to reports', () => {
    mkdirSync(join(place, 'db', 'eu'), { recursive: true });
    cpSync(join(ROOT, 'samples/sick/disk-fsync.tar.gz'), join(place, 'db/eu/one.tar.gz'));
    cpSync(join(ROOT, 'samples/sick/healthy.tar.gz'), join(place, 'db/two.tar.gz'));
    writeFileSync(join(place, 'db/README.md'), 'not a capture\n');
    writeFileSync(join(place, 'db/eu/one.html'), '');
    writeFileSync(join(place, 'db/broken.tar'), 'nothing of a tar');
    const program = join(ROOT, 'dist/coldflame.js');
    const run = () =>
      spawnSync(process.execPath, [program, 'fleet', 'db', '-o', 'fleet.html', '-j', '2'], {
        cwd: place,
        encoding: 'utf8',
      });
    const { status, stdout } = run();
    expect(stdout).toMatch(/^critical +db-7: .*loop0.*\(db\/eu\/one\.tar\.gz\)$/m);
    const page = readFileSync(join(place, 'fleet.html'), 'utf8');
    expect(page).toContain('<a href="db/eu/one.html">db/eu/one.tar.gz</a>');
    expect(page).not.toContain('README');
    expect(page).toMatch(/db\/broken\.tar<br>.*nothing of a known tool in it/);
    expect(status).toBe(1);
    run();
    expect(readFileSync(join(place, 'fleet.html'), 'utf8')).toBe(page);
  });

  test('--redact: one pseudonym in all captures, nothing of the name of a host or file, and a map beside the page', () => {
    mkdirSync(join(place, 'own'));
    for (const name of ['db-7-a.tar.gz', 'db-7-b.tar.gz'])
      cpSync(join(ROOT, 'samples/sick/disk-fsync.tar.gz'), join(place, 'own', name));
    writeFileSync(join(place, 'own/db-7-a.html'), '');
    const words = [join(ROOT, 'dist/coldflame.js'), 'fleet', 'own', '-o', 'redacted.html', '--redact'];
    const { status } = spawnSync(process.execPath, words, { cwd: place, encoding: 'utf8' });
    expect(status).toBe(0);
    const page = readFileSync(join(place, 'redacted.html'), 'utf8');
    expect(page + picturesOf(page).join('')).not.toContain('db-7');
    expect(page).toContain('2 captures of 1 host');
    expect(page).toContain('capture 2');
    const map = JSON.parse(readFileSync(join(place, 'redacted.redaction-map.json'), 'utf8'));
    expect(JSON.stringify(map)).toContain('db-7');
  });
});

test('a cell says which of several it is of, and not what its column says', async () => {
  const capture = await captureOf({
    'iostat.txt': iostat(steady({ vda: { util: 20 }, vdb: { w: 200, wAwait: 40, queue: 8, util: 99 } })),
  });
  const { resources } = digestOf('a.tar', capture);
  const text = (kind: string) => resources.find((resource) => resource.kind === kind)?.text;
  // iostat's own: 5 + 2.
  expect(text('cpu')).toBe('7% busy');
  expect(text('disk')).toMatch(/^Disk vdb: /);
});
