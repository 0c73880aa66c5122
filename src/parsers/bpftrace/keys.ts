/** Keys of maps, each one object however often it is printed: what is equal is the same, and is compared at no cost. */
import { type KeyPart, type MapKey, splitKey } from './entry.ts';

export class Keys {
  private readonly byText = new Map<string, MapKey>();
  private readonly byParts = new Map<string, MapKey>();

  /** The key that stands in brackets on one line, `sshd, 1006`. */
  inLine(text: string): MapKey {
    const known = this.byText.get(text);
    if (known !== undefined) return known;
    const key = this.of(splitKey(text));
    this.byText.set(text, key);
    return key;
  }

  of(parts: readonly KeyPart[]): MapKey {
    const text = JSON.stringify(parts);
    const key = this.byParts.get(text) ?? parts;
    this.byParts.set(text, key);
    return key;
  }
}
