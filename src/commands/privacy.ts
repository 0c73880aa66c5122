/** What of an input goes into an output: the options of every verb that reads, and the files that --redact leaves. */
import { readFile } from 'node:fs/promises';
import type { OptionTable, ValuesOf } from '../cli/verb.ts';
import type { Capture } from '../datasets/capture.ts';
import { redactedText } from '../datasets/masking.ts';
import { UserError, unreadable } from '../errors.ts';
import { Pseudonyms } from '../masking/pseudonyms.ts';
import type { Inputs } from './inputs.ts';
import { type Output, outputAt } from './output.ts';

export const PRIVACY = {
  mask: {
    type: 'boolean',
    default: true,
    describe: 'mask passwords and tokens (default; --no-mask keeps them)',
  },
  redact: {
    type: 'boolean',
    default: false,
    describe: 'replace names of hosts, users, addresses, paths and arguments by pseudonyms',
  },
  'redact-map': {
    type: 'string',
    value: 'FILE',
    describe: 'map of the pseudonyms, reused if it exists (mode 600; default: next to the output)',
  },
} as const satisfies OptionTable;

/** Only its owner may turn pseudonyms back. */
const MAP_MODE = 0o600;

/** What was asked for, and what is left to do when the output is written. */
export interface Privacy {
  /** What reading a capture has to know of it. */
  reading: { mask: boolean; redact?: Pseudonyms };
  /** The inputs as the output sees them: what is redacted may be read by anybody. */
  inputs: Inputs;
  /**
   * Writes the map of the pseudonyms, and the audit where there is a place for it: one of each capture, in a list if there are several.
   * @returns lines for the summary
   */
  done(captures: readonly Pick<Capture, 'masking'>[]): Promise<[string, string][]>;
}

/**
 * @param output the file or folder that is written, `-` for standard output, null for nothing. The map stands beside it, not in
 * it: a folder goes into the ticket.
 * @param inputs as they are
 * @throws UserError for a map that is none, or that cannot be written
 */
export async function privacyOf(
  { mask, redact, redactMap }: ValuesOf<typeof PRIVACY>,
  output: string | null,
  inputs: Inputs,
): Promise<Privacy> {
  if (!redact) {
    if (redactMap !== undefined) throw new UserError('--redact-map needs --redact', 2);
    return { reading: { mask }, inputs, done: async () => [] };
  }
  if (!mask) throw new UserError('--redact and --no-mask exclude each other', 2);
  const beside = output === null || output === '-' ? null : output.replace(/(?<!\/)\/+$|\.\w{1,5}$/, '');
  const path = redactMap ?? (beside === null ? null : `${beside}.redaction-map.json`);
  const names = path === null ? new Pseudonyms() : await mapAt(path);
  const map = path === null ? null : outputAt(path, { inputs, option: '--redact-map', mode: MAP_MODE });
  const audit = beside === null ? null : outputAt(`${beside}.redaction.json`, { inputs: { ...inputs, mode: 0o777 } });
  return {
    reading: { mask, redact: names },
    inputs: { ...inputs, mode: 0o777 },
    done: (captures) => written(captures, names, map, audit),
  };
}

/** The map of an earlier run, or an empty one. */
async function mapAt(path: string): Promise<Pseudonyms> {
  try {
    return Pseudonyms.from(path, await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof UserError) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Pseudonyms();
    throw new UserError(`${path}: ${unreadable(error as Error)}`, 2);
  }
}

async function written(
  captures: readonly Pick<Capture, 'masking'>[],
  names: Pseudonyms,
  map: Output | null,
  audit: Output | null,
): Promise<[string, string][]> {
  await map?.write([names.toJson()]);
  const audits = captures.map(({ masking }) => masking);
  await audit?.write([`${JSON.stringify(audits.length === 1 ? audits[0] : audits, null, 1)}\n`]);
  const lines: [string, string][] = [['redacted', `${redactedText({ names: names.counts() })} under pseudonyms`]];
  if (map === null) lines.push(['', 'no map was written: --redact-map FILE keeps one']);
  else lines.push(['', `${map.path} turns them back: keep it private`]);
  return lines;
}
