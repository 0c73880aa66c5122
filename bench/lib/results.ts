/** bench/RESULTS.md: a section for each benchmark, replaced when it is run again. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PATH = join(import.meta.dirname, 'RESULTS.md');

export function writeResults(name: string, text: string): void {
  const before = existsSync(PATH)
    ? readFileSync(PATH, 'utf8')
    : '# Measured\n\n`npm run bench -- NAME` measures again.\n';
  const [head = '', ...sections] = before.split(/^(?=## )/m);
  const others = sections.filter((section) => !section.startsWith(`## ${name}\n`));
  const all = [...others, `## ${name}\n\n${text.trim()}\n\n`].sort();
  writeFileSync(PATH, `${head.trimEnd()}\n\n${all.map((section) => `${section.trim()}\n`).join('\n')}`);
  process.stdout.write(`${text.trim()}\n`);
}
