// A decode worker whose decoder has been taken over: files that begin with a word of command make it
// misbehave. All others are decoded as usual.
#include <fcntl.h>
#include <linux/memfd.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "image/worker/decode.h"
#include "image/worker/loop.h"

namespace {

using vitrine::Code;
using vitrine::Error;
using vitrine::Result;
using vitrine::worker::Decoded;
using vitrine::worker::Limits;

// What reaches this line was not stopped: the test looks for the word.
Error Escaped(std::string_view what) { return Error(Code::kIo, "ESCAPED: " + std::string(what)); }
Error Contained(std::string_view what) { return Error(Code::kIo, "contained: " + std::string(what)); }

void Spin() {
  for (volatile bool forever = true; forever;) {
  }
}

Error TakeMemory() {
  constexpr std::size_t kEightGigabytes = 8ull << 30;
  for (const int kind : {MAP_PRIVATE, MAP_SHARED}) {
    if (mmap(nullptr, kEightGigabytes, PROT_READ | PROT_WRITE, kind | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) {
      return Escaped("8 GB mapped");
    }
  }
  return Contained("no 8 GB");
}

// Allocates in small pieces and touches them, as a real bomb does.
Error TakeMemorySlowly() {
  constexpr std::size_t kPiece = 16 << 20;
  for (int piece = 0; piece < 512; ++piece) {
    void* const memory = std::malloc(kPiece);
    if (memory == nullptr) return Contained("malloc gave up");
    std::memset(memory, 1, kPiece);
  }
  return Escaped("8 GB written");
}

Error OpenFile(const char* path, int flags) {
  const long fd = syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
  return fd >= 0 ? Escaped("opened a file") : Contained("no file");
}

Error Obey(std::string_view command) {
  if (command.starts_with("abort")) std::abort();
  if (command.starts_with("segv")) std::raise(SIGSEGV);
  if (command.starts_with("exit")) _exit(7);
  if (command.starts_with("spin")) Spin();
  if (command.starts_with("sleep")) sleep(1000);
  if (command.starts_with("alloc")) return TakeMemory();
  if (command.starts_with("malloc")) return TakeMemorySlowly();
  if (command.starts_with("new")) return Error(Code::kIo, std::string(std::size_t{8} << 30, 'x'));
  if (command.starts_with("open")) return OpenFile("/etc/passwd", O_RDONLY);
  if (command.starts_with("create")) return OpenFile("/tmp/vitrine-escaped", O_RDWR | O_CREAT);
  if (command.starts_with("socket") && socket(AF_INET, SOCK_STREAM, 0) >= 0) return Escaped("socket");
  if (command.starts_with("unix") && socket(AF_UNIX, SOCK_STREAM, 0) >= 0) return Escaped("socket");
  if (command.starts_with("fork") && fork() >= 0) return Escaped("fork");
  if (command.starts_with("memfd") && syscall(SYS_memfd_create, "x", 0) >= 0) return Escaped("memfd");
  if (command.starts_with("kill") && kill(getppid(), 0) == 0) return Escaped("kill");
  if (command.starts_with("ptrace") && ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) == 0)
    return Escaped("ptrace");
  if (command.starts_with("exec")) execl("/bin/true", "true", nullptr);
  if (command.starts_with("code") &&
      mmap(nullptr, 4096, PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED) {
    return Escaped("executable memory");
  }
  return Contained(command);
}

Result<Decoded> DecodeOrMisbehave(std::span<const std::byte> file, const Limits& limits) {
  constexpr std::string_view kMagic = "MISBEHAVE:";
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  if (text.starts_with(kMagic)) return Obey(text.substr(kMagic.size()));
  return vitrine::worker::DecodeFile(file, limits);
}

}  // namespace

int main(int count, char** arguments) {
  return vitrine::worker::RunWorker(count, arguments, DecodeOrMisbehave);
}
