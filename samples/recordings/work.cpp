// What perf.data beside this file was recorded of: g++ -O1 -fno-omit-frame-pointer -Wl,--build-id work.cpp -o work
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace shop {
template <class T> struct Cart {
  T each;
  __attribute__((noinline)) double total(int n) const {
    volatile double sum = 0;
    for (int i = 0; i < n; i++) sum += i * each;
    return sum;
  }
};
namespace {
__attribute__((noinline)) double hidden(const std::vector<int> &values) {
  double sum = 0;
  for (int k = 0; k < 200; k++)
    for (int value : values) sum += value;
  return sum;
}
}  // namespace
bool operator<(const Cart<double> &a, const Cart<double> &b) { return a.each < b.each; }
}  // namespace shop

static int compare(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

// A call that does not return, last in its function: its return address is the next function's.
__attribute__((noinline, noreturn)) static void finish(double sum) {
  for (int i = 0; i < 40000000; i++) asm volatile("");
  printf("%f\n", sum);
  exit(0);
}

int main() {
  double sum = 0;
  std::vector<shop::Cart<double>> carts;
  for (int round = 0; round < 30; round++) {
    std::vector<int> values(20000);
    for (auto &value : values) value = rand();
    std::sort(values.begin(), values.end(), [](int a, int b) { return a > b; });
    qsort(values.data(), values.size(), sizeof(int), compare);
    carts.push_back({double(values[0])});
    std::sort(carts.begin(), carts.end());
    sum += shop::Cart<double>{1.5}.total(200000) + shop::hidden(values) + std::to_string(round).size();
  }
  finish(sum);
}
