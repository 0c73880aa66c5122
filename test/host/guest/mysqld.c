/*
 * What mysqld_qslower attaches to: the query__start and query__done probes of MySQL 5.x, where MySQL has them
 * (https://dev.mysql.com/doc/refman/5.7/en/dba-dtrace-ref-query.html). Queries take 0.5 to 20 ms.
 */
#include <stdio.h>
#include <sys/sdt.h>
#include <time.h>

static void pause_us(long us) {
  struct timespec t = {us / 1000000, us % 1000000 * 1000};
  nanosleep(&t, NULL);
}

int main(void) {
  FILE *journal = fopen("/run/truth/mysqld", "a");
  if (journal == NULL) return 1;
  setlinebuf(journal);
  static const char *queries[] = {"SELECT price FROM items WHERE id = 42", "UPDATE stock SET left = left - 1 WHERE item = 'a, b'",
                                  "SELECT * FROM orders JOIN items USING (id) ORDER BY total DESC"};
  for (int i = 0;; i++) {
    const char *query = queries[i % 3];
    DTRACE_PROBE5(mysql, query__start, query, 7, "shop", "app", "10.9.0.2");
    pause_us(i % 3 == 2 ? 20000 : 500 + i % 3 * 4000);
    DTRACE_PROBE1(mysql, query__done, 0);
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    /* The first kind is below the millisecond from which a query counts as slow. */
    if (i % 3) fprintf(journal, "query %lld 1\n", t.tv_sec * 1000000000ll + t.tv_nsec);
    pause_us(50000);
  }
}
