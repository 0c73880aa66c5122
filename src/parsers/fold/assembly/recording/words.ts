/** Numbers of a record, in the byte order of the machine that wrote it. */

export let isBig: bool = false;

export function setBigEndian(big: bool): void {
  isBig = big;
}

@inline
export function u16At(at: usize): u32 {
  const value = load<u16>(at);
  return isBig ? <u32>bswap<u16>(value) : <u32>value;
}

@inline
export function u32At(at: usize): u32 {
  const value = load<u32>(at);
  return isBig ? bswap<u32>(value) : value;
}

@inline
export function u64At(at: usize): u64 {
  const value = load<u64>(at);
  return isBig ? bswap<u64>(value) : value;
}

/** Turns words around, in place, into the order of this machine. */
export function turn(at: usize, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    const word = at + (<usize>i << 3);
    store<u64>(word, bswap<u64>(load<u64>(word)));
  }
}
