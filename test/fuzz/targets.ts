/** What is fuzzed: each target makes an input and says what is wrong with what became of it. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parseManifest } from '../../src/archive/manifest.ts';
import { readCapture } from '../../src/commands/read.ts';
import type { ReadOptions } from '../../src/commands/read-file.ts';
import { summaryLines } from '../../src/commands/summary.ts';
import { printable } from '../../src/commands/terminal.ts';
import type { Capture } from '../../src/datasets/capture.ts';
import { UserError } from '../../src/errors.ts';
import { toCsv } from '../../src/exports/csv.ts';
import { assess } from '../../src/findings/index.ts';
import { Pseudonyms } from '../../src/masking/pseudonyms.ts';
import { Redactor } from '../../src/masking/redact-text.ts';
import { maskSecrets } from '../../src/masking/secrets.ts';
import { summaryMarkdown } from '../../src/render/report/markdown.ts';
import { renderReport } from '../../src/render/report/report.ts';
import { viewFromFragment, viewToFragment } from '../../src/render/report/view.ts';
import { SHAPES, secretOf } from '../masking/shapes.ts';
import { read } from '../reading.ts';
import { samples } from '../samples.ts';
import { expectSound, expectWellFormed } from '../sound.ts';
import { changeSomewhere, mutatedBytes, mutatedText, oneOf, type Random, withLongLine } from './mutate.ts';
import { checkRecording, recordingInput } from './recordings.ts';
import { pageOf, reportInput } from './reports.ts';

export interface Target {
  name: string;
  /** How many inputs `npm test` tries. */
  few: number;
  /** CPU time that no input takes, many times over, in milliseconds. */
  most: number;
  input(next: Random): string | Uint8Array | Promise<Uint8Array>;
  /** @throws for a fault, whatever it throws but a `UserError` */
  check(input: string | Uint8Array, next: Random): Promise<void>;
}

const SAMPLES = resolve(import.meta.dirname, '../../samples');
const small = samples.filter(({ text }) => text.length < 20_000);
const tars = ['slow-dns', 'memory-cgroup', 'lock-contention'].map((name) =>
  gunzipSync(readFileSync(join(SAMPLES, 'sick', `${name}.tar.gz`))),
);
const manifest = manifestIn(tars[0] as Uint8Array);
const folder = mkdtempSync(join(tmpdir(), 'coldflame-fuzz-'));

/** The JSON at the beginning of an archive: its first file is the manifest. */
function manifestIn(tar: Uint8Array): string {
  const size = Number.parseInt(Buffer.from(tar.subarray(124, 135)).toString(), 8);
  return Buffer.from(tar.subarray(512, 512 + size)).toString();
}

async function capture(name: string, bytes: string | Uint8Array, options: Partial<ReadOptions> = {}): Promise<Capture> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const made = await readCapture([path], { samples: true, ...options });
  for (const dataset of made.datasets) expectWellFormed(dataset);
  // A fault costs a file, not the report: here it is one.
  expectNone(/internal error/, made.damage.join('\n'), 'what is damaged');
  return made;
}

/** Whole documents of JSON, and lines of them. */
const documents = small
  .map(({ text }) => text)
  .filter((text) => isJson(text) || text.split('\n').filter((line) => line.startsWith('{') && isJson(line)).length > 2);

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object';
  } catch {
    return false;
  }
}

/** The document with up to three fields that are something else; of a document a line, one of its lines. */
function changedDocument(text: string, next: Random): string {
  if (!isJson(text)) {
    const lines = text.split('\n');
    const at = oneOf(
      [...lines.keys()].filter((i) => isJson(lines[i] as string)),
      next,
    );
    lines[at] = changedDocument(lines[at] as string, next);
    return lines.join('\n');
  }
  const value: unknown = JSON.parse(text);
  for (let i = Math.floor(next() * 3); i >= 0; i--) changeSomewhere(value as object, next);
  return JSON.stringify(value, null, next() < 0.3 ? 1 : 0);
}

const aText = (next: Random) => mutatedText(oneOf(small, next).text, oneOf(small, next).text, next);

/** Harmless where it is text, told by its words where it is not. */
const PAYLOADS = [
  '<img/src=x/onerror=evil()>',
  '"onload="evil()',
  "'><script>evil()</script>",
  ']]><script>evil()</script>',
  '</script><script>evil()',
  '=evil()',
  '\u001b]0;evil\u0007',
  '\u202eevil',
];
/** Whatever runs, or stands in an attribute that it did not open. */
const ALIVE = /<img\/src|<script>evil|"onload="evil|\]\]><script/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal must not get
const DRIVES = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

function expectNone(pattern: RegExp, text: string, where: string): void {
  const at = text.search(pattern);
  if (at >= 0) throw new Error(`${where}: ${JSON.stringify(text.slice(Math.max(0, at - 60), at + 60))}`);
}

export const targets: readonly Target[] = [
  {
    name: 'grammars',
    few: 250,
    most: 2000,
    input: aText,
    check: async (text) => expectSound(await read(text as string), text as string),
  },
  {
    name: 'documents',
    few: 100,
    most: 2000,
    input: (next) => changedDocument(oneOf(documents, next), next),
    check: async (text) => expectSound(await read(text as string), text as string),
  },
  {
    name: 'long lines',
    few: 25,
    most: 5000,
    input: (next) => withLongLine(oneOf(small, next).text, 1e5 + next() * 4e5, next),
    check: async (text) => {
      expectSound(await read(text as string), text as string);
      maskSecrets(text as string);
      new Redactor(new Pseudonyms()).text(text as string);
    },
  },
  {
    name: 'archives',
    few: 15,
    most: 5000,
    input: (next) => {
      const tar = oneOf(tars, next);
      return next() < 0.3 ? mutatedBytes(gzipSync(tar), next) : mutatedBytes(tar, next);
    },
    check: async (bytes) => void assess(await capture('c.tar', bytes)),
  },
  {
    name: 'verdicts',
    few: 8,
    most: 5000,
    input: aText,
    check: async (text, next) => {
      const tar = oneOf(tars, next);
      writeFileSync(join(folder, 'sick.tar'), tar);
      writeFileSync(join(folder, 'more.txt'), text);
      const rules = async (verdict: string, ...names: string[]) => {
        const judged = assess(
          await readCapture(
            names.map((name) => join(folder, name)),
            { samples: true },
          ),
        );
        return judged.findings.filter((finding) => finding.verdict === verdict).map(({ rule }) => rule);
      };
      const ruledOut = new Set(await rules('ruled-out', 'sick.tar', 'more.txt'));
      const lost = (await rules('found', 'sick.tar')).filter((rule) => ruledOut.has(rule));
      if (lost.length > 0) throw new Error(`ruled out by a file more: ${lost}`);
    },
  },
  {
    name: 'recordings',
    few: 100,
    most: 5000,
    input: recordingInput,
    check: async (bytes, next) => {
      checkRecording(bytes as Uint8Array, next);
      if (next() < 0.1) await capture('perf.data', bytes);
    },
  },
  {
    name: 'reports',
    few: 15,
    most: 5000,
    input: reportInput,
    check: async (bytes, next) => {
      const made = await capture('r.html', pageOf(bytes as Uint8Array));
      const { findings, use } = assess(made);
      if (next() < 0.2) await renderReport({ capture: made, findings, use });
    },
  },
  {
    name: 'manifests',
    few: 400,
    most: 2000,
    // Most of what is changed as text is no JSON any more.
    input: (next) =>
      next() < 0.2 ? mutatedText(manifest.replaceAll(',', ',\n'), manifest, next) : changedDocument(manifest, next),
    check: async (text, next) => {
      const parsed = parseManifest(text as string);
      const none = { name: '', damage: [], sources: [], datasets: [] };
      if (next() < 0.1) assess({ ...none, manifest: parsed });
    },
  },
  {
    name: 'fragments',
    few: 400,
    most: 2000,
    input: (next) =>
      mutatedText(
        't=1.5,3&b=rest&w=0,9&n=nginx&p=panel-perf&0.q=tcp&0.z=1.2.3&1.m=leaf&r=abc'.replaceAll('&', '\n'),
        't=__proto__\n=&=%',
        next,
      ).replaceAll('\n', '&'),
    check: async (fragment) => {
      const once = viewToFragment(viewFromFragment(fragment as string, 'abc'), 'abc');
      const twice = viewToFragment(viewFromFragment(once, 'abc'), 'abc');
      // What is understood is understood again; a bare anchor is a panel.
      if (once.includes('=') && twice !== once) throw new Error(`${once} became ${twice}`);
    },
  },
  {
    name: 'secrets',
    few: 80,
    most: 2000,
    input: (next) => {
      const lines = aText(next).split('\n');
      const secret = secretOf(Math.floor(next() * 1000));
      lines.splice(Math.floor(next() * lines.length), 0, oneOf(SHAPES, next)(secret));
      return lines.join('\n');
    },
    check: async (text, next) => {
      const made = await capture('s.txt', text, next() < 0.3 ? { redact: new Pseudonyms() } : {});
      const all = JSON.stringify(made, (_, value: unknown) => (ArrayBuffer.isView(value) ? undefined : value));
      expectNone(/EXAMPLE\d{4}z/, all, 'a secret');
    },
  },
  {
    name: 'names',
    few: 200,
    most: 2000,
    input: aText,
    check: async (text) => {
      const redactor = new Redactor(new Pseudonyms());
      redactor.learnFrom(text as string);
      const once = redactor.text(text as string);
      if (redactor.text(once) !== once) throw new Error('redacted twice is not redacted once');
    },
  },
  {
    name: 'pages',
    few: 25,
    most: 5000,
    input: (next) => {
      const { text } = oneOf(small, next);
      const words = [...new Set(text.match(/[A-Za-z_]\w{2,}/g))];
      const [word, payload] = [oneOf(words, next) ?? 'x', oneOf(PAYLOADS, next)];
      return mutatedText(text.replaceAll(word, word + payload), payload, next);
    },
    check: async (text) => {
      const made = await capture('p.txt', text);
      const assessment = assess(made);
      const { findings, use } = assessment;
      expectNone(ALIVE, await renderReport({ capture: made, findings, use }), 'the report');
      expectNone(/<img|<script/, summaryMarkdown(made, assessment, []).replace(/\\<|^ {4}.*$/gm, ''), 'summary.md');
      expectNone(DRIVES, printable(summaryLines(made, assessment).join('\n')).replace(/\n/g, ''), 'the terminal');
      for (const dataset of made.datasets)
        if (dataset.shape !== 'stacks') expectNone(/(?:^|[,\n])"?=evil/, [...toCsv(dataset)].join(''), 'a spreadsheet');
    },
  },
];

/** Tries one input. @returns what is wrong, null where nothing is */
export async function faultOf(target: Target, input: string | Uint8Array, next: Random): Promise<string | null> {
  const before = process.cpuUsage();
  try {
    await target.check(input, next);
  } catch (error) {
    if (!(error instanceof UserError)) return (error as Error).stack ?? String(error);
  }
  // A busy machine is no fault of the input: the clock of the CPU, not the wall's.
  const { user, system } = process.cpuUsage(before);
  const took = (user + system) / 1000;
  return took > target.most ? `took ${took.toFixed(0)} ms of CPU` : null;
}
