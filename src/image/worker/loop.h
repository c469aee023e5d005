// The life of a worker: warm up, lock in, answer requests until the channel closes.
#pragma once

#include "image/worker/decode.h"

namespace vitrine::worker {

/// What turns a file's bytes into a picture. The program for users passes DecodeFile; a test passes
/// misbehaviour.
using DecodeFunction = Result<Decoded> (*)(std::span<const std::byte> file, const Limits& limits);

/// Runs a worker to its end and returns its exit code. `arguments` is what main() got: the program and the
/// bytes of memory one picture may use. The channel is descriptor protocol::kChannelFd.
int RunWorker(int count, char** arguments, DecodeFunction decode);

}  // namespace vitrine::worker
