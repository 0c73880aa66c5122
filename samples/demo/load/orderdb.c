/* A small order store: clients insert orders, each commit goes to a write-ahead log that is synced. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define KEYS (1 << 16)
struct order { uint64_t key; char payload[240]; };
static struct order *table;
static int log_fd;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static __attribute__((noinline)) uint32_t checksum_record(const char *p, size_t n) {
  uint32_t a = 1, b = 0;
  for (int r = 0; r < 24; r++)
    for (size_t i = 0; i < n; i++) { a = (a + (unsigned char)p[i]) % 65521; b = (b + a) % 65521; }
  return (b << 16) | a;
}
static __attribute__((noinline)) void parse_order(const char *text, struct order *o) {
  char buf[240]; size_t n = 0;
  for (int f = 0; f < 24; f++) n += (size_t)snprintf(buf + n % 200, 40, "%d=%s;", f, text + f % 8);
  memcpy(o->payload, buf, sizeof buf);
}
static __attribute__((noinline)) size_t index_search(uint64_t key) {
  size_t lo = 0, hi = KEYS;
  for (int r = 0; r < 1500; r++) { lo = 0; hi = KEYS; while (hi - lo > 1) { size_t m = (lo + hi) / 2; if (table[m].key <= key) lo = m; else hi = m; } }
  return lo;
}
static __attribute__((noinline)) void index_insert(struct order *o) {
  size_t at = index_search(o->key);
  memmove(table[at].payload, o->payload, sizeof o->payload);
}
static __attribute__((noinline)) void wal_sync(void) { if (fdatasync(log_fd)) perror("fdatasync"); }
static __attribute__((noinline)) void wal_append(const struct order *o) {
  char page[4096]; memset(page, 0, sizeof page); memcpy(page, o, sizeof *o);
  uint32_t sum = checksum_record(page, sizeof page); memcpy(page + 4092, &sum, 4);
  if (write(log_fd, page, sizeof page) != sizeof page) perror("write");
}
static __attribute__((noinline)) void commit_order(const struct order *o) {
  pthread_mutex_lock(&log_lock);
  wal_append(o);
  wal_sync();
  pthread_mutex_unlock(&log_lock);
}
static __attribute__((noinline)) void handle_insert(const char *text, uint64_t key) {
  struct order o; o.key = key;
  parse_order(text, &o);
  index_insert(&o);
  commit_order(&o);
}
static __attribute__((noinline)) int handle_lookup(uint64_t key) {
  size_t at = index_search(key);
  return (int)checksum_record(table[at].payload, sizeof table[at].payload);
}
static void *serve(void *arg) {
  int fd = (int)(intptr_t)arg; char req[64];
  while (read(fd, req, sizeof req) > 0) {
    uint64_t key; memcpy(&key, req + 1, 8);
    if (req[0] == 'I') handle_insert(req + 9, key); else handle_lookup(key);
    if (write(fd, "ok", 2) != 2) break;
  }
  return 0;
}
static void *client(void *arg) {
  int fd = (int)(intptr_t)arg; char req[64], ok[2]; unsigned seed = (unsigned)fd;
  for (;;) {
    for (int i = 0; i < 64; i++) req[i] = (char)('a' + rand_r(&seed) % 26);
    usleep(4000 + rand_r(&seed) % 3000);
    uint64_t key = (uint64_t)rand_r(&seed) % KEYS * 7; memcpy(req + 1, &key, 8);
    req[0] = rand_r(&seed) % 4 ? 'L' : 'I';
    if (write(fd, req, sizeof req) != sizeof req || read(fd, ok, 2) != 2) return 0;
  }
}
int main(int argc, char **argv) {
  table = calloc(KEYS, sizeof *table);
  for (size_t i = 0; i < KEYS; i++) table[i].key = i * 7;
  log_fd = open(argc > 1 ? argv[1] : "orders.wal", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  pthread_t t;
  for (int i = 0; i < 6; i++) {
    int pair[2]; socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    pthread_create(&t, 0, serve, (void *)(intptr_t)pair[0]); pthread_setname_np(t, "orderdb");
    pthread_create(&t, 0, client, (void *)(intptr_t)pair[1]); pthread_setname_np(t, "shop-client");
  }
  pthread_join(t, 0);
}
