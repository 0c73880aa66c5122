/** `export --format parquet`: each capture becomes a partition of a store, a folder that many runs write into at once. */
import { join } from 'node:path';
import type { Capture } from '../datasets/capture.ts';
import { UserError } from '../errors.ts';
import { toParquet } from '../exports/parquet.ts';
import { assess } from '../findings/index.ts';
import { allTracks } from '../signals/index.ts';
import { makeFolder, outputAt } from './output.ts';
import type { privacyOf } from './privacy.ts';
import { readShown } from './progress.ts';
import { note } from './terminal.ts';

interface Options {
  files: readonly string[];
  /** The folder of the store. */
  output: string;
  symbols: string[] | undefined;
  as: string | undefined;
  privacy: Awaited<ReturnType<typeof privacyOf>>;
}

/**
 * Writes one partition for each file: captures are not merged.
 * @param sayFaults is told each capture when it is written
 */
export async function exportParquet(
  { files, output, symbols, as, privacy }: Options,
  sayFaults: (capture: Capture) => void,
): Promise<void> {
  const masked: Pick<Capture, 'masking'>[] = [];
  for (const file of files) {
    const capture = await readShown([file], { samples: true, symbols, as, ...privacy.reading });
    const judged = { findings: assess(capture).findings, signals: allTracks(capture) };
    for (const { path, bytes } of toParquet(capture, judged)) {
      const folder = join(output, ...path.slice(0, -1));
      await makeFolder(folder).catch(({ code, message }: NodeJS.ErrnoException) => {
        throw new UserError(`${folder}: cannot be created (${code ?? message}); name another folder with -o`);
      });
      await outputAt(join(output, ...path), { inputs: privacy.inputs, isPacked: true }).write([bytes]);
    }
    if (capture.masking !== undefined) masked.push({ masking: capture.masking });
    sayFaults(capture);
  }
  for (const [, text] of await privacy.done(masked)) note(text);
}
