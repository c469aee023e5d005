// kill -9 in the middle of edits, undos and versions: what was acknowledged is there, and the rest is whole.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <random>
#include <thread>

#include "boards/store/board_store.h"
#include "open_store.h"
#include "support/board_samples.h"
#include "support/temp_folder.h"

namespace vitrine {
namespace {

constexpr int kItemsAnEdit = 40;

// Edits until it is killed; after each edit that is done, says its revision on the pipe.
[[noreturn]] void EditForEver(const std::string& folder, const std::string& id, int pipe_end) {
  const auto store = testing::OpenStore(folder, StoreMode::kExisting);
  if (!store) _exit(3);
  for (std::int64_t revision = (*store)->Get(id)->revision;; ++revision) {
    std::vector<BoardItem> items;
    for (int i = 0; i < kItemsAnEdit; ++i) {
      items.push_back(testing::Picture("p" + std::to_string(i), static_cast<double>(revision + 1), i + 1));
    }
    if (!(*store)->Edit(id, testing::Put(revision, items))) _exit(4);
    const std::int64_t done = revision + 1;
    if (write(pipe_end, &done, sizeof done) != sizeof done) _exit(5);
  }
}

TEST(BoardKill, NothingAcknowledgedIsLost) {
  const char* wanted = std::getenv("VITRINE_KILL_ROUNDS");
  const int rounds = wanted != nullptr ? std::atoi(wanted) : 25;
  const TempFolder folder;
  const std::string id = [&] {
    const auto store = testing::OpenStore(folder.path(), StoreMode::kCreate).value();
    return store->Create({.name = "B"})->id;
  }();
  std::mt19937 random(20261125);
  for (int round = 0; round < rounds; ++round) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    const pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      close(ends[0]);
      EditForEver(folder.path(), id, ends[1]);
    }
    close(ends[1]);
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 60'000));
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the writer ended by itself: " << WEXITSTATUS(status);
    std::int64_t acknowledged = 0;
    while (read(ends[0], &acknowledged, sizeof acknowledged) == sizeof acknowledged) {
    }
    close(ends[0]);

    const auto store = testing::OpenStore(folder.path(), StoreMode::kExisting).value();
    const Board board = store->Get(id).value();
    ASSERT_GE(board.revision, acknowledged);
    for (const BoardItem& item : board.items) ASSERT_EQ(item.x, static_cast<double>(board.revision));
    ASSERT_EQ(board.items.size(), board.revision == 0 ? 0U : static_cast<std::size_t>(kItemsAnEdit));
    ASSERT_EQ(store->StepsSince(id, 0)->size(), static_cast<std::size_t>(board.revision));
  }
}

}  // namespace
}  // namespace vitrine
