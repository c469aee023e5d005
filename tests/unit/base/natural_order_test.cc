#include "base/natural_order.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace vitrine {
namespace {

TEST(NaturalKey, OrdersNamesAsPeopleExpect) {
  const std::vector<std::string> ordered = {"",       "a",         "A1",          "a1b",        "a2",
                                            "a10",    "a10.jpg",   "B",           "img 9 (2)",  "img 9 (10)",
                                            "img 10", "IMG_2.jpg", "img_02a.jpg", "IMG_10.jpg", "z"};
  for (std::size_t i = 0; i + 1 < ordered.size(); ++i) {
    EXPECT_LT(NaturalKey(ordered[i]), NaturalKey(ordered[i + 1])) << ordered[i] << " / " << ordered[i + 1];
  }
}

TEST(NaturalKey, CaseAndLeadingZerosDoNotCount) {
  EXPECT_EQ(NaturalKey("Img_007"), NaturalKey("IMG_7"));
  EXPECT_EQ(NaturalKey("000"), NaturalKey("0"));
  EXPECT_NE(NaturalKey("0"), NaturalKey(""));
}

TEST(NaturalKey, NumbersOfAnyLengthAreOrderedByTheirValue) {
  std::mt19937 dice(20261125);
  std::vector<std::string> numbers;
  for (int i = 0; i < 200; ++i) {
    std::string number(1 + dice() % 700, '0');
    for (char& digit : number) digit = static_cast<char>('1' + dice() % 9);
    numbers.push_back(number);
  }
  std::ranges::sort(numbers, [](const std::string& x, const std::string& y) {
    return x.size() != y.size() ? x.size() < y.size() : x < y;
  });
  EXPECT_TRUE(std::ranges::is_sorted(numbers, {}, [](const std::string& text) { return NaturalKey(text); }));
}

}  // namespace
}  // namespace vitrine
