/** What live.test.ts records: how it is built and run. Each takes a second or two. */

/** Sources, by the name of their file. */
export const PROGRAMS: Readonly<Record<string, string>> = {
  'shop.rs': `
use std::collections::HashMap;
trait Shape { fn area(&self) -> f64; }
struct Square(f64);
struct Circle(f64);
impl Shape for Square { #[inline(never)] fn area(&self) -> f64 { (0..50).map(|i| self.0 * (i as f64).sqrt()).sum() } }
impl Shape for Circle { #[inline(never)] fn area(&self) -> f64 { (0..50).map(|i| self.0 * (i as f64).sin()).sum() } }
#[inline(never)]
fn fill<T: std::hash::Hash + Eq + Clone>(counts: &mut HashMap<T, usize>, keys: &[T]) {
  for key in keys { *counts.entry(key.clone()).or_insert(0) += 1; }
}
fn main() {
  let (mut total, mut counts) = (0.0, HashMap::new());
  for round in 0..400 {
    let shapes: Vec<Box<dyn Shape>> = (0..1000)
      .map(|i| if i % 2 == 0 { Box::new(Square(i as f64)) as Box<dyn Shape> } else { Box::new(Circle(i as f64)) })
      .collect();
    total += shapes.iter().map(|shape| shape.area()).sum::<f64>();
    fill(&mut counts, &(0..2000).map(|i| format!("key-{}-{}", i, round)).collect::<Vec<String>>());
    total += std::thread::spawn(move || (0..200000u64).fold(0u64, |x, i| x.wrapping_mul(31) + i)).join().unwrap() as f64;
  }
  println!("{} {}", total, counts.len());
}
`,
  'shop.go': `
package main

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
)

type Cart[T any] struct{ items []T }

func (cart *Cart[T]) add(item T) { cart.items = append(cart.items, item) }

func work(n int) int {
	counts := map[string]int{}
	for i := 0; i < n; i++ {
		counts[fmt.Sprintf("key%d", i%1000)] += i
	}
	keys := []string{}
	for key := range counts {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	text, _ := json.Marshal(counts)
	return len(strings.Join(keys, ",")) + len(text)
}

func main() {
	var group sync.WaitGroup
	for i := 0; i < 4; i++ {
		group.Add(1)
		go func() {
			defer group.Done()
			cart := Cart[int]{}
			for round := 0; round < 50; round++ {
				cart.add(work(20000))
			}
		}()
	}
	group.Wait()
}
`,
  'shop.js': `
class Cart {
  constructor() { this.items = []; }
  add(item) { this.items.push(item); }
  total() { return this.items.reduce((sum, { price, count }) => sum + price * count, 0); }
}
const slug = (text) => text.replace(/[^a-z]+/g, '-');
const end = Date.now() + 1500;
let sum = 0;
while (Date.now() < end) {
  const cart = new Cart();
  for (let i = 0; i < 500; i++) cart.add(JSON.parse('{"price":' + i + ',"count":2,"name":"' + slug('Some Name ' + i) + '"}'));
  sum += cart.total();
}
console.log(sum);
`,
  'Shop.java': `
import java.util.*;
public class Shop {
  static int hash(String text) { int hash = 0; for (int i = 0; i < text.length(); i++) hash = 31 * hash + text.charAt(i); return hash; }
  static long round(int n) {
    Map<String, Integer> counts = new HashMap<>();
    for (int i = 0; i < n; i++) counts.merge("key" + i % 1000, hash("value" + i), Integer::sum);
    long total = 0;
    for (int value : counts.values()) total += value;
    return total;
  }
  public static void main(String[] words) {
    long end = System.currentTimeMillis() + 2000, total = 0;
    while (System.currentTimeMillis() < end) total += round(20000);
    System.out.println(total);
  }
}
`,
};

export interface Recorded {
  name: string;
  /** Programs that must be here. */
  needs: readonly string[];
  build: string;
  /** `perf record` in it is given the rest of its options. */
  record: string;
}

const CXX = 'g++ -O1 -fno-omit-frame-pointer -Wl,--build-id work.cpp';
const NODE_MAP = 'node --perf-basic-prof --interpreted-frames-native-stack shop.js';
const OWN_ROOT = `mkdir -p root/bin && cp work root/bin && for file in $(ldd work | grep -o '/[^ ]*'); do mkdir -p root/$(dirname $file) && cp -L $file root/$file; done`;

export const RECORDINGS: readonly Recorded[] = [
  { name: 'C++', needs: ['g++'], build: `${CXX} -o work`, record: 'perf record -- ./work' },
  { name: 'C++, stripped', needs: ['g++'], build: `${CXX} -s -o stripped`, record: 'perf record -- ./stripped' },
  {
    name: 'C++, a debug file of its own',
    needs: ['g++', 'objcopy'],
    build: `${CXX} -o split; objcopy --only-keep-debug split split.debug; strip split; objcopy --add-gnu-debuglink=split.debug split`,
    record: 'perf record -- ./split',
  },
  { name: 'C++, static', needs: ['g++'], build: `${CXX} -static -o static`, record: 'perf record -- ./static' },
  {
    name: 'C++, at a fixed address and without a build ID',
    needs: ['g++'],
    build: `${CXX} -no-pie -Wl,--build-id=none -o fixed`,
    record: 'perf record -- ./fixed',
  },
  {
    name: 'Rust',
    needs: ['rustc'],
    build: 'rustc -O -C force-frame-pointers=yes shop.rs -o shop-rust',
    record: 'perf record -- ./shop-rust',
  },
  {
    name: 'Rust, mangled as version 0',
    needs: ['rustc'],
    build: 'rustc -O -C force-frame-pointers=yes -C symbol-mangling-version=v0 shop.rs -o shop-v0',
    record: 'perf record -- ./shop-v0',
  },
  { name: 'Go', needs: ['go'], build: 'go build -o shop-go shop.go', record: 'perf record -- ./shop-go' },
  {
    name: 'Go, stripped',
    needs: ['go'],
    build: 'go build -ldflags="-s -w" -o shop-stripped shop.go',
    record: 'perf record -- ./shop-stripped',
  },
  { name: 'Node.js', needs: ['node'], build: '', record: 'perf record -- node shop.js' },
  { name: 'Node.js with a perf map', needs: ['node'], build: '', record: `perf record -- ${NODE_MAP}` },
  {
    name: 'Java with a perf map',
    needs: ['javac'],
    build: 'javac Shop.java',
    record: 'perf record -- java -XX:+PreserveFramePointer -XX:+UnlockDiagnosticVMOptions -XX:+DumpPerfMapAtExit Shop',
  },
  {
    name: 'another mount namespace',
    needs: ['g++', 'unshare'],
    build: `${CXX} -o work`,
    record: `perf record -- unshare -m sh -c 'mount -t tmpfs tmpfs /mnt && cp work /mnt/inside && /mnt/inside'`,
  },
  {
    name: 'a root of its own',
    needs: ['g++', 'chroot'],
    build: `${CXX} -o work; ${OWN_ROOT}`,
    record: 'perf record -- chroot root /bin/work',
  },
  {
    name: 'a PID namespace',
    needs: ['node', 'unshare'],
    build: '',
    record: `perf record -- unshare -pf --mount-proc ${NODE_MAP}`,
  },
  {
    name: 'a program that is gone',
    needs: ['g++'],
    build: `${CXX} -o gone`,
    record: `perf record -- sh -c './gone & sleep 0.2; rm gone; wait'`,
  },
  {
    name: 'several events',
    needs: ['g++'],
    build: `${CXX} -o work`,
    record: 'perf record -e cpu-clock,page-faults,context-switches -- ./work',
  },
  { name: 'compressed', needs: ['g++'], build: `${CXX} -o work`, record: 'perf record -z -- ./work' },
  {
    name: 'processes that come and go',
    needs: [],
    build: '',
    record: `perf record -F 9999 -- sh -c 'i=0; while [ $i -lt 200 ]; do /bin/true; ls / >/dev/null; i=$((i+1)); done'`,
  },
  {
    name: 'the kernel at work',
    needs: ['tar'],
    build: '',
    record: `perf record -- sh -c 'dd if=/dev/zero of=/dev/null bs=512 count=300000 2>/dev/null; tar cP /usr/include | cat >/dev/null'`,
  },
  {
    name: 'beside bpftrace',
    needs: ['g++', 'bpftrace'],
    build: `${CXX} -o work`,
    record: `bpftrace -e 'profile:hz:99 { @ = count(); } interval:s:5 { exit(); }' >/dev/null & sleep 2; perf record -- ./work; kill $!`,
  },
];
