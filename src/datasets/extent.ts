/**
 * The least and the greatest of the values; `[Infinity, -Infinity]` where there are none. A call of `Math.max` with a
 * day's worth of values as its arguments is more than the engine's stack holds.
 */
export function extent(values: Iterable<number>): [least: number, greatest: number] {
  if (values instanceof Float64Array) return extentOfColumn(values);
  let [least, greatest] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}

/** The same of several columns together. */
export function extentOf(columns: Iterable<Iterable<number>>): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (const column of columns) {
    const [low, high] = extent(column);
    least = Math.min(least, low);
    greatest = Math.max(greatest, high);
  }
  return [least, greatest];
}

/** By places: an iterator takes four times as long. */
function extentOfColumn(values: Float64Array): [least: number, greatest: number] {
  let [least, greatest] = [Infinity, -Infinity];
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return [least, greatest];
}
