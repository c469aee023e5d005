// What the benchmarks share: a result or the end of the program, and the processor's name.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>

#include "vitrine/result.h"

namespace vitrine {

[[noreturn]] inline void Stop(const Error& error) {
  std::fprintf(stderr, "bench: %s\n", error.message().c_str());
  std::exit(1);
}

template <typename T>
T Must(Result<T> result) {
  if (!result) Stop(result.error());
  return *std::move(result);
}

inline void Must(const Status& status) {
  if (!status) Stop(status.error());
}

inline std::string Processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
  }
  return "unknown";
}

}  // namespace vitrine
