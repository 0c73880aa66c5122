/** Functions that differ stay apart, whatever their names hold. */
import { describe, expect, test } from 'vitest';
import { nameFrames } from '../../src/parsers/perf/script-frame.ts';
import { withoutArguments } from '../../src/symbols/arguments.ts';

describe('arguments are cut where they end the name', () => {
  // What c++filt prints, and what c++filt -p leaves of it.
  test.each([
    ['run(int, char const*)', 'run'],
    ['ns::Box<int>::get() const', 'ns::Box<int>::get'],
    ['void apply<int>(std::function<void (int)>) &&', 'void apply<int>'],
    ['main::{lambda(int)#1}::operator()(int) const', 'main::{lambda(int)#1}::operator()'],
    ['main::{lambda(int)#1}::operator()', 'main::{lambda(int)#1}::operator()'],
    ['work(int)::Local::run()', 'work(int)::Local::run'],
    ['work(int)::Local::run', 'work(int)::Local::run'],
    ['decltype(auto) std::visit<A, B>(A, B)', 'decltype(auto) std::visit<A, B>'],
    ['std::function<void (int)>::operator()', 'std::function<void (int)>::operator()'],
    ['(anonymous namespace)::hidden(int)', '(anonymous namespace)::hidden'],
    ['a::(anonymous namespace)', 'a::(anonymous namespace)'],
    ['run(int) [clone .cold]', 'run [clone .cold]'],
    ['net/http.(*conn).serve', 'net/http.(*conn).serve'],
    ['StubRoutines (1)', 'StubRoutines (1)'],
    ['<F as core::ops::FnOnce<(A,)>>::call_once', '<F as core::ops::FnOnce<(A,)>>::call_once'],
    ['operator()', 'operator()'],
    ['main', 'main'],
    ['broken(int', 'broken(int'],
  ])('%s', (name, cut) => {
    expect(withoutArguments(name)).toBe(cut);
  });
});

describe('what a JIT calls its functions stays whole', () => {
  test.each([
    ['JS:*handler file:///srv/app/(shop)/page.js:12:3', 'JS:*handler file:///srv/app/(shop)/page.js:12:3'],
    ['RegExp:^(a+)+$', 'RegExp:^(a+)+$'],
    ['RegExp:(?:->|x)', 'RegExp:(?:->|x)'],
    ['(anonymous) /srv/a.js:1', '(anonymous) /srv/a.js:1'],
    ['void [System] Thread::Start()[Tier1]', 'void [System] Thread::Start()[Tier1]'],
    ['py::handler:/srv/(shop)/a.py', 'py::handler:/srv/(shop)/a.py'],
    // But the descriptor of a Java method, which perf cuts off anywhere.
    ['Lio/netty/Buf;::get(II)Lio/netty/Bu', 'Lio/netty/Buf:::get'],
  ])('%s', (symbol, name) => {
    const frames = nameFrames({ address: '7f', symbol, module: '/tmp/perf-1.map' }, { java: false, addresses: false });
    expect(frames.map((frame) => frame.name)).toEqual([name]);
  });
});
