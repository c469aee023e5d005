// Byte-pair encoding: of the pairs of neighbours that the model knows, the most important one is merged,
// again and again (Sennrich et al. 2016).
//
// A queue holds the pairs by rank, the leftmost of one rank first. A merge changes the pairs on both sides,
// so the queue may hold pairs that are no more; they are known by what they would make. n characters cost O(n
// log n), since every merge adds two pairs at most.
#include <algorithm>
#include <limits>
#include <queue>

#include "base/utf8.h"
#include "model/text_forms.h"
#include "model/token_model.h"

namespace vitrine {
namespace {

constexpr std::string_view kWordMark = "\u2581";
constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

struct Merge {
  std::uint32_t rank;
  std::int64_t id;
};

struct Symbol {
  std::int64_t id;
  std::size_t previous;
  std::size_t next;
  bool alive = true;
};

struct Candidate {
  std::uint32_t rank;
  std::size_t place;
  std::int64_t id;

  bool operator<(const Candidate& other) const {  // For a queue whose top is the greatest.
    return rank != other.rank ? rank > other.rank : place > other.place;
  }
};

class Bpe : public TokenModel {
 public:
  static Result<std::unique_ptr<TokenModel>> Create(BpeParts parts) {
    auto model = std::make_unique<Bpe>();
    model->ids_ = std::move(parts.ids);
    model->suffix_ = parts.suffix;
    model->fuse_unknown_ = parts.fuse_unknown;
    model->whole_pieces_first_ = parts.whole_pieces_first;
    if (parts.byte_fallback) model->bytes_ = FallbackBytes(model->ids_);
    if (parts.unknown) {
      const auto found = model->ids_.find(*parts.unknown);
      if (found == model->ids_.end()) {
        return Error(Code::kModel,
                     "its unknown token " + Quoted(*parts.unknown) + " is not in its vocabulary");
      }
      model->unknown_ = found->second;
    }
    if (Status added = model->AddMerges(parts.merges); !added) return std::move(added).error();
    model->splits_at_words_ = model->NoTokenHoldsTwoWords();
    return std::unique_ptr<TokenModel>(std::move(model));
  }

  bool SplitsAtWords() const override { return splits_at_words_; }

  void AppendIds(std::string_view piece, std::vector<std::int64_t>& ids) const override {
    if (whole_pieces_first_) {
      if (const auto found = ids_.find(piece); found != ids_.end()) {
        ids.push_back(found->second);
        return;
      }
    }
    std::vector<Symbol> symbols = Characters(piece);
    MergeAll(symbols);
    for (const Symbol& symbol : symbols) {
      if (symbol.alive) ids.push_back(symbol.id);
    }
  }

 private:
  static std::uint64_t Pair(std::int64_t left, std::int64_t right) {
    return static_cast<std::uint64_t>(left) << 32 | static_cast<std::uint64_t>(right);
  }

  Status AddMerges(const std::vector<std::pair<std::string, std::string>>& merges) {
    merges_.reserve(merges.size());
    std::uint32_t rank = 0;
    for (const auto& [left, right] : merges) {
      const auto a = ids_.find(left);
      const auto b = ids_.find(right);
      const auto whole = ids_.find(left + right);
      if (a == ids_.end() || b == ids_.end() || whole == ids_.end()) {
        return Error(Code::kModel, "its merge of " + Quoted(left) + " and " + Quoted(right) +
                                       " names a token that is not in its vocabulary");
      }
      merges_.insert_or_assign(Pair(a->second, b->second), Merge{rank++, whole->second});
    }
    return {};
  }

  // Then no merge reaches over a mark that follows another character, and what stands on both sides of it
  // is merged independently.
  bool NoTokenHoldsTwoWords() const {
    if (!suffix_.empty() || whole_pieces_first_ || !ids_.contains(kWordMark)) return false;
    return std::ranges::none_of(ids_, [](const auto& entry) {
      std::string_view rest = entry.first;
      while (rest.starts_with(kWordMark)) rest.remove_prefix(kWordMark.size());
      return rest.find(kWordMark) != std::string_view::npos;
    });
  }

  std::vector<Symbol> Characters(std::string_view piece) const {
    std::vector<Symbol> symbols;
    symbols.reserve(piece.size());
    const auto add = [&](std::int64_t id) {
      symbols.push_back({id, symbols.empty() ? kNone : symbols.size() - 1, symbols.size() + 1});
    };
    bool pending_unknown = false;
    std::string with_suffix;
    while (!piece.empty()) {
      std::string_view rest = piece;
      TakeCodePoint(rest);
      std::string_view character = piece.substr(0, piece.size() - rest.size());
      piece = rest;
      if (rest.empty() && !suffix_.empty()) {
        with_suffix.assign(character).append(suffix_);
        character = with_suffix;
      }
      if (const auto found = ids_.find(character); found != ids_.end()) {
        if (pending_unknown) add(unknown_);
        pending_unknown = false;
        add(found->second);
      } else if (HasBytes(bytes_, character)) {
        for (const char byte : character) add(bytes_[static_cast<unsigned char>(byte)]);
      } else if (unknown_ != kNoToken) {
        if (pending_unknown && !fuse_unknown_) add(unknown_);
        pending_unknown = true;
      }
    }
    if (pending_unknown) add(unknown_);
    if (!symbols.empty()) symbols.back().next = kNone;
    return symbols;
  }

  void MergeAll(std::vector<Symbol>& symbols) const {
    std::vector<Candidate> storage;
    storage.reserve(symbols.size() * 2);
    std::priority_queue<Candidate> queue(std::less<Candidate>(), std::move(storage));
    const auto offer = [&](std::size_t place) {
      if (place == kNone || symbols[place].next == kNone) return;
      const auto found = merges_.find(Pair(symbols[place].id, symbols[symbols[place].next].id));
      if (found != merges_.end()) queue.push({found->second.rank, place, found->second.id});
    };
    for (std::size_t place = 0; place < symbols.size(); ++place) offer(place);
    while (!queue.empty()) {
      const Candidate top = queue.top();
      queue.pop();
      Symbol& left = symbols[top.place];
      if (!left.alive || left.next == kNone) continue;
      Symbol& right = symbols[left.next];
      const auto found = merges_.find(Pair(left.id, right.id));
      if (found == merges_.end() || found->second.id != top.id) continue;
      left.id = top.id;
      right.alive = false;
      left.next = right.next;
      if (left.next != kNone) symbols[left.next].previous = top.place;
      offer(left.previous);
      offer(top.place);
    }
  }

  TokenIds ids_;
  std::unordered_map<std::uint64_t, Merge> merges_;
  std::string suffix_;
  std::int64_t unknown_ = kNoToken;
  std::vector<std::int64_t> bytes_;
  bool fuse_unknown_ = false;
  bool whole_pieces_first_ = false;
  bool splits_at_words_ = false;
};

}  // namespace

Result<std::unique_ptr<TokenModel>> MakeBpe(BpeParts parts) { return Bpe::Create(std::move(parts)); }

}  // namespace vitrine
