#include "image/worker/loop.h"

#include <errno.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <new>
#include <string>
#include <string_view>
#include <utility>

#include "base/file.h"
#include "base/try.h"
#include "image/worker/sandbox.h"
#include "xmp/note.h"

namespace vitrine::worker {
namespace {

// Long before the kernel's limit of processor time, a worker asks to be replaced.
constexpr std::uint64_t kRetireSeconds = kCpuSeconds / 4;

// A mapping of a descriptor for as long as this lives.
class Mapping {
 public:
  Mapping(int fd, std::size_t bytes, int protection) : bytes_(bytes) {
    if (bytes > 0) data_ = mmap(nullptr, bytes, protection, MAP_SHARED, fd, 0);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;
  ~Mapping() {
    if (bytes_ > 0 && data_ != MAP_FAILED) munmap(data_, bytes_);
  }

  bool failed() const { return data_ == MAP_FAILED; }
  std::span<std::byte> bytes() const { return {static_cast<std::byte*>(data_), bytes_}; }

 private:
  void* data_ = nullptr;
  std::size_t bytes_;
};

struct Task {
  protocol::Request request;
  UniqueFd file;
  UniqueFd arena;
};

// Waits for the next request; false when the main process is gone or speaks another version.
bool ReceiveTask(Task& task) {
  iovec part = {&task.request, sizeof task.request};
  std::array<int, 2> descriptors = {-1, -1};
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof descriptors)> control = {};
  msghdr message = {};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t got = 0;
  do got = recvmsg(protocol::kChannelFd, &message, MSG_CMSG_CLOEXEC);
  while (got < 0 && errno == EINTR);
  const cmsghdr* const header = CMSG_FIRSTHDR(&message);
  const bool whole = got == static_cast<ssize_t>(sizeof task.request) && header != nullptr &&
                     header->cmsg_type == SCM_RIGHTS && header->cmsg_len == CMSG_LEN(sizeof descriptors);
  if (!whole) return false;
  std::memcpy(descriptors.data(), CMSG_DATA(header), sizeof descriptors);
  task.file = UniqueFd(descriptors[0]);
  task.arena = UniqueFd(descriptors[1]);
  return static_cast<bool>(protocol::CheckRequest(task.request));
}

bool SendReply(const protocol::Reply& reply) {
  ssize_t sent = 0;
  do sent = send(protocol::kChannelFd, &reply, sizeof reply, MSG_NOSIGNAL);
  while (sent < 0 && errno == EINTR);
  return sent == static_cast<ssize_t>(sizeof reply);
}

// Maps the file and decodes it. Running out of memory is a reason like any other.
Result<Decoded> DecodeTask(const Task& task, DecodeFunction decode) {
  // Not fstat(): the C library asks by a call that also takes paths, which the sandbox refuses.
  const off_t bytes = lseek(task.file.get(), 0, SEEK_END);
  if (bytes < 0) return Error(Code::kIo, "the file cannot be examined");
  const Mapping file(task.file.get(), static_cast<std::size_t>(bytes), PROT_READ);
  if (file.failed() && errno == ENOMEM) return Error(Code::kUnsupported, "the file is too large");
  if (file.failed())
    return Error(Code::kIo, std::string("the file cannot be mapped: ") + std::strerror(errno));
  const Limits limits = {.request = protocol::RequestOf(task.request),
                         .max_pixels = task.request.max_pixels,
                         .allow_svg = task.request.allow_svg != 0};
  try {
    return decode(file.bytes(), limits);
  } catch (const std::bad_alloc&) {
    return Error(Code::kUnsupported, "the picture needs more memory than one picture may use");
  } catch (const std::exception& exception) {
    return Error(Code::kCorrupt, std::string("the picture cannot be decoded: ") + exception.what());
  }
}

protocol::Reply FailureReply(const Error& error) {
  protocol::Reply reply;
  reply.code = static_cast<std::uint32_t>(error.code());
  const std::string& message = error.message();
  std::memcpy(reply.reason, message.data(), std::min(message.size(), sizeof reply.reason - 1));
  return reply;
}

// Lays pixels, thumbnail and note into the arena.
protocol::Reply PictureReply(const Task& task, const Decoded& decoded) {
  const Mapping arena(task.arena.get(), task.request.arena_bytes, PROT_READ | PROT_WRITE);
  const std::size_t pixel_bytes = decoded.picture.pixels.size();
  const std::size_t before_note = pixel_bytes + decoded.thumbnail.size();
  const std::string note = PackNote(decoded.note);
  if (arena.failed() || before_note + note.size() > task.request.arena_bytes) {
    return FailureReply(Error(Code::kIo, "the result does not fit its memory"));
  }
  std::copy_n(decoded.picture.pixels.data(), pixel_bytes,
              static_cast<std::uint8_t*>(static_cast<void*>(arena.bytes().data())));
  std::memcpy(arena.bytes().data() + pixel_bytes, decoded.thumbnail.data(), decoded.thumbnail.size());
  std::memcpy(arena.bytes().data() + before_note, note.data(), note.size());
  protocol::Reply reply;
  reply.kind = protocol::Kind::kPicture;
  reply.thumbnail_bytes = decoded.thumbnail.size();
  reply.note_bytes = note.size();
  reply.width_px = decoded.picture.width_px;
  reply.height_px = decoded.picture.height_px;
  reply.original_width_px = decoded.original.width_px;
  reply.original_height_px = decoded.original.height_px;
  reply.format = decoded.format;
  reply.facts = protocol::ToWire(decoded.facts);
  return reply;
}

bool IsWorn() {
  timespec used = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<std::uint64_t>(used.tv_sec) >= kRetireSeconds;
}

void ServeUntilClosed(DecodeFunction decode) {
  for (bool worn = false; !worn;) {
    Task task;
    if (!ReceiveTask(task)) return;
    const Result<Decoded> decoded = DecodeTask(task, decode);
    protocol::Reply reply = decoded ? PictureReply(task, *decoded) : FailureReply(decoded.error());
    worn = IsWorn();
    reply.id = task.request.id;
    reply.retiring = worn ? 1 : 0;
    if (!SendReply(reply)) return;
  }
}

Status Prepare(std::uint64_t memory_bytes) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  VITRINE_TRY(WarmUp());
  return EnterSandbox(memory_bytes);
}

}  // namespace

int RunWorker(int count, char** arguments, DecodeFunction decode) {
  std::uint64_t memory_bytes = 0;
  const std::string_view number(count == 2 ? arguments[1] : "");
  if (std::from_chars(number.data(), number.data() + number.size(), memory_bytes).ec != std::errc()) return 2;
  if (!Prepare(memory_bytes)) return 3;
  protocol::Reply ready;
  ready.kind = protocol::Kind::kReady;
  if (SendReply(ready)) ServeUntilClosed(decode);
  _exit(0);  // Library destructors have nothing to give back, and may ask for what the sandbox refuses.
}

}  // namespace vitrine::worker
