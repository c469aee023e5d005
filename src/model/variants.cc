#include "model/variants.h"

#include <algorithm>
#include <utility>

namespace vitrine {
namespace {

TowerVariant::Measured ReadMeasured(const Fields& fields) {
  return {.cosine_mean = fields.Number("cosine_mean", -1, 1),
          .cosine_p1 = fields.Number("cosine_p1", -1, 1),
          .recall10_change = fields.Number("recall10_change", -100, 100),
          .items_per_second = fields.Number("items_per_second", 0, 1e6),
          .megabytes = fields.Number("megabytes", 0, 1e6)};
}

bool Is(const TowerVariant& variant, Precision precision) {
  return ParsePrecision(variant.precision) == precision;
}

// What was not measured is the pack's own file, which loses nothing, or cannot be trusted unasked.
bool IsWithin(const TowerVariant& variant, const Tolerance& tolerance, bool is_main) {
  if (!variant.measured) return is_main;
  return variant.measured->cosine_mean >= tolerance.cosine_mean &&
         variant.measured->cosine_p1 >= tolerance.cosine_p1 &&
         variant.measured->recall10_change >= -tolerance.recall10_loss;
}

// Higher is taken before lower. The rows were measured on a processor; accelerators want floats, short ones
// first.
double Merit(const TowerVariant& variant, const PrecisionWish& wish, bool within) {
  constexpr double kLast = 1e9;
  if (!within) return -kLast;
  if (wish.device == Device::kGpu || wish.device == Device::kNpu) {
    return Is(variant, Precision::kFloat16) ? 2 : Is(variant, Precision::kFloat32) ? 1 : 0;
  }
  const double speed = variant.measured ? variant.measured->items_per_second : 0;
  return Is(variant, Precision::kInt8) && !wish.int8_dot ? speed - kLast / 2 : speed;
}

Result<TowerVariant> Asked(std::span<const TowerVariant> variants, Precision precision) {
  const Precision file = precision == Precision::kBf16 ? Precision::kFloat32 : precision;
  std::string known;
  for (const TowerVariant& variant : variants) {
    if (Is(variant, file)) return variant;
    known += (known.empty() ? "" : ", ") + variant.precision;
  }
  return Error(Code::kInvalidArgument, std::string("the model pack has no tower for ") + NameOf(precision) +
                                           "; it has " + known +
                                           "; ask for one of these, or leave --precision out");
}

}  // namespace

const char* NameOf(Precision precision) {
  switch (precision) {
    case Precision::kAuto:
      return "auto";
    case Precision::kFloat32:
      return "fp32";
    case Precision::kBf16:
      return "bf16";
    case Precision::kFloat16:
      return "fp16";
    case Precision::kInt8:
      return "int8";
    case Precision::kInt4:
      return "int4";
  }
  return "unknown";
}

std::optional<Precision> ParsePrecision(const std::string& name) {
  static constexpr std::pair<const char*, Precision> kNames[] = {
      {"fp32", Precision::kFloat32},    {"float32", Precision::kFloat32}, {"fp16", Precision::kFloat16},
      {"float16", Precision::kFloat16}, {"int8", Precision::kInt8},       {"int4", Precision::kInt4}};
  for (const auto& [known, precision] : kNames) {
    if (name == known) return precision;
  }
  return std::nullopt;
}

std::vector<TowerVariant> ReadVariants(const Fields& tower, const PackFile& main,
                                       const std::string& precision) {
  std::vector<TowerVariant> variants = {{.precision = precision, .file = main}};
  if (tower.Has("measured")) variants.front().measured = ReadMeasured(tower.Object("measured"));
  if (!tower.Has("variants")) return variants;
  for (const Fields& fields : tower.Objects("variants", 0, 16)) {
    TowerVariant variant{.precision = fields.Text("precision", 1, 32), .file = fields.Tower()};
    if (!ParsePrecision(variant.precision)) fields.Fail("precision", "must be fp32, fp16, int8 or int4");
    if (fields.Has("least_cosine")) variant.least_cosine = fields.Number("least_cosine", 0.5, 1);
    if (fields.Has("measured")) variant.measured = ReadMeasured(fields.Object("measured"));
    variants.push_back(std::move(variant));
  }
  return variants;
}

Tolerance ReadTolerance(const Fields& root) {
  if (!root.Has("tolerance")) return {};
  const Fields fields = root.Object("tolerance");
  return {.cosine_mean = fields.Number("cosine_mean", 0, 1),
          .cosine_p1 = fields.Number("cosine_p1", 0, 1),
          .recall10_loss = fields.Number("recall10_loss", 0, 100)};
}

Result<TowerVariant> ChooseVariant(std::span<const TowerVariant> variants, const Tolerance& tolerance,
                                   const PrecisionWish& wish) {
  if (wish.precision != Precision::kAuto) return Asked(variants, wish.precision);
  std::vector<std::pair<double, const TowerVariant*>> order;
  for (const TowerVariant& variant : variants) {
    const bool within = IsWithin(variant, tolerance, &variant == &variants.front());
    order.emplace_back(Merit(variant, wish, within), &variant);
  }
  std::stable_sort(order.begin(), order.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  if (wish.in_use && variants.size() > 1) {
    for (const auto& [merit, variant] : order) {
      if (wish.in_use(variant->space)) return *variant;
    }
  }
  return *order.front().second;
}

}  // namespace vitrine
