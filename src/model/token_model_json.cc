#include "model/token_model_json.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/utf8.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxTokens = 2'000'000;
constexpr std::size_t kMaxTokenBytes = 4096;

// {"token": id, ...}
TokenIds ReadVocabulary(const JsonNode& vocabulary) {
  TokenIds ids;
  if (!vocabulary.there() || !vocabulary.raw()->is_object() || vocabulary.raw()->size() > kMaxTokens) {
    vocabulary.Fail("is not an object of at most " + std::to_string(kMaxTokens) + " tokens");
    return ids;
  }
  ids.reserve(vocabulary.raw()->size());
  for (const auto& [token, id] : vocabulary.raw()->items()) {
    const bool fits = id.is_number_unsigned() && id.get<std::uint64_t>() < std::uint64_t{1} << 31;
    if (!fits || token.size() > kMaxTokenBytes) {
      vocabulary.Fail("has a number for " + Quoted(token.substr(0, 64)) +
                      " that is none, or its text is too long");
      return ids;
    }
    ids.emplace(token, id.get<std::int64_t>());
  }
  return ids;
}

// ["a b", ...] or, in newer files, [["a", "b"], ...].
std::vector<std::pair<std::string, std::string>> ReadMerges(const JsonNode& merges) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (!merges.there() || !merges.raw()->is_array() || merges.raw()->size() > kMaxTokens) {
    merges.Fail("is not a list of at most " + std::to_string(kMaxTokens) + " pairs");
    return pairs;
  }
  pairs.reserve(merges.raw()->size());
  for (const Json& merge : *merges.raw()) {
    if (merge.is_string()) {
      const auto& text = merge.get_ref<const std::string&>();
      const std::size_t space = text.find(' ');
      if (space != std::string::npos && text.find(' ', space + 1) == std::string::npos) {
        pairs.emplace_back(text.substr(0, space), text.substr(space + 1));
        continue;
      }
    } else if (merge.is_array() && merge.size() == 2 && merge[0].is_string() && merge[1].is_string()) {
      pairs.emplace_back(merge[0].get<std::string>(), merge[1].get<std::string>());
      continue;
    }
    merges.Fail("has no two tokens at place " + std::to_string(pairs.size()));
    return pairs;
  }
  return pairs;
}

Result<std::unique_ptr<TokenModel>> ReadBpe(const JsonNode& node) {
  node["dropout"].MustBeUnused();
  node["continuing_subword_prefix"].MustBeUnused();
  BpeParts parts;
  parts.ids = ReadVocabulary(node["vocab"]);
  parts.merges = ReadMerges(node["merges"]);
  if (node["end_of_word_suffix"].there()) parts.suffix = node["end_of_word_suffix"].Text();
  if (node["unk_token"].there()) parts.unknown = node["unk_token"].Text();
  parts.fuse_unknown = node["fuse_unk"].Flag(false);
  parts.byte_fallback = node["byte_fallback"].Flag(false);
  parts.whole_pieces_first = node["ignore_merges"].Flag(false);
  return MakeBpe(std::move(parts));
}

// [["token", log likelihood], ...]
Result<std::unique_ptr<TokenModel>> ReadUnigram(const JsonNode& node) {
  UnigramParts parts;
  const JsonNode vocabulary = node["vocab"];
  if (!vocabulary.there() || !vocabulary.raw()->is_array() || vocabulary.raw()->size() > kMaxTokens) {
    vocabulary.Fail("is not a list of at most " + std::to_string(kMaxTokens) + " tokens");
    return MakeUnigram(std::move(parts));
  }
  parts.tokens.reserve(vocabulary.raw()->size());
  for (const Json& entry : *vocabulary.raw()) {
    const bool fits = entry.is_array() && entry.size() == 2 && entry[0].is_string() && entry[1].is_number() &&
                      entry[0].get_ref<const std::string&>().size() <= kMaxTokenBytes;
    if (!fits) {
      vocabulary.Fail("has no token and its score at place " + std::to_string(parts.tokens.size()));
      break;
    }
    parts.tokens.emplace_back(entry[0].get<std::string>(), entry[1].get<double>());
  }
  parts.unknown = static_cast<std::size_t>(node["unk_id"].Id());
  parts.byte_fallback = node["byte_fallback"].Flag(false);
  return MakeUnigram(std::move(parts));
}

Result<std::unique_ptr<TokenModel>> ReadWordPiece(const JsonNode& node, bool lowercase) {
  if (node["unk_token"].Text() != "[UNK]") node["unk_token"].Fail("must be [UNK]");
  if (node["continuing_subword_prefix"].Text() != "##") node["continuing_subword_prefix"].Fail("must be ##");
  const JsonNode longest = node["max_input_chars_per_word"];
  if (longest.there() && longest.Id() != 100) longest.Fail("must be 100");
  return MakeWordPiece(ReadVocabulary(node["vocab"]), lowercase);
}

}  // namespace

bool IsWordPiece(const JsonNode& node) { return node["type"].there() && node["type"].Text() == "WordPiece"; }

Result<std::unique_ptr<TokenModel>> ReadTokenModel(const JsonNode& node, bool bert_lowercase) {
  // Old files do not name the type; they are byte-pair models.
  const std::size_t kind = node["type"].there() ? node.Choice("type", {"BPE", "Unigram", "WordPiece"}) : 0;
  if (kind == 2) return ReadWordPiece(node, bert_lowercase);
  return kind == 1 ? ReadUnigram(node) : ReadBpe(node);
}

}  // namespace vitrine
