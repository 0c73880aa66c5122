/*
 * What makes the virtual host ill: one activity a process, under the name that the file has been given (`ledger mutex 8`), so
 * that a finding can name it.
 *
 * Built in the machine: gcc -O1 -fno-omit-frame-pointer -pthread -o illness illness.c
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void pause_us(long us) {
  struct timespec t = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&t, NULL);
}

static volatile double price;

__attribute__((noinline)) static void price_option(void) {
  for (int i = 1; i < 100000; i++) price += 1.0 / i;
}

static void *hog(void *unused) {
  for (;;) price_option();
}

static pthread_mutex_t books = PTHREAD_MUTEX_INITIALIZER;

__attribute__((noinline)) static void append_entry(void) {
  pthread_mutex_lock(&books);
  pause_us(500);
  pthread_mutex_unlock(&books);
}

static void *mutex(void *unused) {
  for (;;) append_entry();
}

/* A timer of one millisecond, for nothing. */
static void *timer(void *unused) {
  struct itimerspec each = {{0, 1000000}, {0, 1000000}};
  int fd = timerfd_create(CLOCK_MONOTONIC, 0);
  timerfd_settime(fd, 0, &each, NULL);
  for (unsigned long long ticks;;)
    if (read(fd, &ticks, sizeof ticks) < 0) pause_us(1000);
}

static void threads(void *(*what)(void *), int count) {
  pthread_t thread;
  for (int i = 0; i < count; i++) pthread_create(&thread, NULL, what, NULL);
  pause();
}

/* Takes so many MiB a second and gives none back. */
static void grow(int per_second) {
  for (;;) {
    size_t size = (size_t)per_second << 18;
    memset(malloc(size), 1, size);
    pause_us(250000);
  }
}

/* Works over so many MiB again and again. */
static void touch(int size) {
  char *memory = malloc((size_t)size << 20);
  for (unsigned seed = 1;;) {
    for (int i = 0; i < 4096; i++) memory[(size_t)(rand_r(&seed) % (size << 8)) << 12]++;
    pause_us(1000);
  }
}

/* New pages, used once. */
static void faults(void) {
  for (size_t size = 16 << 20;;) {
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    for (size_t at = 0; at < size; at += 4096) memory[at] = 1;
    munmap(memory, size);
  }
}

/* A file read from front to back, again and again. */
static void scan(const char *path) {
  static char block[1 << 16];
  for (int fd = open(path, O_RDONLY);; lseek(fd, 0, SEEK_SET))
    while (read(fd, block, sizeof block) > 0) {
    }
}

/* So many KiB written at a time, each safe on disk before the next. */
static void commit(const char *path, int size) {
  static char block[1 << 20];
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (int i = 0;; i = (i + 1) % 256) {
    if (pwrite(fd, block, (size_t)size << 10, (off_t)i * size << 10) < 0 || fdatasync(fd) < 0) pause_us(1000);
  }
}

/* So many KiB a second into a log that is never fsynced. */
static void log_lines(const char *path, int per_second) {
  static char line[16384];
  memset(line, 'x', sizeof line);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  for (long written = 0;; pause_us(10000))
    for (int i = 0; i < per_second / 16 / 100; i++) {
      if (write(fd, line, sizeof line) < 0) pause_us(1000);
      if ((written += sizeof line) > 600l << 20) {
        lseek(fd, 0, SEEK_SET);
        written = 0;
      }
    }
}

/* A burst of so many MiB every four seconds. */
static void burst(const char *path, int size) {
  static char block[1 << 20];
  for (;; sleep(4)) {
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    for (int i = 0; i < size; i++)
      if (write(fd, block, sizeof block) < 0) break;
    fsync(fd);
    close(fd);
  }
}

static void missing(const char *folder) {
  char path[256];
  for (int i = 0;; i++) {
    snprintf(path, sizeof path, "%s/theme-%d.css", folder, i % 1000);
    int fd = open(path, O_RDONLY);
    if (fd >= 0) close(fd);
  }
}

/* Two processes that hand one byte to and fro. */
static void relay(void) {
  int there[2], back[2];
  char byte = 0;
  if (pipe(there) || pipe(back)) exit(1);
  int child = fork();
  int from = child ? back[0] : there[0], to = child ? there[1] : back[1];
  if (child && write(to, &byte, 1) != 1) exit(1);
  while (read(from, &byte, 1) == 1 && write(to, &byte, 1) == 1) {
  }
}

static struct sockaddr_in at(const char *host, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, host, &to.sin_addr);
  return to;
}

/* Accepts a connection each so many microseconds and answers with so many KiB. */
static void serve(const char *host, int port, int backlog, long pause_for, int size) {
  static char page[1 << 20];
  struct sockaddr_in here = at(host, port);
  int fd = socket(AF_INET, SOCK_STREAM, 0), yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) || listen(fd, backlog)) exit(1);
  for (int client; (client = accept(fd, NULL, NULL)) >= 0; close(client)) {
    if (pause_for > 0) pause_us(pause_for);
    for (int left = size << 10; left > 0;) {
      ssize_t sent = write(client, page, left > (int)sizeof page ? sizeof page : left);
      if (sent <= 0) break;
      left -= sent;
    }
  }
}

/* Connects, reads what comes, closes; every so many microseconds, without a pause for 0. */
static void visit(const char *host, int port, long pause_for) {
  static char page[1 << 16];
  struct timeval patience = {20, 0};
  struct sockaddr_in there = at(host, port);
  for (;; pause_us(pause_for)) {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (connect(fd, (struct sockaddr *)&there, sizeof there) == 0)
      while (read(fd, page, sizeof page) > 0) {
      }
    close(fd);
  }
}

/* A server of names that knows none and takes its time to say so. */
static void name_server(int ms) {
  unsigned char question[512];
  struct sockaddr_in here = at("127.0.0.1", 53), asker;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(fd, (struct sockaddr *)&here, sizeof here)) exit(1);
  for (;;) {
    socklen_t size = sizeof asker;
    ssize_t length = recvfrom(fd, question, sizeof question, 0, (struct sockaddr *)&asker, &size);
    if (length < 12 || fork() != 0) continue;
    pause_us(ms * 1000l);
    question[2] |= 0x80;
    question[3] = 0x83;
    sendto(fd, question, length, 0, (struct sockaddr *)&asker, size);
    exit(0);
  }
}

static void *look_up(void *unused) {
  for (int i = 0;; i++) {
    char name[64];
    struct addrinfo *found = NULL, hint = {.ai_family = AF_INET};
    snprintf(name, sizeof name, "stock-%d.shop.internal.", i % 50);
    if (getaddrinfo(name, "80", &hint, &found) == 0) freeaddrinfo(found);
    pause_us(50000);
  }
}

int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "", *word = argc > 2 ? argv[2] : "";
  int number = atoi(word), second = argc > 3 ? atoi(argv[3]) : 0;
  signal(SIGCHLD, SIG_IGN);
  signal(SIGPIPE, SIG_IGN);
  if (!strcmp(what, "hog")) threads(hog, number);
  if (!strcmp(what, "mutex")) threads(mutex, number);
  if (!strcmp(what, "timers")) threads(timer, number);
  if (!strcmp(what, "lookups")) threads(look_up, number);
  if (!strcmp(what, "grow")) grow(number);
  if (!strcmp(what, "touch")) touch(number);
  if (!strcmp(what, "faults")) faults();
  if (!strcmp(what, "scan")) scan(word);
  if (!strcmp(what, "commit")) commit(word, second);
  if (!strcmp(what, "log")) log_lines(word, second);
  if (!strcmp(what, "burst")) burst(word, second);
  if (!strcmp(what, "missing")) missing(word);
  if (!strcmp(what, "relay")) relay();
  if (!strcmp(what, "names")) name_server(number);
  if (!strcmp(what, "serve")) serve(word, second, atoi(argv[4]), atol(argv[5]), atoi(argv[6]));
  if (!strcmp(what, "visit")) visit(word, second, atol(argv[4]));
  fprintf(stderr, "%s: no activity %s\n", argv[0], what);
  return 2;
}
