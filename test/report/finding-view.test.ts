/** Who a finding's line names, and what it says to do next. */
import { expect, test } from 'vitest';
import type { Actor, Finding } from '../../src/datasets/finding.ts';
import { whoOf } from '../../src/render/report/finding-view.ts';
import { aroundOf, foundHtml } from '../../src/render/report/findings-html.ts';
import { findingOf } from '../finding.ts';

const actor = (role: Actor['role'], name: string): Actor => ({ role, name, pid: null, text: '' });
const names = (actors: readonly Actor[]): string[] => actors.map(({ name }) => name);

test('who both uses and waits is told as waiting, but for the heaviest user', () => {
  const finding = findingOf({ actors: [actor('user', 'backup'), actor('user', 'db'), actor('user', 'cron')] });
  const stall = findingOf({ actors: [actor('victim', 'backup'), actor('victim', 'db'), actor('victim', 'db')] });
  const { users, victims } = whoOf({ finding, explains: [stall], beside: [] });
  expect(names(users)).toEqual(['backup', 'cron']);
  expect(names(victims)).toEqual(['db']);
});

test('the first step is told before it is opened, a name in it as text', () => {
  const finding: Finding = findingOf({
    confidence: 'medium',
    next: [{ collect: ['iostat'], command: 'coldflame collect --set disk' }, { advise: 'Move <b>.' }],
  });
  const capture = { name: '', manifest: null, damage: [], sources: [], datasets: [] };
  const html = foundHtml({ finding, explains: [], beside: [] }, aroundOf(capture, [])).text;
  expect(html).toMatch(/<summary[^>]*>Next: <code>coldflame collect --set disk<\/code><\/summary>/);
  expect(html).toContain('<li>Move &lt;b&gt;.</li>');
  expect(html).toContain('medium confidence');
});
