/** Keys of maps, each one object however often it is printed: what is equal is the same, and is compared at no cost. */
import { raised } from '../../datasets/limits.ts';
import { type KeyPart, type MapKey, splitKey } from './entry.ts';

/** bpftrace itself keeps 4096 of a map unless BPFTRACE_MAX_MAP_KEYS says otherwise. */
const MAX_KEYS = 1 << 17;

export class Keys {
  private readonly byText = new Map<string, MapKey>();
  private readonly byParts = new Map<string, MapKey>();
  /** As many as are told apart. */
  readonly most = raised(MAX_KEYS);

  get isFull(): boolean {
    return this.byParts.size >= this.most;
  }

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
