/** The same host in several languages: what procps 4.0.2 printed under LC_ALL, and the shares by hand. */
import { describe, expect, test } from 'vitest';
import { only, verdicts } from './host.ts';

describe('memory available, whatever its column and row are called', () => {
  test.each([
    [
      'C',
      `               total        used        free      shared     buffers       cache   available
Mem:        24684084     1478464    16497484        8900       94984     6971904     1205620
Swap:              0           0           0`,
      '4.9%',
    ],
    [
      'German, wide',
      `              gesamt       benutzt     frei      gemeins.   Puffer        Cache   verfügbar
Speicher:   24684084     1829180    16131700        8872       95868     6986212      854904
Swap:              0           0           0`,
      '3.5%',
    ],
    [
      'Polish, wide: one column has two words',
      `               razem       użyte       wolne    dzielone      bufory     w cache    dostępne
Pamięć:     24684084     2637744    15329040        8872       96000     6980016      246824
Wymiana:           0           0           0`,
      '1%',
    ],
    [
      'French',
      `               total       utilisé      libre     partagé tamp/cache   disponible
Mem:        24684084     1950212    16655676        8900     6436940      493680
Échange:           0           0           0`,
      '2%',
    ],
    [
      'Chinese',
      `               total        used        free      shared  buff/cache   available
内存：      24684084     1949948    16655676        8900     6437336      740520
交换：             0           0           0`,
      '3%',
    ],
  ])('%s', async (_, text, share) => {
    expect(await verdicts('memory-available', { 'free.txt': `${text}\n` })).toEqual([
      `found: Memory is nearly used up: ${share} available`,
    ]);
  });
});

describe('swapping, whatever its columns are called', () => {
  test.each([
    [
      'Korean: in and out of swap and of disks have the same names',
      `procs -----------메모리---------- ---스왑-- ---입출력-- -시스템-- ------CPU-----
 r  b 스왑 가용 버퍼 캐시  입  출   입   출   in   cs us sy id wa st`,
    ],
    [
      'Swedish',
      `procs -----------minne----------- -växling- -----io---- -system-- ------cpu-----
 k  b  växl  fritt   buff  cache   vi   vu    bi    bu  avb ktxb an sy ia vä st`,
    ],
    [
      'Polish',
      `proc. -----------pamięć---------- ---swap-- ---we/wy--- -system-- ------cpu-----
dz bl   swap  wolna  bufor  cache   si   so    bi    bo   in   cs uż sy be io sk`,
    ],
  ])('%s', async (_, heading) => {
    const text = `${heading}
26  0      0 15281320  95548 6998052    0    0   833  5153  936 3810 57 12 31  0  0
14  0      0 15281320  95548 6998052  200  400  3404   824 2749 14959 80 20  0  0  0
22  0      0 15270628  95688 7002048  100  500   612   172 1722 9625 87 13  0  0  0
`;
    // In 200 and 100, out 400 and 500 KiB, of which a page has 4; the average since boot is left out.
    expect((await only('swapping', { 'vmstat.txt': text })).measures).toMatchObject([
      { signal: 'system.paging.operations.in', value: 37.5, unit: 'pages/s' },
      { signal: 'system.paging.operations.out', value: 112.5, unit: 'pages/s' },
    ]);
  });
});
