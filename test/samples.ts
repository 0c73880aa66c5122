/** The files of samples/ and their goldens. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { toJson } from '../src/exports/json.ts';
import type { Reading } from './reading.ts';

const SAMPLES = resolve(import.meta.dirname, '../samples');
const GOLDEN = '.golden.json';
/** Folders of whole captures and of recordings: the tests of archives, of findings and of perf.data are theirs. */
const OF_CAPTURES = ['demo', 'sick', 'recordings'];

export interface Sample {
  /** As in samples/README.md: `runqlat/libbpf.txt`. */
  name: string;
  /** The tool, by its folder. */
  tool: string;
  text: string;
  golden: string;
}

export const samples: readonly Sample[] = readdirSync(SAMPLES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !OF_CAPTURES.includes(entry.name))
  .flatMap(({ name: tool }) =>
    readdirSync(join(SAMPLES, tool))
      .filter((file) => !file.endsWith(GOLDEN))
      .map((file) => ({
        name: `${tool}/${file}`,
        tool,
        text: readFileSync(join(SAMPLES, tool, file), 'utf8'),
        golden: join(SAMPLES, tool, file + GOLDEN),
      })),
  );

/** What a reading says, as the golden beside the sample keeps it: the account, what was unread, and the datasets. */
export function goldenOf({ grammar, datasets, tool, ...account }: Reading): string {
  const capture = { name: '', manifest: null, damage: [], sources: [], datasets };
  const json = JSON.parse([...toJson(capture, { samples: true })].join('')) as { datasets: Record<string, unknown>[] };
  // Where rows lie in time is told when they are laid on an axis, and has tests of its own.
  const said = json.datasets.map(({ time: _, at: __, ...dataset }) => dataset);
  return `${compact({ grammar, tool, ...account, datasets: said })}\n`;
}

/** JSON with what fits on a line on one line, so that a person reads a bucket or a row at a glance. */
function compact(value: unknown, indent = ''): string {
  const line = JSON.stringify(value);
  if (line.length + indent.length <= 120 || value === null || typeof value !== 'object') return line;
  const inner = `${indent} `;
  const items = Array.isArray(value)
    ? value.map((item) => inner + compact(item, inner))
    : Object.entries(value)
        .filter(([, item]) => item !== undefined)
        .map(([key, item]) => `${inner}${JSON.stringify(key)}: ${compact(item, inner)}`);
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${items.join(',\n')}\n${indent}${close}`;
}
