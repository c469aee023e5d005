// Encodes texts with a tokenizer.json, for bench/tokenizer_peers.py to compare with the reference.
//
//   tokenizer_bench FILE.json TEXTS MAX_TOKENS [ROUNDS]
//
// TEXTS holds texts that end with a byte 0x1E. Prints how long the file took to load, how long each round
// over all texts took, how many ids came out and their hash (FNV-1a, each list ended by its length).
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/file.h"
#include "model/tokenizer_json.h"

namespace vitrine {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::time_point since) {
  return std::chrono::duration<double>(Clock::now() - since).count();
}

std::vector<std::string_view> Texts(std::string_view file) {
  std::vector<std::string_view> texts;
  for (std::size_t end = file.find('\x1e'); end != std::string_view::npos; end = file.find('\x1e')) {
    texts.push_back(file.substr(0, end));
    file.remove_prefix(end + 1);
  }
  return texts;
}

int Fail(const std::string& message) {
  std::fprintf(stderr, "tokenizer_bench: %s\n", message.c_str());
  return 1;
}

int Run(const std::string& path, const std::string& texts_path, std::size_t max_tokens, int rounds) {
  const Result<std::string> texts_file = ReadFile(texts_path);
  if (!texts_file) return Fail(texts_file.error().message());
  const auto start = Clock::now();
  const Result<std::string> json = ReadFile(path);
  if (!json) return Fail(json.error().message());
  const auto tokenizer = ReadTokenizerJson(*json, max_tokens);
  if (!tokenizer) return Fail(tokenizer.error().message());
  const double load_s = Seconds(start);
  const std::vector<std::string_view> texts = Texts(*texts_file);
  std::uint64_t hash = 0;
  std::size_t count = 0;
  std::string times;
  for (int round = 0; round < rounds; ++round) {
    hash = 0xCBF29CE484222325;
    count = 0;
    const auto begin = Clock::now();
    for (const std::string_view text : texts) {
      const std::vector<std::int64_t> ids = (*tokenizer)->Encode(text);
      for (const std::int64_t id : ids) hash = (hash ^ static_cast<std::uint64_t>(id)) * 0x100000001B3;
      hash = (hash ^ ids.size()) * 0x100000001B3;
      count += ids.size();
    }
    times += (round > 0 ? ", " : "") + std::to_string(Seconds(begin));
  }
  std::printf("{\"load_s\": %.4f, \"texts\": %zu, \"ids\": %zu, \"hash\": \"%016llx\", \"rounds_s\": [%s]}\n",
              load_s, texts.size(), count, static_cast<unsigned long long>(hash), times.c_str());
  return 0;
}

int Number(const char* text) {
  int value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

}  // namespace
}  // namespace vitrine

int main(int count, char** words) {
  const int rounds = count == 5 ? vitrine::Number(words[4]) : 1;
  if (count < 4 || count > 5 || vitrine::Number(words[3]) < 1 || rounds < 1) {
    std::fputs("usage: tokenizer_bench FILE.json TEXTS MAX_TOKENS [ROUNDS]\n", stderr);
    return 2;
  }
  return vitrine::Run(words[1], words[2], static_cast<std::size_t>(vitrine::Number(words[3])), rounds);
}
