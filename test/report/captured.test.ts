/** What was captured: how the host is set up stands there too, folded. */
import { expect, test } from 'vitest';
import type { Capture, Manifest } from '../../src/datasets/capture.ts';
import { Pseudonyms } from '../../src/masking/pseudonyms.ts';
import { redactCapture } from '../../src/masking/redact.ts';
import { capturedHtml } from '../../src/render/report/captured-html.ts';

function captureWith(facts: Record<string, string>): Capture {
  const host = { hostname: 'db-7', kernel: '6.1', arch: 'x86_64', os: 'Debian', cpus: 2, memoryBytes: null, facts };
  const clock = { started: 0, ended: 10, windowBegan: null, monotonic: null, utcOffset: 0, zone: 'UTC' };
  const rest = { versions: {}, notes: [], collector: { pids: [], cpu: null }, marks: [], runs: [] };
  const manifest: Manifest = { coldflame: 2, host, ...clock, ...rest };
  return { name: 'x', damage: [], sources: [], datasets: [], manifest };
}

const settings = (capture: Capture): string =>
  /<details class="settings">[\s\S]*<\/details>/.exec(capturedHtml(capture, []).text)?.[0] ?? '';

test('host settings are folded, in the order written, as text', () => {
  const html = settings(captureWith({ 'kernel.cmdline': 'ro <quiet>', 'vm.swappiness': '60' }));
  expect(html).toContain('<summary>2 host settings</summary>');
  expect(html.match(/<tr>.*<\/tr>/g)).toEqual([
    '<tr><th scope="row">kernel.cmdline</th><td>ro &lt;quiet&gt;</td></tr>',
    '<tr><th scope="row">vm.swappiness</th><td>60</td></tr>',
  ]);
  expect(settings(captureWith({}))).toBe('');
});

test('a thousand of them are listed, and a thousand characters of each', () => {
  const mounts = Array.from({ length: 1003 }, (_, i): [string, string] => [`mount./n/${i}`, 'x'.repeat(2000)]);
  const html = settings(captureWith(Object.fromEntries(mounts)));
  expect(html.match(/<tr>/g)).toHaveLength(1000);
  expect(html).toContain(`<td>${'x'.repeat(1000)}…</td>`);
  expect(html).toContain('and 3 more in the capture’s manifest.json');
});

test('a redacted capture names no mount after a user or a host', () => {
  const capture = captureWith({ 'mount./home/alice/db-7': 'nfs rw db-7:/export', 'net.eth0.mtu': '1500' });
  redactCapture(capture, new Pseudonyms());
  const html = settings(capture);
  expect(html).not.toMatch(/alice|db-7/);
  expect(html).toContain('<th scope="row">net.eth0.mtu</th><td>1500</td>');
  expect(html.match(/<tr>/g)).toHaveLength(2);
});
