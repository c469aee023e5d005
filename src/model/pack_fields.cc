#include "model/pack_fields.h"

#include <sys/stat.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "base/file.h"
#include "base/hash.h"
#include "base/try.h"
#include "base/utf8.h"

namespace vitrine {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kMaxDescription = 8 << 20;
constexpr std::uint64_t kMaxTower = (1ull << 31) - 1;  // An ONNX file is one protobuf message, 2 GiB at most.
constexpr double kMaxNumber = 1e6;

bool IsPlainName(const std::string& name) {
  return !name.empty() && name.size() <= 128 && name.front() != '.' && name != "pack.json" &&
         name != "ocr.json" && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                  c == '_' || c == '-';
         });
}

bool IsSha256(const std::string& text) {
  return text.size() == 64 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

}  // namespace

Fields::Fields(const Json* object, std::string path, std::string& error)
    : object_(object != nullptr && object->is_object() ? object : nullptr),
      path_(std::move(path)),
      error_(error) {
  if (object_ == nullptr) Fail("", "is not an object");
}

std::string Fields::Text(const char* key, std::size_t min_bytes, std::size_t max_bytes) const {
  const Json* value = Get(key);
  if (value == nullptr) return "";
  if (!value->is_string()) return Fail(key, "is not a text"), "";
  const auto& text = value->get_ref<const std::string&>();
  if (text.size() < min_bytes || text.size() > max_bytes) {
    return Fail(key,
                "must have " + std::to_string(min_bytes) + " to " + std::to_string(max_bytes) + " bytes"),
           "";
  }
  return text;
}

double Fields::Number(const char* key, double min, double max) const {
  const Json* value = Get(key);
  if (value == nullptr) return min;
  return InRange(key, *value, min, max);
}

std::uint64_t Fields::Integer(const char* key, std::uint64_t min, std::uint64_t max) const {
  const Json* value = Get(key);
  if (value == nullptr) return min;
  const bool fits =
      value->is_number_unsigned() && value->get<std::uint64_t>() >= min && value->get<std::uint64_t>() <= max;
  if (fits) return value->get<std::uint64_t>();
  Fail(key, "must be a whole number in " + std::to_string(min) + ".." + std::to_string(max));
  return min;
}

bool Fields::Flag(const char* key) const {
  const Json* value = Get(key);
  if (value == nullptr) return false;
  if (!value->is_boolean()) return Fail(key, "is neither true nor false"), false;
  return value->get<bool>();
}

std::vector<float> Fields::Floats(const char* key, std::size_t count) const {
  const Json* value = Get(key);
  std::vector<float> floats(count);
  if (value == nullptr) return floats;
  if (!value->is_array() || value->size() != count) {
    return Fail(key, "must be a list of " + std::to_string(count) + " numbers"), floats;
  }
  for (std::size_t i = 0; i < count; ++i) {
    floats[i] = static_cast<float>(InRange(key, (*value)[i], -kMaxNumber, kMaxNumber));
  }
  return floats;
}

std::array<float, 3> Fields::Colour(const char* key) const {
  const std::vector<float> floats = Floats(key, 3);
  return {floats[0], floats[1], floats[2]};
}

std::vector<float> Fields::UnitVector(const char* key, std::size_t dimension) const {
  std::vector<float> vector = Floats(key, dimension);
  double sum = 0;
  for (const float x : vector) sum += static_cast<double>(x) * static_cast<double>(x);
  if (std::abs(sum - 1) > 0.01) Fail(key, "is not of length 1");
  for (float& x : vector) x /= static_cast<float>(std::sqrt(std::max(sum, 1e-12)));
  return vector;
}

PackFile Fields::File(std::uint64_t max_bytes) const {
  PackFile file{Text("file", 1, 128), Text("sha256", 64, 64), max_bytes, false};
  if (!IsPlainName(file.name)) Fail("file", "must be a plain name of letters, digits, '.', '_' and '-'");
  if (!IsSha256(file.sha256)) Fail("sha256", "must be 64 lower-case hex digits");
  return file;
}

PackFile Fields::Tower() const {
  PackFile file = File(0);
  file.max_bytes = Integer("bytes", 1, kMaxTower);
  file.exact_size = true;
  return file;
}

bool Fields::Has(const char* key) const { return object_ != nullptr && object_->contains(key); }

Fields Fields::Object(const char* key) const { return {Get(key), path_ + key + ".", error_}; }

std::vector<Fields> Fields::Objects(const char* key, std::size_t min, std::size_t max) const {
  std::vector<Fields> objects;
  const Json* value = Get(key);
  if (value == nullptr) return objects;
  if (!value->is_array() || value->size() < min || value->size() > max) {
    return Fail(key, "must be a list of " + std::to_string(min) + " to " + std::to_string(max)), objects;
  }
  for (const Json& element : *value) {
    objects.emplace_back(&element, path_ + key + "[" + std::to_string(objects.size()) + "].", error_);
  }
  return objects;
}

void Fields::Fail(const std::string& key, const std::string& problem) const {
  if (error_.empty()) error_ = Quoted(path_ + key) + " " + problem;
}

const Json* Fields::Get(const char* key) const {
  if (object_ == nullptr) return nullptr;
  const auto found = object_->find(key);
  if (found != object_->end()) return &*found;
  Fail(key, "is missing");
  return nullptr;
}

double Fields::InRange(const char* key, const Json& value, double min, double max) const {
  const double number = value.is_number() ? value.get<double>() : std::nan("");
  if (number >= min && number <= max) return number;
  std::ostringstream range;
  range << "must be a number in " << min << ".." << max;
  Fail(key, range.str());
  return min;
}

void Fields::FailChoice(const char* key, const std::string& text, const std::string& known) const {
  Fail(key, "is " + Quoted(text) + "; this version knows: " + known);
}

Error PackPlace::Wrong(const std::string& name, const std::string& problem) const {
  return Error(Code::kModel, "model file " + Quoted(JoinPath(folder, name)) + " " + problem + remedy);
}

Result<std::string> PackPlace::Read(const PackFile& file) const {
  Result<UniqueFd> fd = OpenRegularFile(JoinPath(folder, file.name));
  if (!fd) return Wrong(file.name, "cannot be opened: " + fd.error().message());
  struct stat status = {};
  if (fstat(fd->get(), &status) != 0) return Wrong(file.name, "cannot be examined");
  const auto size = static_cast<std::uint64_t>(status.st_size);
  if (file.exact_size ? size != file.max_bytes : size > file.max_bytes) {
    return Wrong(file.name, "has " + std::to_string(size) + " bytes where " +
                                (file.exact_size ? "" : "at most ") + std::to_string(file.max_bytes) +
                                " are right");
  }
  Result<std::string> bytes = ReadAll(fd->get());
  if (!bytes) return Wrong(file.name, "cannot be read: " + bytes.error().message());
  const std::string found = Hex(Sha256(*bytes));
  if (found != file.sha256) {
    return Wrong(file.name,
                 "is damaged: its SHA-256 is " + found + " and " + description + " says " + file.sha256);
  }
  return bytes;
}

struct PackDescription::Impl {
  PackPlace place;
  Json json;
  std::string error;
};

PackDescription::PackDescription(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PackDescription::PackDescription(PackDescription&&) noexcept = default;
PackDescription& PackDescription::operator=(PackDescription&&) noexcept = default;
PackDescription::~PackDescription() = default;

Result<PackDescription> PackDescription::Load(const PackPlace& place) {
  const std::string path = JoinPath(place.folder, place.description);
  Result<std::string> text = ReadFile(path, kMaxDescription);
  if (!text) {
    return Error(Code::kModel,
                 "no model pack at " + Quoted(place.folder) + ": " + text.error().message() + place.remedy);
  }
  auto impl = std::make_unique<Impl>();
  impl->place = place;
  impl->json = Json::parse(*text, nullptr, /*allow_exceptions=*/false);
  if (impl->json.is_discarded()) {
    return place.Wrong(place.description, "is not valid JSON: it is cut short or damaged");
  }
  PackDescription description(std::move(impl));
  const std::uint64_t schema = description.root().Integer("schema", 1, 1u << 30);
  if (description.impl_->error.empty() && schema > place.newest_schema) {
    return Error(Code::kModel, "model file " + Quoted(path) + " is of schema " + std::to_string(schema) +
                                   ", and this version reads schemas up to " +
                                   std::to_string(place.newest_schema) +
                                   "; update Vitrine or use an older pack");
  }
  return description;
}

Fields PackDescription::root() const { return {&impl_->json, "", impl_->error}; }

std::vector<PackFile> PackDescription::files() const {
  std::map<std::string, PackFile> files;
  std::vector<std::pair<const Json*, std::string>> open = {{&impl_->json, ""}};
  while (!open.empty()) {
    const auto [json, path] = open.back();
    open.pop_back();
    if (json->is_object() && json->contains("file") && json->contains("sha256")) {
      PackFile file = Fields(json, path, impl_->error).File(kMaxTower);
      files.try_emplace(file.name, std::move(file));
    }
    if (!json->is_structured()) continue;
    for (const auto& [key, value] : json->items()) open.emplace_back(&value, path + key + ".");
  }
  std::vector<PackFile> all;
  for (auto& [name, file] : files) all.push_back(std::move(file));
  return all;
}

Status PackDescription::Verdict() const {
  if (impl_->error.empty()) return {};
  return impl_->place.Wrong(impl_->place.description, "is refused: " + impl_->error);
}

}  // namespace vitrine
