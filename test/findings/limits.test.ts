/** Limits of the whole host: what is counted against them, whoever tells. */
import { expect, test } from 'vitest';
import type { Host } from '../../src/datasets/capture.ts';
import { judgeBy, steady, verdicts, vmstat } from './host.ts';

const loose = { isLoose: true };
const sysctl = (lines: Readonly<Record<string, string>>) => ({
  'sysctl.txt': Object.entries(lines)
    .map(([name, value]) => `${name} = ${value}\n`)
    .join(''),
});

test.each([
  [
    { 'net.netfilter.nf_conntrack_count': '261900', 'net.netfilter.nf_conntrack_max': '262144' },
    'found: The host tracks 261,900 connections; its limit is 262,144',
  ],
  [
    { 'fs.file-nr': '740000\t0\t812000', 'fs.file-max': '812000' },
    'found: The host has 740,000 files open; its limit is 812,000',
  ],
  // Of 1,000: a fifth is left, of which a tenth counts as full; a little more is neither.
  [
    { 'net.netfilter.nf_conntrack_count': '801', 'net.netfilter.nf_conntrack_max': '1000' },
    'near: limits of the host: The host tracks 801 connections; its limit is 1,000',
  ],
])('%o', async (lines, said) => {
  expect(await verdicts('host-limits', sysctl(lines), loose)).toEqual([said]);
});

test('one reading far from a limit clears nothing, and a count without a limit is not judged', async () => {
  const [far] = await judgeBy(
    'host-limits',
    sysctl({ 'fs.file-nr': '4000\t0\t812000', 'fs.file-max': '812000' }),
    loose,
  );
  expect(far?.verdict).toBe('not-known');
  expect(await judgeBy('host-limits', sysctl({ 'net.netfilter.nf_conntrack_count': '4000' }), loose)).toMatchObject([
    { verdict: 'not-known', measures: [] },
  ]);
});

test('as the collector read it when it started', async () => {
  const facts = (open: string, most: string): { manifest: { host: Host } } => ({
    manifest: {
      host: {
        ...{ hostname: 'db-7', kernel: '6.1.0', arch: 'x86_64', os: '', cpus: 4, memoryBytes: 2 ** 33 },
        facts: { 'files.open': open, 'fs.file-max': most, 'net.netfilter.nf_conntrack_max': '100' },
      },
    },
  });
  const files = { 'vmstat.txt': vmstat(steady({})) };
  const said = ['found: The host has 740,000 files open; its limit is 800,000'];
  expect(await verdicts('host-limits', files, facts('740000 0 800000', '9223372036854775807'))).toEqual(said);
  expect(await verdicts('host-limits', files, facts('740000 0 9223372036854775807', '800000'))).toEqual(said);
  expect(await judgeBy('host-limits', files, facts('4000 0 800000', '800000'))).toEqual([]);
});

test('from the last fiftieth on it is critical', async () => {
  const severity = async (open: number) =>
    (await judgeBy('host-limits', sysctl({ 'fs.file-nr': `${open}\t0\t1000` }), loose))[0]?.severity;
  expect(await severity(979)).toBe('warning');
  expect(await severity(980)).toBe('critical');
});
