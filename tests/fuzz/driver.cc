// Feeds a fuzz target mutations of a corpus where no fuzzer with feedback is at hand, so that every build
// runs it.
//
//   query_fuzz ROUNDS FOLDER [ROUND]
//
// Every file of the folder goes in as it is, then ROUNDS mutations. What goes in in a round depends on its
// number alone; when the target aborts or a sanitizer stops it, the number is said, and ROUND runs just that
// one and writes its input to standard output first.
#include <algorithm>
#include <array>
#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" void __sanitizer_set_death_callback(void (*callback)()) __attribute__((weak));

namespace {

constexpr std::uint64_t kSeed = 20'261'125;
constexpr std::size_t kMostBytes = 4096;

std::atomic<std::uint64_t> current_round = 0;

// Only what a signal handler may call.
void SayRound() {
  std::array<char, 64> text{};
  constexpr std::string_view kSays = "\nfuzz: stopped in round ";
  char* end = std::copy(kSays.begin(), kSays.end(), text.data());
  end = std::to_chars(end, text.data() + text.size() - 1, current_round.load()).ptr;
  *end++ = '\n';
  if (write(STDERR_FILENO, text.data(), static_cast<std::size_t>(end - text.data())) < 0) return;
}

void OnSignal(int number) {
  SayRound();
  std::signal(number, SIG_DFL);
  std::raise(number);
}

std::vector<std::string> ReadCorpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) paths.push_back(entry.path());
  std::ranges::sort(paths);
  std::vector<std::string> seeds;
  for (const std::filesystem::path& path : paths) {
    std::ifstream file(path, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return seeds;
}

class Mutator {
 public:
  Mutator(const std::vector<std::string>& seeds, std::uint64_t round)
      : seeds_(seeds), random_(kSeed + round) {}

  std::string Make() {
    std::string text = Seed();
    for (std::size_t changes = 1 + Below(8); changes > 0; --changes) Change(text);
    if (text.size() > kMostBytes) text.resize(kMostBytes);
    return text;
  }

 private:
  std::size_t Below(std::size_t end) { return end == 0 ? 0 : static_cast<std::size_t>(random_() % end); }
  const std::string& Seed() { return seeds_[Below(seeds_.size())]; }

  // A piece of up to 32 bytes of any seed.
  std::string Piece() {
    const std::string& seed = Seed();
    return seed.substr(Below(seed.size() + 1), 1 + Below(32));
  }

  void Change(std::string& text) {
    const std::size_t at = Below(text.size() + 1);
    switch (Below(7)) {
      case 0:
        if (at < text.size()) text[at] = static_cast<char>(Below(256));
        break;
      case 1:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << Below(8)));
        break;
      case 2:
        text.insert(at, 1, static_cast<char>(Below(256)));
        break;
      case 3:
        text.insert(at, Piece());
        break;
      case 4:
        text.erase(at, 1 + Below(8));
        break;
      case 5:
        text.insert(at, text.substr(at, 1 + Below(16)));
        break;
      default: {
        const std::string& other = Seed();
        text = text.substr(0, at) + other.substr(std::min(at, other.size()));
        break;
      }
    }
  }

  const std::vector<std::string>& seeds_;
  std::mt19937_64 random_;
};

void Feed(const std::string& text) {
  // A copy of just this size, so that a sanitizer sees reads past its end.
  const std::vector<std::uint8_t> bytes(text.begin(), text.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

std::uint64_t Number(const char* text) { return std::strtoull(text, nullptr, 10); }

}  // namespace

int main(int count, char** words) {
  if (count < 3) {
    std::fputs("usage: NAME_fuzz ROUNDS FOLDER [ROUND]\n", stderr);
    return 2;
  }
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(SayRound);
  for (const int number : {SIGABRT, SIGFPE, SIGALRM}) std::signal(number, OnSignal);
  const std::vector<std::string> seeds = ReadCorpus(words[2]);
  if (seeds.empty()) {
    std::fputs("fuzz: the corpus is empty\n", stderr);
    return 2;
  }
  if (count > 3) {
    const std::string text = Mutator(seeds, Number(words[3])).Make();
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
    Feed(text);
    return 0;
  }
  for (const std::string& seed : seeds) Feed(seed);
  for (std::uint64_t round = 1; round <= Number(words[1]); ++round) {
    current_round = round;
    Feed(Mutator(seeds, round).Make());
  }
  return 0;
}
