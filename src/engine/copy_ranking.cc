#include "engine/copy_ranking.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "base/human.h"

namespace vitrine {
namespace {

constexpr double kWhole = 0.95;    // Shares above this are all of a picture, but for what rounding cuts.
constexpr double kSeen = 0.01;     // Share of a picture beyond the other: less is rounding.
constexpr double kStraight = 0.6;  // Degrees that registration may be off.
constexpr double kSameColours = 0.03;
constexpr double kUnmarked = 0.985;  // Share of blocks that agree when nothing was drawn over them.

double PixelsOf(const KeepCandidate& candidate) {
  return static_cast<double>(candidate.file.info.width_px) * candidate.file.info.height_px;
}

bool HasCameraData(const KeepCandidate& candidate) {
  const Facts& facts = candidate.file.info.facts;
  return facts.camera || facts.taken_at || facts.exposure_s;
}

bool IsLossless(const KeepCandidate& candidate) {
  static constexpr std::array<std::string_view, 3> kLossless = {"png", "tiff", "bmp"};
  return std::find(kLossless.begin(), kLossless.end(), candidate.file.info.format) != kLossless.end();
}

// > 0 when x wins, < 0 when y does.
int ByFact(bool x, bool y) { return static_cast<int>(x) - static_cast<int>(y); }

int ByRatio(double x, double y, double ratio) { return x > y * ratio ? 1 : y > x * ratio ? -1 : 0; }

struct Criterion {
  const char* reason;
  int (*compare)(const KeepCandidate& x, const KeepCandidate& y);
};

constexpr std::array<Criterion, 7> kCriteria = {{
    {"the camera's raw file",
     [](const KeepCandidate& x, const KeepCandidate& y) {
       return ByFact(x.file.info.format == "raw", y.file.info.format == "raw");
     }},
    {"most pixels",
     [](const KeepCandidate& x, const KeepCandidate& y) { return ByRatio(PixelsOf(x), PixelsOf(y), 1.1); }},
    {"has the camera's data",
     [](const KeepCandidate& x, const KeepCandidate& y) {
       return ByFact(HasCameraData(x), HasCameraData(y));
     }},
    {"lossless",
     [](const KeepCandidate& x, const KeepCandidate& y) { return ByFact(IsLossless(x), IsLossless(y)); }},
    {"sharper",
     [](const KeepCandidate& x, const KeepCandidate& y) {
       return ByRatio(static_cast<double>(x.file.sharpness), static_cast<double>(y.file.sharpness), 1.17);
     }},
    {"larger file",
     [](const KeepCandidate& x, const KeepCandidate& y) {
       return ByRatio(static_cast<double>(x.file.size_bytes), static_cast<double>(y.file.size_bytes), 1.1);
     }},
    {"older",
     [](const KeepCandidate& x, const KeepCandidate& y) {
       return x.mtime_ns < y.mtime_ns ? 1 : x.mtime_ns > y.mtime_ns ? -1 : 0;
     }},
}};

constexpr std::size_t kOfSubstance = 4;  // So many criteria are of what is in the file, the rest of how well.

std::string Percent(double share) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%.0f %%", 100 * share);
  return text.data();
}

std::string SizeOf(const CopyFile& file) {
  return std::to_string(file.info.width_px) + " x " + std::to_string(file.info.height_px);
}

std::string Degrees(double degrees) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%.1f", std::fabs(degrees));
  return text.data();
}

bool IsFramed(const Alignment& over) { return over.shared_b < kWhole && over.extra_b < kSeen; }

std::string TurnText(const Alignment& over) {
  const double degrees = over.degrees();
  const double quarters = std::round(degrees / 90) * 90;
  std::string text = over.mirrored() ? "mirrored" : "";
  if (std::fabs(degrees) <= kStraight) return text;
  if (!text.empty()) text += ", ";
  if (std::fabs(degrees - quarters) > kStraight) return text + "turned by " + Degrees(degrees) + " degrees";
  return text + "turned by " + std::to_string(static_cast<int>(std::fabs(quarters))) + " degrees";
}

}  // namespace

bool IsBetter(const KeepCandidate& x, const KeepCandidate& y) {
  for (const Criterion& criterion : kCriteria) {
    if (const int verdict = criterion.compare(x, y); verdict != 0) return verdict > 0;
  }
  return x.file.path < y.file.path;
}

bool IsEqualInSubstance(const KeepCandidate& x, const KeepCandidate& y) {
  return std::all_of(kCriteria.begin(), kCriteria.begin() + kOfSubstance,
                     [&](const Criterion& criterion) { return criterion.compare(x, y) == 0; });
}

std::vector<std::string> ReasonsToKeep(const KeepCandidate& best, const std::vector<KeepCandidate>& others) {
  std::vector<std::string> reasons;
  for (const Criterion& criterion : kCriteria) {
    int wins = 0, losses = 0;
    for (const KeepCandidate& other : others) {
      const int verdict = criterion.compare(best, other);
      wins += verdict > 0 ? 1 : 0;
      losses += verdict < 0 ? 1 : 0;
    }
    if (wins > 0 && losses == 0) reasons.emplace_back(criterion.reason);
  }
  return reasons;
}

bool IsTurned(const Alignment& over) { return over.mirrored() || std::fabs(over.degrees()) > kStraight; }

bool ShowsMore(const Alignment& over) {
  const bool keep_is_crop = over.shared_b < kWhole && over.extra_b >= kSeen && over.extra_a < kSeen;
  const bool keep_is_framed =
      over.shared_a < kWhole && over.extra_a < kSeen && over.shared_b >= kWhole && !IsTurned(over);
  return keep_is_crop || keep_is_framed;
}

CopyKind KindOf(const Alignment& over) {
  if (over.shared_a < kWhole && over.extra_a >= kSeen && !IsTurned(over)) return CopyKind::kCrop;
  if (IsTurned(over)) return CopyKind::kTurned;
  const bool changed = over.agreement < kUnmarked || over.colour_change > kSameColours;
  if (changed || over.shared_b < kWhole || over.shared_a < kWhole) return CopyKind::kEdited;
  return CopyKind::kCopy;
}

std::vector<std::string> ReasonsOf(const Alignment& over, CopyKind kind, const CopyFile& keep,
                                   const CopyFile& copy) {
  std::vector<std::string> why;
  if (IsTurned(over)) why.push_back(TurnText(over));
  if (over.shared_a < kWhole && over.extra_a >= kSeen)
    why.push_back("shows " + Percent(over.shared_a) + " of it");
  if (IsFramed(over)) why.emplace_back("framed");
  if (over.colour_change > kSameColours) why.emplace_back("other colours");
  if (over.agreement < kUnmarked && kind != CopyKind::kCrop) {
    why.push_back(Percent(1 - over.agreement) + " of it is drawn over or changed");
  }
  if (copy.info.width_px != keep.info.width_px || copy.info.height_px != keep.info.height_px) {
    why.push_back(SizeOf(copy) + " instead of " + SizeOf(keep));
  }
  if (copy.info.format != keep.info.format)
    why.push_back(copy.info.format + " instead of " + keep.info.format);
  if (why.empty())
    why.push_back("re-encoded: " + BytesText(copy.size_bytes) + " instead of " + BytesText(keep.size_bytes));
  return why;
}

}  // namespace vitrine
