#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <optional>
#include <utility>

#include "base/utf8.h"
#include "cluster/link.h"

extern char** environ;

namespace vitrine::cluster {
namespace {

// Own process group: Ctrl-C reaches the main process, which lets the request in flight finish.
int Spawn(const std::string& program, const std::string& cluster, int socket, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, socket, kLinkFd);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&actions, kLinkFd + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  std::string name = program;
  std::string wanted = cluster;
  std::array<char*, 3> arguments = {name.data(), wanted.data(), nullptr};
  const int failure = posix_spawn(&pid, program.c_str(), &actions, &attributes, arguments.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

}  // namespace

Link::Link(UniqueFd socket) {
  lines_.push_back({.socket = std::move(socket)});
  free_.push_back(&lines_.front());
}

Result<std::unique_ptr<Link>> Link::Start(const std::string& program, const Address& address,
                                          std::size_t programs) {
  std::unique_ptr<Link> link(new Link());
  for (std::size_t i = 0; i < programs; ++i) {
    std::array<int, 2> pair{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) {
      return ErrnoError("cannot make a socket for", program, errno);
    }
    Line line{.socket = UniqueFd(pair[0])};
    const UniqueFd theirs(pair[1]);
    if (const int failure = Spawn(program, address.cluster(), theirs.get(), line.pid); failure != 0) {
      return Error(Code::kIo, "a library on a cluster needs the program " + Quoted(program) +
                                  ", which does not start: " + std::strerror(failure));
    }
    link->lines_.push_back(std::move(line));
  }
  for (Line& line : link->lines_) link->free_.push_back(&line);
  return link;
}

Link::~Link() {
  for (Line& line : lines_) {
    line.socket = UniqueFd();
    // It ends when its socket does, but may be in the middle of a long wait.
    if (line.pid > 0) kill(line.pid, SIGTERM);
  }
  for (const Line& line : lines_) {
    while (line.pid > 0 && waitpid(line.pid, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
}

Answer Link::Ask(const Request& request) {
  Line* line = nullptr;
  {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [this] { return !free_.empty(); });
    line = free_.back();
    free_.pop_back();
  }
  std::optional<Answer> answer;
  if (Send(line->socket.get(), request)) answer = ReceiveAnswer(line->socket.get());
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(line);
  }
  freed_.notify_one();
  if (answer) return *std::move(answer);
  return {.status = 0, .trouble = Trouble::kUnreachable, .body = "the program vitrine-cluster has ended"};
}

}  // namespace vitrine::cluster
