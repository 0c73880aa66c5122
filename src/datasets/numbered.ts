/** Numbers for values of a key, in the order of first sight. */
export class Numbered<T, Key = string> {
  readonly values: T[];
  private readonly ids = new Map<Key, number>();

  /** @param first values with the first numbers, which no key has */
  constructor(...first: T[]) {
    this.values = first;
  }

  has(key: Key): boolean {
    return this.ids.has(key);
  }

  id(key: Key, make: () => T): number {
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const value = make();
    const id = this.values.push(value) - 1;
    this.ids.set(key, id);
    return id;
  }
}
