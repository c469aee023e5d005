// Tokens to look for, changes of the text, cuts, and the model.
//
// A text is cut at max_tokens, so most of a long one is read for nothing. Where no part of the pipeline looks
// over a space (nearly always), the ids of a text that ends with a word are the first ids of every text that
// goes on with a space there. So a window of the text is encoded, and a larger one only if it gave too
// little.
#include "model/token_pipeline.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/utf8.h"

namespace vitrine {
namespace {

constexpr std::size_t kWindowBytesPerToken = 16;
constexpr std::string_view kWordMark = "\u2581";

bool IsAsciiWord(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

// The front of `text` of at least `bytes` bytes that ends with a word before a space; if there is none, all.
std::string_view Window(std::string_view text, std::size_t bytes) {
  for (std::size_t at = text.find(' ', std::max<std::size_t>(bytes, 1)); at != std::string_view::npos;
       at = text.find(' ', at + 1)) {
    if (IsAsciiWord(text[at - 1])) return text.substr(0, at);
  }
  return text;
}

class Pipeline : public Tokenizer {
 public:
  explicit Pipeline(TokenPipelineParts parts)
      : parts_(std::move(parts)),
        room_(parts_.max_tokens - parts_.front.size() - parts_.back.size()),
        words_apart_(parts_.marks_words && parts_.model->SplitsAtWords()),
        reads_windows_((parts_.cuts_at_spaces || words_apart_) && !parts_.in_raw_text.reach_over_spaces() &&
                       !parts_.in_changed_text.reach_over_spaces()) {}

  std::vector<std::int64_t> Encode(std::string_view text) const override {
    std::vector<std::int64_t> ids = parts_.front;
    const std::size_t full = parts_.front.size() + room_;
    std::size_t bytes = reads_windows_ ? kWindowBytesPerToken * parts_.max_tokens : text.size();
    for (bool whole = false; !whole && ids.size() < full; bytes *= 8) {
      const std::string_view window = Window(text, bytes);
      whole = window.size() == text.size();
      ids.resize(parts_.front.size());
      AppendText(ToValidUtf8(window), ids);
    }
    ids.resize(std::min(ids.size(), full));
    ids.insert(ids.end(), parts_.back.begin(), parts_.back.end());
    return ids;
  }

 private:
  void AppendText(std::string_view text, std::vector<std::int64_t>& ids) const {
    const std::size_t full = parts_.front.size() + room_;
    for (const AddedTokens::Part& part : parts_.in_raw_text.Find(text)) {
      if (ids.size() >= full) return;
      if (part.id != AddedTokens::kText) {
        ids.push_back(part.id);
        continue;
      }
      std::string raw(text.substr(part.span.begin, part.span.end - part.span.begin));
      bool first = part.span.begin == 0;
      const std::string changed = ApplyAll(parts_.steps, std::move(raw), &first);
      AppendChanged(changed, first, ids);
    }
  }

  void AppendChanged(std::string_view text, bool first, std::vector<std::int64_t>& ids) const {
    for (const AddedTokens::Part& part : parts_.in_changed_text.Find(text)) {
      if (part.id != AddedTokens::kText) {
        ids.push_back(part.id);
        continue;
      }
      std::string piece(text.substr(part.span.begin, part.span.end - part.span.begin));
      AppendPieces({std::move(piece), first && part.span.begin == 0}, ids);
    }
  }

  void AppendPieces(TextPiece text, std::vector<std::int64_t>& ids) const {
    const std::size_t full = parts_.front.size() + room_;
    for (const TextPiece& piece : CutAll(parts_.cutters, std::move(text))) {
      if (ids.size() >= full) return;
      if (words_apart_) {
        AppendWords(piece.text, ids);
      } else {
        parts_.model->AppendIds(piece.text, ids);
      }
    }
  }

  // A word with the marks in front of it at a time.
  void AppendWords(std::string_view text, std::vector<std::int64_t>& ids) const {
    const std::size_t full = parts_.front.size() + room_;
    while (!text.empty() && ids.size() < full) {
      std::size_t marks = 0;
      while (text.substr(marks).starts_with(kWordMark)) marks += kWordMark.size();
      const std::size_t end = std::min(text.find(kWordMark, marks), text.size());
      parts_.model->AppendIds(text.substr(0, end), ids);
      text.remove_prefix(end);
    }
  }

  const TokenPipelineParts parts_;
  const std::size_t room_;
  const bool words_apart_;
  const bool reads_windows_;
};

}  // namespace

std::unique_ptr<const Tokenizer> MakePipeline(TokenPipelineParts parts) {
  return std::make_unique<Pipeline>(std::move(parts));
}

}  // namespace vitrine
