#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "base/try.h"
#include "image/protocol.h"
#include "image/worker_process.h"

namespace vitrine {
namespace {

constexpr std::chrono::seconds kStartTimeout{30};

// Just what a worker needs: nothing of the user's environment reaches the code that parses hostile bytes.
std::vector<std::string> WorkerEnvironment() {
  // One arena of glibc's allocator: fewer idle pages, and no thread that looks into /proc when it trims its
  // own.
  std::vector<std::string> environment = {"LC_ALL=C.UTF-8", "TZ=UTC", "MALLOC_ARENA_MAX=1"};
  for (const char* const name : {"LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS"}) {
    if (const char* const value = std::getenv(name)) environment.push_back(std::string(name) + "=" + value);
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  pointers.reserve(strings.size() + 1);
  for (std::string& text : strings) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

// Own process group: Ctrl-C at the terminal reaches the main process, which lets the picture in work finish.
int Spawn(const DecoderPoolOptions& options, int channel, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, channel, protocol::kChannelFd);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // Its reports go to the terminal; otherwise libraries that chatter stay
                                   // unheard.
  posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
  posix_spawn_file_actions_addclosefrom_np(&actions, protocol::kChannelFd + 1);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &all);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> arguments = {options.worker_program, std::to_string(options.memory_bytes)};
  std::vector<std::string> environment = WorkerEnvironment();
  const int failure = posix_spawn(&pid, options.worker_program.c_str(), &actions, &attributes,
                                  Pointers(arguments).data(), Pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return failure;
}

// One message with two descriptors.
bool Send(int channel, const protocol::Request& request, int file, int arena) {
  iovec part = {const_cast<protocol::Request*>(&request), sizeof request};
  const std::array<int, 2> descriptors = {file, arena};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  cmsghdr* const header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof descriptors);
  std::memcpy(CMSG_DATA(header), descriptors.data(), sizeof descriptors);
  ssize_t sent = 0;
  do sent = sendmsg(channel, &message, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof request);
}

// One whole message; descriptors that a liar attached are dropped by the kernel. Zero bytes when the worker
// is gone.
std::size_t Receive(int channel, std::span<std::byte> into) {
  ssize_t got = 0;
  do got = recv(channel, into.data(), into.size(), MSG_TRUNC);
  while (got < 0 && errno == EINTR);
  return got > 0 ? static_cast<std::size_t>(got) : 0;
}

std::string DeathWords(int status) {
  if (WIFSIGNALED(status)) {
    const std::string number = " (signal " + std::to_string(WTERMSIG(status)) + ")";
    if (WTERMSIG(status) == SIGSYS) return "the decoder tried something forbidden on this file" + number;
    return "the decoder crashed on this file" + number;
  }
  return "the decoder gave up on this file (exit code " + std::to_string(WEXITSTATUS(status)) + ")";
}

}  // namespace

Result<Arena> Arena::Make(std::uint64_t bytes) {
  Arena arena;
  arena.fd_ = UniqueFd(memfd_create("vitrine-arena", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!arena.fd_) return ErrnoError("cannot make shared memory", "arena", errno);
  if (ftruncate(arena.fd(), static_cast<off_t>(bytes)) != 0 ||
      fcntl(arena.fd(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return ErrnoError("cannot size shared memory", "arena", errno);
  }
  void* const data = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, arena.fd(), 0);
  if (data == MAP_FAILED) return ErrnoError("cannot map shared memory", "arena", errno);
  arena.data_ = static_cast<const std::byte*>(data);
  arena.size_ = bytes;
  return arena;
}

Arena::Arena(Arena&& other) noexcept
    : fd_(std::move(other.fd_)),
      data_(std::exchange(other.data_, nullptr)),
      size_(std::exchange(other.size_, 0)) {}

Arena& Arena::operator=(Arena&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  return *this;
}

Arena::~Arena() {
  if (data_ != nullptr) munmap(const_cast<std::byte*>(data_), size_);
}

Result<std::unique_ptr<WorkerProcess>> WorkerProcess::Start(const DecoderPoolOptions& options) {
  std::array<int, 2> ends = {};
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    return ErrnoError("cannot make a channel to", options.worker_program, errno);
  }
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  pid_t pid = 0;
  if (const int failure = Spawn(options, theirs.get(), pid); failure != 0) {
    return ErrnoError("cannot start the decoder", options.worker_program, failure);
  }
  return std::unique_ptr<WorkerProcess>(new WorkerProcess(pid, std::move(ours)));
}

WorkerProcess::~WorkerProcess() {
  channel_ = UniqueFd();
  Reap();
}

// Kills what may be alive and returns its wait status; 0 when it was reaped before.
int WorkerProcess::Reap() {
  if (pid_ <= 0) return 0;
  kill(pid_, SIGKILL);
  int status = 0;
  while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status;
}

bool WorkerProcess::Await(std::chrono::milliseconds timeout) const {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd entry = {channel_.get(), POLLIN, 0};
    const int ready = poll(&entry, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

Status WorkerProcess::Greet() {
  protocol::Reply hello;
  if (Await(kStartTimeout) &&
      Receive(channel_.get(), std::as_writable_bytes(std::span(&hello, 1))) == sizeof hello &&
      hello.magic == protocol::kMagic && hello.version == protocol::kVersion &&
      hello.kind == protocol::Kind::kReady) {
    return {};
  }
  const int status = Reap();
  return Error(Code::kIo, "the decoder does not start: " + DeathWords(status));
}

Status WorkerProcess::EnsureArena(const DecodeRequest& request) {
  const std::uint64_t needed = protocol::ArenaBytes(request);
  if (arena_.bytes().size() >= needed) return {};
  VITRINE_TRY_ASSIGN(arena_, Arena::Make(needed));
  return {};
}

Exchange WorkerProcess::Bury(Demise demise, const std::string& words) {
  Reap();
  const Code code = demise == Demise::kTimedOut ? Code::kTimeout : Code::kCorrupt;
  return {.result = Error(code, words), .demise = demise};
}

// The channel is closed, so the process is ending: its own status says why, if it gets a moment to arrive.
Exchange WorkerProcess::BuryCrashed() {
  int status = 0;
  for (int tries = 0; tries < 100; ++tries) {
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = 0;
      return Bury(Demise::kCrashed, DeathWords(status));
    }
    usleep(1000);
  }
  return Bury(Demise::kCrashed, DeathWords(Reap()));
}

Exchange WorkerProcess::Decode(int file, const DecodeRequest& request, const DecoderPoolOptions& options) {
  if (Status arena = EnsureArena(request); !arena) return {.result = std::move(arena).error()};
  protocol::Request wire;
  wire.id = next_id_++;
  wire.allow_svg = options.allow_svg ? 1 : 0;
  wire.max_pixels = options.max_pixels;
  wire.arena_bytes = arena_.bytes().size();
  wire.min_edge_px = request.min_edge_px;
  wire.thumbnail_edge_px = request.thumbnail_edge_px;
  wire.thumbnail_quality = request.thumbnail_quality;
  wire.only_thumbnail = request.only_thumbnail ? 1 : 0;
  if (!Send(channel_.get(), wire, file, arena_.fd())) return BuryCrashed();
  if (!Await(options.timeout_ms)) {
    return Bury(Demise::kTimedOut,
                "decoding took longer than " + std::to_string(options.timeout_ms.count()) + " ms");
  }
  std::array<std::byte, sizeof(protocol::Reply) + 1> message;
  const std::size_t got = Receive(channel_.get(), message);
  if (got == 0) return BuryCrashed();
  const std::span bytes = std::span(message).first(std::min(got, message.size()));
  Result<DecodedPicture> result = protocol::CheckReply(wire, bytes, arena_.bytes());
  if (!result && result.error().code() == Code::kInternal)
    return Bury(Demise::kLied, result.error().message());
  protocol::Reply reply;
  std::memcpy(&reply, message.data(), sizeof reply);
  return {.result = std::move(result), .retiring = reply.retiring != 0};
}

}  // namespace vitrine
