import { expect, test } from 'vitest';
import { read } from '../reading.ts';
import { lines, only } from '../stacks.ts';

test('stacks that a bpftrace program prints', async () => {
  const { datasets } = await read(
    'Attaching 1 probe...\n4242 my sqld\n        futex_wait+1\n        do_futex+2\n        __x64_sys_futex+3\n\nbash, 7:\n        do_wait+9\n\n',
  );
  expect(lines(only(datasets))).toEqual(['bash;do_wait 1', 'my sqld;__x64_sys_futex;do_futex;futex_wait 1']);
});
