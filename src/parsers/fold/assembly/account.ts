/** Lines, and those among them that say nothing. The host counts the rest. */
let lines: f64 = 0;
let noise: f64 = 0;

export function emptyAccount(): void {
  lines = 0;
  noise = 0;
}

export function lineCount(): f64 {
  return lines;
}

export function noiseCount(): f64 {
  return noise;
}

export function addLines(count: f64): void {
  lines += count;
}

export function addNoise(count: f64): void {
  noise += count;
}
