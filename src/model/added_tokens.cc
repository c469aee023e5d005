#include "model/added_tokens.h"

#include <algorithm>
#include <functional>

#include "model/text_forms.h"

namespace vitrine {
namespace {

bool ReachesOverSpaces(std::string_view content) {
  for (const std::string_view space : {" ", "\u2581"}) {
    while (content.starts_with(space)) content.remove_prefix(space.size());
  }
  return content.find(' ') != std::string_view::npos || content.find("\u2581") != std::string_view::npos;
}

// Where the white space begins that ends `text`.
std::size_t SpacesAtEnd(std::string_view text) {
  std::size_t begin = 0;
  for (std::string_view rest = text; !rest.empty();) {
    if (!IsSpace(TakeCodePoint(rest))) begin = text.size() - rest.size();
  }
  return begin;
}

std::size_t SpacesAtFront(std::string_view text) {
  std::string_view rest = text;
  for (std::string_view next = rest; !next.empty() && IsSpace(TakeCodePoint(next));) rest = next;
  return text.size() - rest.size();
}

}  // namespace

void AddedTokens::Add(std::string_view content, std::int64_t id, bool spaces_before, bool spaces_after) {
  if (content.empty()) return;
  ids_.insert_or_assign(std::string(content), Token{id, spaces_before, spaces_after});
  std::vector<std::size_t>& lengths = lengths_[static_cast<unsigned char>(content.front())];
  if (std::ranges::find(lengths, content.size()) == lengths.end()) lengths.push_back(content.size());
  std::ranges::sort(lengths, std::greater<>());
  reach_over_spaces_ = reach_over_spaces_ || ReachesOverSpaces(content);
}

const AddedTokens::Token* AddedTokens::LongestAt(std::string_view text, std::size_t& bytes) const {
  for (const std::size_t length : lengths_[static_cast<unsigned char>(text.front())]) {
    if (length > text.size()) continue;
    const auto found = ids_.find(text.substr(0, length));
    if (found == ids_.end()) continue;
    bytes = length;
    return &found->second;
  }
  return nullptr;
}

std::vector<AddedTokens::Part> AddedTokens::Find(std::string_view text) const {
  std::vector<Part> parts;
  std::size_t done = 0;
  for (std::size_t at = 0; at < text.size() && !ids_.empty();) {
    std::size_t bytes = 1;
    const Token* token = LongestAt(text.substr(at), bytes);
    if (token != nullptr) {
      std::size_t begin = at;
      std::size_t end = at + bytes;
      if (token->spaces_before && begin > done) begin = done + SpacesAtEnd(text.substr(done, begin - done));
      if (token->spaces_after) end += SpacesAtFront(text.substr(end));
      if (begin > done) parts.push_back({{done, begin}, kText});
      parts.push_back({{begin, end}, token->id});
      done = end;
    }
    at = std::max(at + bytes, done);
  }
  if (text.size() > done) parts.push_back({{done, text.size()}, kText});
  return parts;
}

}  // namespace vitrine
