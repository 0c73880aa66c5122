/** Which clock perf was told to use. */

// # cmdline : /usr/bin/perf record -k CLOCK_MONOTONIC -a -g
const MONOTONIC = / (?:-k ?|--clockid[= ])(?:mono|CLOCK_MONOTONIC)(?= |$)/;

/** Whether a command line of perf asks for the monotonic clock; without it perf has one of its own, whose start nobody knows. */
export function isOnMonotonic(command: string): boolean {
  return MONOTONIC.test(command);
}
