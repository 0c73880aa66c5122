/** The name of a program in the command line that started it, as the kernel keeps it: what tools that print names say of it. */

/** The kernel keeps so many letters. */
const LONGEST = 15;
// /usr/sbin/offcputime -K 30     node server.js     postgres: checkpointer     [kworker/u8:3-ext4-rsv-conversion]
const FIRST_WORD = /^\[?([^\s\]]+)/;

/** `/usr/sbin/offcputime -K 30` runs offcputime; of `[kthreadd]` it is kthreadd. */
export function programOf(command: string): string {
  const [, word = command] = FIRST_WORD.exec(command) ?? [];
  const isKernels = command.startsWith('[');
  return (isKernels ? word : word.slice(word.lastIndexOf('/') + 1)).replace(/:$/, '').slice(0, LONGEST);
}

/** The name of a process, of what a table has in its place: `pidstat -l`, `top -c` and `ps aux` print command lines. */
export function processName(printed: string): string {
  // What is no longer may be a name with blanks in it: `tmux: server`, `CPU 0/KVM`.
  return printed.length > LONGEST && /^[/[]|\s/.test(printed) ? programOf(printed) : printed;
}
