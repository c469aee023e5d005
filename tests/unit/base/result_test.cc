#include "vitrine/result.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "base/try.h"

namespace vitrine {
namespace {

Result<int> Half(int number) {
  if (number % 2 != 0) return Error(Code::kInvalidArgument, std::to_string(number) + " is odd");
  return number / 2;
}

Result<std::string> Quarter(int number) {
  VITRINE_TRY_ASSIGN(const int half, Half(number));
  VITRINE_TRY_ASSIGN(const int quarter, Half(half));
  return std::to_string(quarter);
}

Status OnlyEven(int number) {
  VITRINE_TRY(Half(number));
  return {};
}

TEST(Result, ValueComesThroughEachStep) { EXPECT_EQ(*Quarter(12), "3"); }

TEST(Result, FirstErrorEndsTheChain) {
  const auto quarter = Quarter(6);
  ASSERT_FALSE(quarter);
  EXPECT_EQ(quarter.error().code(), Code::kInvalidArgument);
  EXPECT_EQ(quarter.error().message(), "3 is odd");
}

TEST(Result, AnnotateKeepsTheCodeAndPutsContextInFront) {
  const Error error = Error(Code::kNoSpace, "disk is full").Annotate("cannot save");
  EXPECT_EQ(error.code(), Code::kNoSpace);
  EXPECT_EQ(error.message(), "cannot save: disk is full");
}

TEST(Result, MoveOnlyValuesMoveOut) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> value = *std::move(result);
  EXPECT_EQ(*value, 7);
}

TEST(Status, SuccessAndFailure) {
  EXPECT_TRUE(OnlyEven(2));
  EXPECT_FALSE(OnlyEven(3));
}

}  // namespace
}  // namespace vitrine
