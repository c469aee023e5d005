// Three walls, each of which would do alone for most attacks.
//
// 1. Landlock: no right to any file, whatever the system call (kernels since 5.13; elsewhere this wall is
// missing).
// 2. Limits: no growing of files, few descriptors, bounded memory and processor time, no core dump.
// 3. seccomp: an allow-list of system calls for arithmetic on memory. Whatever is not on it ends the process.
//    Three kinds of exception answer with an error instead, because honest libraries ask in passing and cope:
//    opening and asking about files (a library that counts processors), clone3 (the C library falls back to
//    clone, whose flags the filter can see and holds to threads), and settings of the scheduler.
//
// The memory limit is on private writable memory (RLIMIT_DATA), with room in the address space (RLIMIT_AS)
// for a large file to be mapped beside it; shared anonymous memory, which the first does not count, is not to
// be had.
#include "image/worker/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <memory>
#include <string>

#include "base/try.h"

namespace vitrine::worker {
namespace {

// The largest file that can be mapped.
constexpr std::uint64_t kFileBytes = 4ull << 30;
constexpr std::uint64_t kDescriptors = 16;

Error Refused(const char* what, int error_number) {
  return Error(Code::kIo,
               std::string("the sandbox cannot be closed: ") + what + ": " + std::strerror(error_number));
}

Status SetLimit(decltype(RLIMIT_AS) limit, std::uint64_t value, const char* name) {
  const rlimit both = {value, value};
  if (setrlimit(limit, &both) != 0) return Refused(name, errno);
  return {};
}

#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // They reserve terabytes of address space.
// One number of bytes out of the kernel's account of this process.
std::uint64_t StatusBytes(const char* label) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen("/proc/self/status", "re"),
                                                             &std::fclose);
  char line[256];
  while (file && std::fgets(line, sizeof line, file.get()) != nullptr) {
    unsigned long long kilobytes = 0;
    if (std::strncmp(line, label, std::strlen(label)) == 0 &&
        std::sscanf(line + std::strlen(label), " %llu", &kilobytes) == 1) {
      return kilobytes << 10;
    }
  }
  return 0;
}

Status LimitMemory(std::uint64_t memory_bytes) {
  VITRINE_TRY(SetLimit(RLIMIT_DATA, StatusBytes("VmData:") + memory_bytes, "memory"));
  return SetLimit(RLIMIT_AS, StatusBytes("VmSize:") + memory_bytes + kFileBytes, "address space");
}
#else
Status LimitMemory(std::uint64_t) { return {}; }
#endif

Status LimitResources() {
  VITRINE_TRY(SetLimit(RLIMIT_CORE, 0, "core dumps"));
  VITRINE_TRY(SetLimit(RLIMIT_FSIZE, 0, "file size"));
  VITRINE_TRY(SetLimit(RLIMIT_NOFILE, kDescriptors, "descriptors"));
  return SetLimit(RLIMIT_CPU, kCpuSeconds, "processor time");
}

// No access right to any file or folder. Missing on older kernels, and then said nowhere: seccomp stands
// alone there.
void DenyFiles() {
  landlock_ruleset_attr rules = {};
  // The thirteen rights of the first version; later ones cannot matter without open().
  rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
  const auto ruleset =
      static_cast<int>(syscall(SYS_landlock_create_ruleset, &rules, sizeof rules.handled_access_fs, 0));
  if (ruleset < 0) return;
  syscall(SYS_landlock_restrict_self, ruleset, 0);
  close(ruleset);
}

using Filter = std::unique_ptr<void, decltype(&seccomp_release)>;

bool AllowPlain(const Filter& filter) {
  for (const int call : {
           // The channel and the file.
           SCMP_SYS(recvmsg),
           SCMP_SYS(sendmsg),
           SCMP_SYS(sendto),
           SCMP_SYS(recvfrom),
           SCMP_SYS(read),
           SCMP_SYS(write),
           SCMP_SYS(writev),
           SCMP_SYS(pread64),
           SCMP_SYS(lseek),
           SCMP_SYS(fstat),
           SCMP_SYS(close),
           SCMP_SYS(poll),
           SCMP_SYS(ppoll),
           // Memory.
           SCMP_SYS(munmap),
           SCMP_SYS(mremap),
           SCMP_SYS(madvise),
           SCMP_SYS(brk),
           // Threads of this process.
           SCMP_SYS(futex),
           SCMP_SYS(set_robust_list),
           SCMP_SYS(rseq),
           SCMP_SYS(set_tid_address),
           SCMP_SYS(gettid),
           SCMP_SYS(getpid),
           SCMP_SYS(sched_yield),
           SCMP_SYS(sched_getaffinity),
           SCMP_SYS(sched_getparam),
           SCMP_SYS(sched_getscheduler),
           SCMP_SYS(getcpu),
           SCMP_SYS(restart_syscall),
           // Time.
           SCMP_SYS(clock_gettime),
           SCMP_SYS(clock_getres),
           SCMP_SYS(gettimeofday),
           SCMP_SYS(time),
           SCMP_SYS(nanosleep),
           SCMP_SYS(clock_nanosleep),
           SCMP_SYS(getrusage),
           SCMP_SYS(sysinfo),
           SCMP_SYS(uname),
           SCMP_SYS(getrandom),
           // Ending, also by a signal raised against oneself (tgkill is held to this process below).
           SCMP_SYS(exit),
           SCMP_SYS(exit_group),
           SCMP_SYS(rt_sigaction),
           SCMP_SYS(rt_sigprocmask),
           SCMP_SYS(rt_sigreturn),
           SCMP_SYS(sigaltstack),
       }) {
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) != 0) return false;
  }
  return true;
}

bool RefusePolitely(const Filter& filter) {
  for (const int call : {SCMP_SYS(open), SCMP_SYS(openat), SCMP_SYS(access), SCMP_SYS(faccessat),
                         SCMP_SYS(faccessat2), SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(newfstatat),
                         SCMP_SYS(statx), SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getcwd)}) {
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EACCES), call, 0) != 0) return false;
  }
  for (const int call :
       {SCMP_SYS(ioctl), SCMP_SYS(fcntl), SCMP_SYS(sched_setaffinity), SCMP_SYS(sched_setscheduler),
        SCMP_SYS(setpriority), SCMP_SYS(sched_setattr), SCMP_SYS(sched_getattr), SCMP_SYS(mbind),
        SCMP_SYS(get_mempolicy), SCMP_SYS(set_mempolicy), SCMP_SYS(prlimit64), SCMP_SYS(getrlimit)}) {
    if (seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(EPERM), call, 0) != 0) return false;
  }
  return seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0) == 0;
}

// UndefinedBehaviorSanitizer asks whether an object's memory is readable by sending it through a pipe.
bool AllowSanitizer([[maybe_unused]] const Filter& filter) {
#if defined(__SANITIZE_ADDRESS__)
  return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(pipe2), 0) == 0;
#else
  return true;
#endif
}

// Calls whose arguments decide.
bool AllowPartly(const Filter& filter) {
  constexpr scmp_datum_t kThread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                                   CLONE_SYSVSEM | CLONE_SETTLS | CLONE_PARENT_SETTID | CLONE_CHILD_CLEARTID;
  const auto self = static_cast<scmp_datum_t>(getpid());
  const auto allow = [&](int call, scmp_arg_cmp condition) {
    return seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 1, condition) == 0;
  };
  // Memory is writable or executable, never both, and never turned from one to the other.
  const bool memory = seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                                       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                       SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, 0)) == 0 &&
                      seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
                                       SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
                                       SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_TYPE, MAP_PRIVATE)) == 0 &&
                      allow(SCMP_SYS(mprotect), SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
  return memory && allow(SCMP_SYS(clone), SCMP_A0(SCMP_CMP_EQ, kThread)) &&
         allow(SCMP_SYS(tgkill), SCMP_A0(SCMP_CMP_EQ, self)) &&
         allow(SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_NAME)) &&
         allow(SCMP_SYS(prctl), SCMP_A0(SCMP_CMP_EQ, PR_SET_VMA));
}

Status FilterCalls() {
  const Filter filter(seccomp_init(SCMP_ACT_KILL_PROCESS), &seccomp_release);
  if (!filter || !AllowPlain(filter) || !RefusePolitely(filter) || !AllowPartly(filter) ||
      !AllowSanitizer(filter)) {
    return Error(Code::kUnsupported, "the sandbox cannot be closed: no system call filter can be built");
  }
  // Threads that the libraries have started already are held to it as well.
  seccomp_attr_set(filter.get(), SCMP_FLTATR_CTL_TSYNC, 1);
  if (const int loaded = seccomp_load(filter.get()); loaded != 0) {
    return Error(Code::kUnsupported,
                 std::string("the sandbox cannot be closed: seccomp: ") + std::strerror(-loaded));
  }
  return {};
}

}  // namespace

Status EnterSandbox(std::uint64_t memory_bytes) {
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return Refused("no-new-privileges", errno);
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) return Refused("dumpable", errno);
  VITRINE_TRY(LimitMemory(memory_bytes));
  VITRINE_TRY(LimitResources());
  DenyFiles();
  return FilterCalls();
}

}  // namespace vitrine::worker
