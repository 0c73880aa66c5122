/**
 * Names in place of names: the same thing has the same name everywhere, in every file of a run, and in later runs that are
 * given the map. Names are numbered in the order in which they are asked for.
 */
import { UserError } from '../errors.ts';

export type NameKind = 'host' | 'user' | 'net' | 'address' | 'mac' | 'path' | 'container' | 'arg' | 'text';

/** The map as a file: what each pseudonym stands for. */
interface MapFile {
  coldflame: 'redaction map';
  version: 1;
  names: Record<string, string>;
}

const PSEUDONYM = /^(host|user|net|mac|path|container|arg|text)-?(\d+)$|^(net\d+)\.addr(\d+)$/;
/** A file with more is no map of ours. */
const MAX_NAMES = 1_000_000;

export class Pseudonyms {
  /** By kind and original. */
  private readonly given = new Map<string, string>();
  /** By pseudonym. */
  private readonly originals = new Map<string, string>();
  /** The last number of each kind, and of the addresses of each network. */
  private readonly last = new Map<string, number>();

  /** `host-1`, `user-3`. */
  of(kind: Exclude<NameKind, 'address' | 'net'>, original: string): string {
    return this.named(kind, original, () => `${kind}-${this.next(kind)}`);
  }

  /** `net1.addr7`: addresses of one network stay together. */
  address(network: string, original: string): string {
    const net = this.named('net', network, () => `net${this.next('net')}`);
    return this.named('address', original, () => `${net}.addr${this.next(net)}`);
  }

  /** Whether it is one of ours already. */
  has(pseudonym: string): boolean {
    return this.originals.has(pseudonym);
  }

  /** The originals of a kind, those asked for so far. */
  originalsOf(kind: NameKind): string[] {
    return [...this.given.keys()].filter((key) => key.startsWith(`${kind} `)).map((key) => key.slice(kind.length + 1));
  }

  /** How many there are of each kind. */
  counts(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const key of this.given.keys()) {
      const kind = key.slice(0, key.indexOf(' '));
      counts[kind] = (counts[kind] ?? 0) + 1;
    }
    return counts;
  }

  toJson(): string {
    const file: MapFile = { coldflame: 'redaction map', version: 1, names: Object.fromEntries(this.originals) };
    return `${JSON.stringify(file, null, 1)}\n`;
  }

  /**
   * @param name of the file, for messages
   * @throws UserError (exit 2) for what is no map
   */
  static from(name: string, text: string): Pseudonyms {
    const names = namesIn(text);
    if (names === null) throw new UserError(`${name}: not a map of pseudonyms that --redact wrote`, 2);
    const pseudonyms = new Pseudonyms();
    for (const [pseudonym, original] of names) pseudonyms.learn(pseudonym, original);
    return pseudonyms;
  }

  private learn(pseudonym: string, original: string): void {
    const [, kind, number, net, addr] = PSEUDONYM.exec(pseudonym) as RegExpExecArray;
    this.given.set(`${kind ?? 'address'} ${original}`, pseudonym);
    this.originals.set(pseudonym, original);
    const counter = (kind ?? net) as string;
    this.last.set(counter, Math.max(this.last.get(counter) ?? 0, Number(number ?? addr)));
  }

  private named(kind: NameKind, original: string, make: () => string): string {
    const key = `${kind} ${original}`;
    const known = this.given.get(key);
    if (known !== undefined) return known;
    const made = make();
    this.given.set(key, made);
    this.originals.set(made, original);
    return made;
  }

  private next(counter: string): number {
    const number = (this.last.get(counter) ?? 0) + 1;
    this.last.set(counter, number);
    return number;
  }
}

function namesIn(text: string): [string, string][] | null {
  let file: Partial<MapFile>;
  try {
    file = JSON.parse(text) as Partial<MapFile>;
  } catch {
    return null;
  }
  if (file?.coldflame !== 'redaction map' || file.version !== 1 || typeof file.names !== 'object') return null;
  const names = Object.entries(file.names ?? {});
  const isSound = names.every(([pseudonym, original]) => PSEUDONYM.test(pseudonym) && typeof original === 'string');
  return isSound && names.length <= MAX_NAMES ? names : null;
}
