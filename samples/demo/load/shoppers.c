/*
 * Eight shoppers: each asks for a page of the shop, looks at it for a moment, and orders each fourth cart. Prints each second how
 * many pages came and the longest that one of them took, in ms.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define SHOPPERS 8
#define PAGES_PER_CONNECTION 50
static int pages, longest_ms;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int64_t now_ms(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000ll + t.tv_nsec / 1000000;
}
static int open_shop(void) {
  struct sockaddr_in shop = {.sin_family = AF_INET, .sin_port = htons(8080), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int on = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd, (struct sockaddr *)&shop, sizeof shop)) { close(fd); return -1; }
  return fd;
}
/* A page ends with its body, which Content-Length says; ours fit one buffer. */
static int get_page(int fd, const char *kind, unsigned cart) {
  char text[8192]; size_t have = 0; ssize_t got;
  int length = snprintf(text, sizeof text, "GET /%s/%u HTTP/1.1\r\nHost: shop\r\n\r\n", kind, cart);
  if (write(fd, text, (size_t)length) != length) return -1;
  while ((got = read(fd, text + have, sizeof text - 1 - have)) > 0) {
    have += (size_t)got; text[have] = 0;
    const char *body = strstr(text, "\r\n\r\n"), *size = strcasestr(text, "content-length:");
    if (body && size && have >= (size_t)(body + 4 - text) + strtoul(size + 15, 0, 10)) return 0;
  }
  return -1;
}
static void *shop(void *arg) {
  unsigned seed = (unsigned)(uintptr_t)arg;
  for (int fd;;) {
    if ((fd = open_shop()) < 0) { usleep(100000); continue; }
    for (int page = 0; page < PAGES_PER_CONNECTION; page++) {
      int64_t begun = now_ms();
      if (get_page(fd, page % 4 ? "cart" : "order", (unsigned)rand_r(&seed) % 1000)) break;
      int took = (int)(now_ms() - begun);
      pthread_mutex_lock(&lock); pages++; if (took > longest_ms) longest_ms = took; pthread_mutex_unlock(&lock);
      usleep(8000 + (unsigned)rand_r(&seed) % 8000);
    }
    close(fd);
  }
}
int main(void) {
  pthread_t thread;
  for (uintptr_t i = 1; i <= SHOPPERS; i++) pthread_create(&thread, 0, shop, (void *)i);
  for (;;) {
    sleep(1);
    pthread_mutex_lock(&lock); printf("%d pages, %d ms\n", pages, longest_ms); fflush(stdout); pages = longest_ms = 0; pthread_mutex_unlock(&lock);
  }
}
