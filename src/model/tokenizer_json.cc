#include "model/tokenizer_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "base/utf8.h"
#include "model/charsmap.h"
#include "model/json_node.h"
#include "model/token_model_json.h"
#include "model/token_pipeline.h"

namespace vitrine {
namespace {

constexpr int kMaxDepth = 8;  // Of sequences in sequences.
constexpr std::string_view kWordMark = "\u2581";

// "pattern": {"String": ...} or {"Regex": ...}.
std::unique_ptr<TextPattern> ReadPattern(const JsonNode& pattern) {
  const JsonNode literal = pattern["String"];
  const JsonNode node = literal.there() ? literal : pattern["Regex"];
  const std::string text = node.Text();
  if (text.empty()) {
    node.Fail("is empty");
    return LiteralPattern(" ");
  }
  if (literal.there()) return LiteralPattern(text);
  auto known = KnownPattern(text);
  if (known == nullptr) {
    node.Fail("is " + Quoted(text) + ", an expression that this version does not know");
    return LiteralPattern(" ");
  }
  return known;
}

bool IsLiteral(const JsonNode& pattern, std::string_view text) {
  const JsonNode literal = pattern["String"];
  return literal.there() && literal.Text() == text;
}

void ReadReplace(const JsonNode& node, TokenPipelineParts& parts) {
  std::string content = node["content"].Text();
  parts.marks_words = parts.marks_words || (IsLiteral(node["pattern"], " ") && content == kWordMark);
  parts.steps.push_back(ReplaceStep(ReadPattern(node["pattern"]), std::move(content)));
}

void ReadCharsmap(const JsonNode& node, TokenPipelineParts& parts) {
  const std::string base64 = node.Text();
  if (base64.empty()) return node.Fail("is empty");
  Result<std::unique_ptr<TextStep>> step = CharsmapStep(base64);
  if (!step) return node.Fail(step.error().message());
  parts.steps.push_back(*std::move(step));
}

// Only as BERT's towers have it: all of it, and accents dropped where case is folded.
void ReadBertNormalizer(const JsonNode& node, TokenPipelineParts& parts) {
  parts.bert_text = true;
  parts.bert_lowercase = node["lowercase"].Flag(true);
  for (const char* key : {"clean_text", "handle_chinese_chars"}) {
    if (!node[key].Flag(true)) node[key].Fail("must be true");
  }
  if (node["strip_accents"].Flag(parts.bert_lowercase) != parts.bert_lowercase) {
    node["strip_accents"].Fail("must be as \"lowercase\"");
  }
}

void ReadNormalizer(const JsonNode& node, int depth, TokenPipelineParts& parts) {
  if (!node.there()) return;
  if (depth > kMaxDepth) return node.Fail("is too deep");
  switch (node.Choice("type", {"Sequence", "NFC", "Lowercase", "Replace", "Strip", "Prepend", "Precompiled",
                               "BertNormalizer"})) {
    case 0:
      for (const JsonNode& item : node["normalizers"].Items()) ReadNormalizer(item, depth + 1, parts);
      break;
    case 1:
      parts.steps.push_back(NfcStep());
      break;
    case 2:
      parts.steps.push_back(LowerCaseStep());
      break;
    case 3:
      ReadReplace(node, parts);
      break;
    case 4:
      parts.steps.push_back(StripStep(node["strip_left"].Flag(true), node["strip_right"].Flag(true)));
      break;
    case 5:
      parts.steps.push_back(PrependStep(node["prepend"].Text()));
      break;
    case 6:
      ReadCharsmap(node["precompiled_charsmap"], parts);
      break;
    default:
      ReadBertNormalizer(node, parts);
      break;
  }
}

void ReadSplit(const JsonNode& node, TokenPipelineParts& parts) {
  constexpr MatchUse kUses[] = {MatchUse::kRemoved, MatchUse::kIsolated, MatchUse::kMergedWithPrevious,
                                MatchUse::kMergedWithNext};
  const MatchUse use =
      kUses[node.Choice("behavior", {"Removed", "Isolated", "MergedWithPrevious", "MergedWithNext"})];
  const bool invert = node["invert"].Flag(false);
  // The words that are known by heart hold no space but in front.
  const bool words = node["pattern"]["Regex"].there() && (invert || use == MatchUse::kIsolated);
  parts.cuts_at_spaces = parts.cuts_at_spaces || words;
  parts.cutters.push_back(PatternCutter(ReadPattern(node["pattern"]), use, invert));
}

void ReadMetaspace(const JsonNode& node, TokenPipelineParts& parts) {
  constexpr MarkFront kFronts[] = {MarkFront::kAlways, MarkFront::kFirst, MarkFront::kNever};
  const std::string mark = node["replacement"].Text();
  if (mark.empty() || mark.size() > 4) return node["replacement"].Fail("is not one character");
  MarkFront front = MarkFront::kAlways;
  if (node["prepend_scheme"].there()) {
    front = kFronts[node.Choice("prepend_scheme", {"always", "first", "never"})];
  }
  // The older way to say it.
  if (!node["add_prefix_space"].Flag(true)) front = MarkFront::kNever;
  const bool split = node["split"].Flag(true);
  parts.cuts_at_spaces = parts.cuts_at_spaces || split;
  parts.marks_words = parts.marks_words || mark == kWordMark;
  parts.cutters.push_back(MetaspaceCutter(mark, front, split));
}

void ReadByteLevel(const JsonNode& node, TokenPipelineParts& parts) {
  const bool words = node["use_regex"].Flag(true);
  parts.cuts_at_spaces = parts.cuts_at_spaces || words;
  parts.cutters.push_back(
      ByteLevelCutter(words ? Gpt2Pattern() : nullptr, node["add_prefix_space"].Flag(true)));
}

void ReadPreTokenizer(const JsonNode& node, int depth, TokenPipelineParts& parts) {
  if (!node.there()) return;
  if (depth > kMaxDepth) return node.Fail("is too deep");
  switch (node.Choice(
      "type", {"Sequence", "Split", "ByteLevel", "Metaspace", "WhitespaceSplit", "BertPreTokenizer"})) {
    case 0:
      for (const JsonNode& item : node["pretokenizers"].Items()) ReadPreTokenizer(item, depth + 1, parts);
      break;
    case 1:
      ReadSplit(node, parts);
      break;
    case 2:
      ReadByteLevel(node, parts);
      break;
    case 3:
      ReadMetaspace(node, parts);
      break;
    case 4:
      parts.cuts_at_spaces = true;
      parts.cutters.push_back(SpaceCutter());
      break;
    default:
      parts.cuts_at_spaces = true;
      parts.bert_pieces = true;
      break;
  }
}

// "cls": ["<s>", 0] and "sep": ["</s>", 2].
void ReadClsAndSep(const JsonNode& node, TokenPipelineParts& parts) {
  for (const auto& [key, ids] : {std::pair{"cls", &parts.front}, std::pair{"sep", &parts.back}}) {
    const std::vector<JsonNode> pair = node[key].Items();
    if (pair.size() != 2) return node[key].Fail("is not a token and its number");
    ids->push_back(pair[1].Id());
  }
}

void ReadTemplate(const JsonNode& node, TokenPipelineParts& parts) {
  bool behind_text = false;
  for (const JsonNode& item : node["single"].Items()) {
    if (item["Sequence"].there()) {
      if (behind_text) return item.Fail("names the text a second time");
      behind_text = true;
      continue;
    }
    const std::string name = item["SpecialToken"]["id"].Text();
    const JsonNode ids = node["special_tokens"][name.c_str()]["ids"];
    if (!ids.there())
      return item.Fail("names the token " + Quoted(name) + ", which \"special_tokens\" lacks");
    std::vector<std::int64_t>& side = behind_text ? parts.back : parts.front;
    for (const JsonNode& id : ids.Items()) side.push_back(id.Id());
  }
  if (!behind_text) node["single"].Fail("does not name the text");
}

bool IsSecond(const JsonNode& node, const TokenPipelineParts& parts) {
  const bool second = !parts.front.empty() || !parts.back.empty();
  if (second) node.Fail("puts tokens around the text a second time");
  return second;
}

void ReadPostProcessor(const JsonNode& node, int depth, TokenPipelineParts& parts) {
  if (!node.there()) return;
  if (depth > kMaxDepth) return node.Fail("is too deep");
  switch (node.Choice(
      "type", {"Sequence", "TemplateProcessing", "RobertaProcessing", "BertProcessing", "ByteLevel"})) {
    case 0:
      for (const JsonNode& item : node["processors"].Items()) ReadPostProcessor(item, depth + 1, parts);
      break;
    case 1:
      if (!IsSecond(node, parts)) ReadTemplate(node, parts);
      break;
    case 4:  // Moves offsets alone.
      break;
    default:
      if (!IsSecond(node, parts)) ReadClsAndSep(node, parts);
      break;
  }
}

void ReadAddedTokens(const JsonNode& tokens, TokenPipelineParts& parts) {
  for (const JsonNode& token : tokens.Items()) {
    token["single_word"].MustBeUnused();
    const std::string content = token["content"].Text();
    const bool before = token["lstrip"].Flag(false);
    const bool after = token["rstrip"].Flag(false);
    const bool special = token["special"].Flag(false);
    if (token["normalized"].Flag(!special)) {
      parts.in_changed_text.Add(ApplyAll(parts.steps, content), token["id"].Id(), before, after);
    } else {
      parts.in_raw_text.Add(content, token["id"].Id(), before, after);
    }
  }
}

void ReadTruncation(const JsonNode& truncation, TokenPipelineParts& parts) {
  if (!truncation.there()) return;
  truncation.Choice("direction", {"Right"});
  const std::int64_t own = truncation["max_length"].Id();
  parts.max_tokens = std::min(parts.max_tokens, static_cast<std::size_t>(own));
}

// BERT's three parts are one here, so they come together and with no others.
void CheckBert(const JsonNode& root, const TokenPipelineParts& parts) {
  const bool together = parts.bert_text == parts.bert_pieces && parts.bert_text == IsWordPiece(root["model"]);
  const bool alone = parts.steps.empty() && parts.cutters.empty() && parts.in_changed_text.empty();
  if (together && (alone || !parts.bert_text)) return;
  root["normalizer"].Fail(
      "and \"pre_tokenizer\" and \"model\" do not fit: BertNormalizer, BertPreTokenizer and WordPiece are "
      "known "
      "only together, without others, and with added tokens that are not \"normalized\"");
}

}  // namespace

Result<std::unique_ptr<const Tokenizer>> ReadTokenizerJson(std::string_view bytes, std::size_t max_tokens) {
  const nlohmann::json document = nlohmann::json::parse(bytes, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded()) {
    return Error(Code::kModel, "its tokenizer is not valid JSON: it is cut short or damaged");
  }
  std::string error;
  const JsonNode root(&document, "", error);
  TokenPipelineParts parts;
  parts.max_tokens = max_tokens;
  ReadNormalizer(root["normalizer"], 0, parts);
  ReadPreTokenizer(root["pre_tokenizer"], 0, parts);
  ReadPostProcessor(root["post_processor"], 0, parts);
  ReadAddedTokens(root["added_tokens"], parts);
  ReadTruncation(root["truncation"], parts);
  CheckBert(root, parts);
  if (error.empty()) {
    Result<std::unique_ptr<TokenModel>> model = ReadTokenModel(root["model"], parts.bert_lowercase);
    if (!model && error.empty()) error = model.error().message();
    if (model) parts.model = *std::move(model);
  }
  if (error.empty() && parts.front.size() + parts.back.size() >= parts.max_tokens) {
    error = "max_tokens is " + std::to_string(parts.max_tokens) + ", which leaves no room for a text";
  }
  if (!error.empty()) return Error(Code::kModel, "its tokenizer is refused: " + error);
  return MakePipeline(std::move(parts));
}

}  // namespace vitrine
