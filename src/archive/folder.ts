/** The files in a folder and in those below it. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The paths of the files, links to others left out. Not by `recursive` of opendir: that of Node.js 20 silently leaves out all
 * but the first 32 files of a folder below the first.
 * @param unreadable is told of a folder below that cannot be read, and why
 * @throws what the file system says where the folder itself cannot be read
 */
export function* filesIn(root: string, unreadable: (folder: string, why: Error) => void = () => {}): Generator<string> {
  const folders = [root];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    try {
      for (const entry of readdirSync(folder, { withFileTypes: true })) {
        if (entry.isFile()) yield join(folder, entry.name);
        else if (entry.isDirectory()) folders.push(join(folder, entry.name));
      }
    } catch (why) {
      if (folder === root) throw why;
      unreadable(folder, why as Error);
    }
  }
}
