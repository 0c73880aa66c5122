/*
 * A small order store: whoever is connected looks orders up and inserts them; each commit goes to a write-ahead log that is
 * synced before the answer.
 *
 *   orderdb LOG     listens on 127.0.0.1:5433; a request has 64 bytes, I or L and a key first; the answer is "ok"
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEYS (1 << 16)
#define REQUEST 64
struct order { uint64_t key; char payload[240]; };
static struct order *table;
static int log_fd;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

static __attribute__((noinline)) uint32_t checksum_record(const char *p, size_t n) {
  uint32_t a = 1, b = 0;
  for (int round = 0; round < 24; round++)
    for (size_t i = 0; i < n; i++) { a = (a + (unsigned char)p[i]) % 65521; b = (b + a) % 65521; }
  return (b << 16) | a;
}
static __attribute__((noinline)) void parse_order(const char *text, struct order *o) {
  char buf[240]; size_t n = 0;
  for (int f = 0; f < 24; f++) n += (size_t)snprintf(buf + n % 200, 40, "%d=%.20s;", f, text + f % 8);
  memcpy(o->payload, buf, sizeof buf);
}
static __attribute__((noinline)) size_t index_search(uint64_t key) {
  size_t lo = 0, hi = KEYS;
  for (int round = 0; round < 1500; round++) {
    for (lo = 0, hi = KEYS; hi - lo > 1;) {
      size_t middle = (lo + hi) / 2;
      if (table[middle].key <= key) lo = middle; else hi = middle;
    }
  }
  return lo;
}
static __attribute__((noinline)) void index_insert(struct order *o) {
  memmove(table[index_search(o->key)].payload, o->payload, sizeof o->payload);
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
  struct order o = {.key = key};
  parse_order(text, &o);
  index_insert(&o);
  commit_order(&o);
}
static __attribute__((noinline)) int handle_lookup(uint64_t key) {
  size_t at = index_search(key);
  return (int)checksum_record(table[at].payload, sizeof table[at].payload);
}
static void *serve(void *arg) {
  int fd = (int)(intptr_t)arg; char request[REQUEST + 1] = {0};
  while (recv(fd, request, REQUEST, MSG_WAITALL) == REQUEST) {
    uint64_t key; memcpy(&key, request + 1, 8);
    if (request[0] == 'I') handle_insert(request + 9, key); else handle_lookup(key % (KEYS * 7));
    if (write(fd, "ok", 2) != 2) break;
  }
  close(fd);
  return 0;
}
int main(int argc, char **argv) {
  table = calloc(KEYS, sizeof *table);
  for (size_t i = 0; i < KEYS; i++) table[i].key = i * 7;
  log_fd = open(argc > 1 ? argv[1] : "orders.wal", O_CREAT | O_TRUNC | O_WRONLY, 0600);
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(5433), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1, listener = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(listener, (struct sockaddr *)&here, sizeof here) || listen(listener, 16)) return perror("orderdb"), 1;
  for (;;) {
    int fd = accept(listener, 0, 0);
    if (fd < 0) continue;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    pthread_t thread;
    if (pthread_create(&thread, 0, serve, (void *)(intptr_t)fd) == 0) pthread_detach(thread);
  }
}
