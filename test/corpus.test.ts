/** Real outputs of many tools and versions, against what an independent reader found in them. */
import { describe, expect, test } from 'vitest';
import { readCapture } from '../src/commands/read.ts';
import { toJson } from '../src/exports/json.ts';
import { corpusCases } from './corpus.ts';
import { missesOf, type Reading } from './corpus-checks.ts';

/** What is read otherwise than its reader took it, and rightly so. */
const READ_OTHERWISE: Readonly<Record<string, string>> = {
  'bt-adoc__bpftrace__03': 'the blank line above what bpftrace printed is of no tool, as everywhere',
  'bt-ref0204__bpftrace__71': 'system("ps") of a bpftrace program prints tables of ps, which are read as that',
  'bt-ref0204__bpftrace__82': 'printf("%s", ustack) is a stack, and is read as one',
  'jc-centos77__pidstat__04': '-1.00 is what pidstat prints where it may not read /proc/PID/io: no number',
};

const cases = corpusCases().filter(({ id }) => READ_OTHERWISE[id] === undefined);

describe.skipIf(cases.length === 0)('the corpus is read as an independent reader read it', () => {
  test.each(cases)('$id: $command', async (wanted) => {
    const capture = await readCapture([wanted.path], { samples: false });
    const { datasets } = JSON.parse([...toJson(capture, { samples: false })].join('')) as { datasets: Reading[] };
    expect(missesOf(wanted, datasets)).toEqual([]);
    for (const source of capture.sources) expect(source.read + source.noise + source.unreadCount).toBe(source.lines);
  });
});
