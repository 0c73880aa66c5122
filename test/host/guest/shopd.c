/*
 * The workload of the virtual host: a small shop. Each activity is a process of its own (`shopd NAME …`), does one kind of
 * thing at a steady rate, and writes down what it did and how long that took: the truth that the tools are held against.
 *
 *   shopd LOG ACTIVITY [ARGUMENT]     LOG gets lines of KIND, CLOCK_MONOTONIC in ns, and a value (ns, bytes or 1)
 *
 * Built in the machine: gcc -O1 -fno-omit-frame-pointer -pthread -o /usr/local/bin/shopd shopd.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static FILE *journal;

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000ull + t.tv_nsec;
}

/* Line by line and in one write each: whoever kills us loses nothing. */
static void record(const char *kind, uint64_t at, uint64_t value) {
  fprintf(journal, "%s %llu %llu\n", kind, (unsigned long long)at, (unsigned long long)value);
}

static void pause_ms(int ms) {
  struct timespec t = {ms / 1000, ms % 1000 * 1000000l};
  nanosleep(&t, NULL);
}

static void burn_us(int us) {
  uint64_t end = now() + us * 1000ull;
  while (now() < end) {
  }
}

/* Three files that are there, one that is not. */
static void opens(const char *folder) {
  char path[256];
  for (int i = 0;; i++) {
    snprintf(path, sizeof path, i % 4 == 3 ? "%s/discounts.conf" : "%s/catalog-%d.json", folder, i % 4);
    uint64_t at = now();
    int fd = open(path, O_RDONLY);
    record(fd < 0 ? "open-missing" : "open", at, now() - at);
    if (fd >= 0) close(fd);
    pause_ms(100);
  }
}

static void stats(const char *folder) {
  char path[256];
  struct stat st;
  for (int i = 0;; i++) {
    snprintf(path, sizeof path, i % 2 ? "%s/price-list.new" : "%s/catalog-0.json", folder);
    uint64_t at = now();
    syscall(SYS_stat, path, &st);
    record("stat", at, 1);
    pause_ms(200);
  }
}

/*
 * What it is started with lies on the stack: a tool that looks at the arguments when execve is entered cannot have a page brought in,
 * and after fork those of the program's own file are not there yet.
 */
static void execs(const char *unused) {
  char path[] = "/usr/local/bin/invoice", name[] = "invoice";
  for (int i = 0;; i++) {
    char word[32];
    snprintf(word, sizeof word, "--order=%d", i);
    uint64_t at = now();
    pid_t pid = fork();
    if (pid == 0) {
      execl(path, name, word, NULL);
      _exit(127);
    }
    int status;
    waitpid(pid, &status, 0);
    record("exec", at, now() - at);
    pause_ms(500);
  }
}

static void signals(const char *unused) {
  for (;;) {
    pid_t pid = fork();
    if (pid == 0) {
      pause();
      _exit(0);
    }
    pause_ms(500);
    uint64_t at = now();
    kill(pid, SIGTERM);
    record("kill", at, 1);
    waitpid(pid, NULL, 0);
  }
}

/* A ledger that is appended to and synced, read again past the page cache, and a scratch file that lives for a moment. */
static void ledger(const char *folder) {
  char path[256], scratch[256], *block;
  if (posix_memalign((void **)&block, 4096, 8192)) exit(1);
  memset(block, 'x', 8192);
  snprintf(path, sizeof path, "%s/ledger.db", folder);
  for (int i = 0;; i++) {
    int fd = open(path, O_RDWR | O_CREAT | (i % 64 ? 0 : O_TRUNC), 0644);
    if (fd < 0) exit(1);
    lseek(fd, 0, SEEK_END);
    uint64_t at = now();
    if (write(fd, block, 8192) != 8192) exit(1);
    record("write", at, 8192);
    at = now();
    fsync(fd);
    record("fsync", at, now() - at);
    posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
    at = now();
    if (pread(fd, block, 8192, 0) != 8192) exit(1);
    record("read", at, now() - at);
    close(fd);
    snprintf(scratch, sizeof scratch, "%s/order-%d.tmp", folder, i);
    fd = open(scratch, O_WRONLY | O_CREAT, 0644);
    at = now();
    if (write(fd, block, 100) != 100) exit(1);
    close(fd);
    pause_ms(20);
    unlink(scratch);
    record("scratch", at, now() - at);
    pause_ms(200);
  }
}

static int service_port = 8080;

static void *serve(void *address) {
  const char *text = address;
  int six = strchr(text, ':') != NULL, one = 1;
  struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(service_port)};
  struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(service_port)};
  inet_pton(six ? AF_INET6 : AF_INET, text, six ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr);
  int s = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
  setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  setsockopt(s, IPPROTO_IPV6, 26 /* IPV6_V6ONLY */, &one, sizeof one);
  if (bind(s, six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, six ? sizeof v6 : sizeof v4) || listen(s, 16)) return NULL;
  for (;;) {
    int c = accept(s, NULL, NULL);
    if (c < 0) continue;
    char buffer[20000] = {0};
    record("accept", now(), 1);
    if (read(c, buffer, 1000) > 0 && write(c, buffer, sizeof buffer) < 0) record("failed", now(), 1);
    close(c);
  }
}

static void server(const char *addresses) {
  char *copy = strdup(addresses), *rest = copy, *one;
  pthread_t thread;
  while ((one = strsep(&rest, ","))) pthread_create(&thread, NULL, serve, strdup(one));
  for (;;) pause();
}

/* Asks the shop for a page. */
static void client(const char *addresses) {
  char request[1000] = "GET /", buffer[4096];
  const char *list[8];
  int n = 0;
  char *rest = strdup(addresses), *one;
  while (n < 8 && (one = strsep(&rest, ","))) list[n++] = one;
  for (int i = 0;; i++) {
    const char *to = list[i % n];
    int six = strchr(to, ':') != NULL;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(service_port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(service_port)};
    inet_pton(six ? AF_INET6 : AF_INET, to, six ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr);
    int s = socket(six ? AF_INET6 : AF_INET, SOCK_STREAM, 0);
    uint64_t at = now();
    int failed = connect(s, six ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4, six ? sizeof v6 : sizeof v4);
    record(failed ? "connect-failed" : "connect", at, now() - at);
    if (!failed && write(s, request, sizeof request) > 0) {
      uint64_t bytes = 0;
      ssize_t got;
      while ((got = read(s, buffer, sizeof buffer)) > 0) bytes += got;
      record("received", now(), bytes);
    }
    close(s);
    pause_ms(250);
  }
}

static void names(const char *list) {
  const char *name[8];
  int n = 0;
  char *rest = strdup(list), *one;
  while (n < 8 && (one = strsep(&rest, ","))) name[n++] = one;
  for (int i = 0;; i++) {
    struct addrinfo *found = NULL;
    uint64_t at = now();
    if (getaddrinfo(name[i % n], NULL, NULL, &found) == 0) freeaddrinfo(found);
    record("lookup", at, now() - at);
    pause_ms(400);
  }
}

/* Threads that compute and sleep by turns: together they take half of the CPUs, and stand in each other's way. */
static void *price(void *unused) {
  prctl(PR_SET_NAME, "pricing");
  for (;;) {
    burn_us(10000);
    pause_ms(40);
  }
  return unused;
}

static void pricing(const char *threads) {
  pthread_t thread;
  for (int i = 0; i < atoi(threads); i++) pthread_create(&thread, NULL, price, NULL);
  for (;;) pause();
}

/* Threads that stand in line for the inode of one file. */
static const char *shared_file;
static void *queue_up(void *unused) {
  char block[65536] = {0};
  int fd = open(shared_file, O_RDWR | O_CREAT, 0644);
  for (;;) {
    if (pwrite(fd, block, sizeof block, 0) < 0) exit(1);
    pause_ms(10);
  }
}

static void contention(const char *file) {
  pthread_t thread;
  shared_file = file;
  for (int i = 0; i < 4; i++) pthread_create(&thread, NULL, queue_up, NULL);
  for (;;) pause();
}

/* Touches each page of a mapped file for the first time, again and again. */
static void faults(const char *file) {
  int pages = 256, fd = open(file, O_RDWR | O_CREAT, 0644);
  if (ftruncate(fd, pages * 4096)) exit(1);
  for (;;) {
    volatile char *map = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    uint64_t at = now();
    madvise((void *)map, pages * 4096, MADV_RANDOM);
    for (int i = 0; i < pages; i++) map[i * 4096] = 1;
    record("faults", at, pages);
    munmap((void *)map, pages * 4096);
    pause_ms(250);
  }
}

/* Keeps more than its control group may have in memory, and goes through all of it. */
static void sessions(const char *megabytes) {
  size_t size = atoi(megabytes) * 1048576ul;
  char *heap = malloc(size);
  for (;;) {
    for (size_t i = 0; i < size; i += 4096) {
      heap[i]++;
      if (i % 1048576 == 0) pause_ms(2);
    }
    record("round", now(), size);
  }
}

__attribute__((noinline)) static char *keep_cart(int i) {
  char *cart = malloc(4096);
  memset(cart, i, 4096);
  return cart;
}

static void leak(const char *unused) {
  char *last = NULL;
  for (int i = 0;; i++) {
    char *cart = keep_cart(i);
    if (i % 2) free(cart);
    else {
      *(char **)cart = last;
      last = cart;
      record("leaked", now(), 4096);
    }
    pause_ms(50);
  }
}

int main(int argc, char **argv) {
  static const struct {
    const char *name;
    void (*run)(const char *);
  } activities[] = {{"opens", opens},       {"stats", stats},   {"execs", execs},           {"signals", signals},
                    {"ledger", ledger},     {"server", server}, {"client", client},         {"names", names},
                    {"pricing", pricing},   {"faults", faults}, {"contention", contention}, {"sessions", sessions},
                    {"leak", leak}};
  if (argc < 3) return 2;
  journal = fopen(argv[1], "a");
  if (journal == NULL) return 1;
  setlinebuf(journal);
  signal(SIGPIPE, SIG_IGN);
  for (size_t i = 0; i < sizeof activities / sizeof *activities; i++)
    if (strcmp(argv[2], activities[i].name) == 0) {
      prctl(PR_SET_NAME, argv[2]);
      activities[i].run(argc > 3 ? argv[3] : "");
    }
  return 2;
}
