/** The path that stands for standard input. */
export const STDIN = '/dev/stdin';
