#include "server/events.h"

#include <gtest/gtest.h>

#include <thread>

namespace vitrine::server {
namespace {

TEST(EventHub, EveryListenerHearsEveryEvent) {
  EventHub hub;
  const auto one = hub.Listen(), two = hub.Listen();
  hub.Publish("job", "{\"id\":1}");
  for (const auto& listener : {one, two}) {
    const auto text = listener->Next();
    ASSERT_TRUE(text);
    EXPECT_NE(text->find("event: job\ndata: {\"id\":1}\n\n"), std::string::npos);
  }
}

TEST(EventHub, AListenerThatIsGoneIsForgotten) {
  EventHub hub;
  auto gone = hub.Listen();
  const auto stays = hub.Listen();
  gone.reset();
  hub.Publish("library", "{}");
  EXPECT_TRUE(stays->Next());
}

TEST(EventHub, WhoDoesNotKeepUpIsToldToLookAnew) {
  EventHub hub;
  const auto slow = hub.Listen();
  for (int i = 0; i < 2000; ++i) hub.Publish("job", std::to_string(i));
  const auto text = slow->Next();
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("\"missed\":true"), std::string::npos);
  EXPECT_NE(text->find("data: 1999\n"), std::string::npos);
  EXPECT_LT(text->size(), 50'000U);
}

TEST(EventHub, ClosingEndsThoseThatWait) {
  EventHub hub;
  const auto listener = hub.Listen();
  EXPECT_TRUE(listener->Next());
  std::jthread closing([&] { hub.Close(); });
  while (listener->Next()) {
  }
  EXPECT_FALSE(hub.Listen()->Next());
}

}  // namespace
}  // namespace vitrine::server
