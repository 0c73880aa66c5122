/**
 * The collector where calls of the system fail: strace makes the Nth call of each of its processes fail, in every way that the call
 * knows. What may not happen: that it hangs, leaves something behind, or keeps half an archive under its name.
 * COLDFLAME_FAULTS=all tries all of them, some minutes; otherwise a few.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { collect, describeWhere, fake, leftOvers, newFolder, openArchive, survivors } from './collecting.ts';

/** The call, the error, and which call of each process. */
const FEW = [
  ['write', 'ENOSPC', 1],
  ['write', 'EIO', 60],
  ['openat', 'EACCES', 4],
  ['mkdir', 'ENOSPC', 1],
  ['linkat', 'EPERM', 1],
  ['clone', 'EAGAIN', 25],
] as const;
const ALL = Object.entries({
  write: ['ENOSPC', 'EIO', 'EINTR', 'EDQUOT'],
  openat: ['EACCES', 'EMFILE', 'EIO', 'ENOSPC', 'EROFS'],
  mkdir: ['EACCES', 'ENOSPC'],
  linkat: ['EPERM', 'EXDEV'],
  clone: ['EAGAIN', 'ENOMEM'],
  execve: ['ENOMEM', 'EACCES'],
  dup2: ['EMFILE'],
}).flatMap(([call, errors]) => errors.flatMap((error) => [1, 4, 25, 60].map((at) => [call, error, at] as const)));
const tried = process.env.COLDFLAME_FAULTS === 'all' ? ALL : FEW;

describeWhere('calls that fail', ['strace'], () => {
  test.each(tried)('%s: %s, call %i of each process', async (calls, error, at) => {
    const folder = newFolder();
    const inject = `inject=${calls}:error=${error}:when=${at}`;
    const shell = ['strace', '-f', '-qq', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject, 'sh'];
    const tools = [fake('one', 'echo one'), fake('two', 'echo two; sleep 0.2; echo end')];
    const { status, stderr } = await collect(tools, { output: 'c.tar' }, { folder, shell });
    const archive = join(folder, 'c.tar');
    expect([0, 1, 2, 126, 127, 130, 143]).toContain(status);
    // Whole, or not there, and then something is said: by the shell itself where it could not go on.
    if (existsSync(archive)) {
      expect(execFileSync('tar', ['-tf', archive], { encoding: 'utf8' })).toContain('manifest.json');
      // Of a manifest that is not whole the tools' output is kept.
      if (!/the manifest could not be written whole/.test(stderr)) openArchive(archive);
      else expect(status).toBe(1);
    }
    if (!existsSync(archive)) expect([status === 0, stderr]).toEqual([false, expect.stringMatching(/\S/)]);
    expect(survivors(folder)).toEqual([]);
    const isStuck = calls === 'execve' || calls === 'clone';
    // What removes the folder is a process, too: where none can be started, the next run removes it.
    if (!isStuck) expect(leftOvers(folder)).toEqual([]);
  });
});
