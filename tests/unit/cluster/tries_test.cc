#include <gtest/gtest.h>

#include <deque>
#include <string>
#include <vector>

#include "cluster/link/node_caller.h"

namespace vitrine::cluster {
namespace {

// Answers as it was told, then well; a call takes as long as it was told.
class ScriptedCaller final : public NodeCaller {
 public:
  Answer Call(const std::string& node, const Request&, std::uint32_t timeout_ms) override {
    asked.push_back(node);
    if (script.empty()) return {.status = 200, .trouble = Trouble::kNone, .body = "{}"};
    Answer answer = script.front();
    script.pop_front();
    now_ms += answer.trouble == Trouble::kTimeout ? timeout_ms : 1;
    return answer;
  }
  Pace pace() {
    return {.now_ms = [this] { return now_ms; },
            .sleep_ms =
                [this](std::uint64_t ms) {
                  now_ms += ms;
                  pauses.push_back(ms);
                }};
  }

  std::deque<Answer> script;
  std::vector<std::string> asked;
  std::vector<std::uint64_t> pauses;
  std::uint64_t now_ms = 0;
};

const Answer kGone = {.status = 0, .trouble = Trouble::kUnreachable, .body = "refused"};
const Answer kSilent = {.status = 0, .trouble = Trouble::kTimeout, .body = "silent"};
const Answer kBusy = {.status = 429, .trouble = Trouble::kNone, .body = "busy"};

TEST(Tries, ANodeThatIsGoneIsPassedOverAndTheOneThatAnsweredComesFirstThen) {
  ScriptedCaller caller;
  caller.script = {kGone};
  Tries tries({"a", "b", "c"}, caller, caller.pace());
  EXPECT_EQ(tries.Ask({.path = "/"}).status, 200U);
  EXPECT_EQ(tries.Ask({.path = "/"}).status, 200U);
  EXPECT_EQ(caller.asked, (std::vector<std::string>{"a", "b", "b"}));
}

TEST(Tries, ABusyClusterIsAskedAgainAfterLongerAndLongerPauses) {
  ScriptedCaller caller;
  caller.script = {kBusy, kBusy, kBusy};
  Tries tries({"a"}, caller, caller.pace());
  EXPECT_EQ(tries.Ask({.path = "/"}).status, 200U);
  EXPECT_EQ(caller.pauses, (std::vector<std::uint64_t>{100, 200, 400}));
}

TEST(Tries, ANodeThatLostAnotherUnderWayIsPassedOverAndAnyOtherFailureIsAnAnswer) {
  const auto failed = [](const char* type) {
    return Answer{
        .status = 500,
        .trouble = Trouble::kNone,
        .body = std::string(R"({"error":{"root_cause":[{"type":")") + type + R"("}]},"status":500})"};
  };
  ScriptedCaller caller;
  caller.script = {failed("node_not_connected_exception"), failed("node_disconnected_exception")};
  Tries tries({"a", "b", "c"}, caller, caller.pace());
  EXPECT_EQ(tries.Ask({.path = "/"}).status, 200U);
  EXPECT_EQ(caller.asked, (std::vector<std::string>{"a", "b", "c"}));
  caller.script = {failed("null_pointer_exception")};
  EXPECT_EQ(tries.Ask({.path = "/"}).status, 500U);
}

TEST(Tries, EndsWithTheLastAnswerWhenItsTimeIsOver) {
  ScriptedCaller caller;
  caller.script.assign(10'000, kGone);
  Tries tries({"a", "b"}, caller, caller.pace());
  EXPECT_EQ(tries.Ask({.path = "/", .timeout_ms = 10'000}).trouble, Trouble::kUnreachable);
  EXPECT_LE(caller.now_ms, 10'000U);
  EXPECT_GE(caller.now_ms, 5'000U);
}

TEST(Tries, ASilentNodeLeavesTimeForTheNext) {
  ScriptedCaller caller;
  caller.script = {kSilent};
  Tries tries({"a", "b"}, caller, caller.pace());
  EXPECT_EQ(tries.Ask({.path = "/", .timeout_ms = 10'000}).status, 200U);
  EXPECT_LE(caller.now_ms, 5'001U);
}

TEST(Tries, ACertificateThatDoesNotHoldAndARefusalEndIt) {
  for (const Answer& last : {Answer{.status = 0, .trouble = Trouble::kCertificate, .body = "expired"},
                             Answer{.status = 401, .trouble = Trouble::kNone, .body = ""},
                             Answer{.status = 400, .trouble = Trouble::kNone, .body = ""}}) {
    ScriptedCaller caller;
    caller.script = {last};
    Tries tries({"a", "b"}, caller, caller.pace());
    EXPECT_EQ(tries.Ask({.path = "/"}).status, last.status);
    EXPECT_EQ(caller.asked.size(), 1U);
  }
}

}  // namespace
}  // namespace vitrine::cluster
