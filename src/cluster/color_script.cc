#include "cluster/color_script.h"

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/oklab.h"
#include "query/color_names.h"
#include "query/filter.h"
#include "query/language.h"
#include "query/ways.h"
#include "query/words.h"

namespace vitrine::cluster {
namespace {

using Json = nlohmann::json;

// In the order of operations of ColorDistance(), on float32, so that what is just inside is inside here too.
constexpr char kReadPalette[] = R"(
float at(byte[] p, int i) {
  return Float.intBitsToFloat(((p[i] & 255) << 24) | ((p[i + 1] & 255) << 16) | ((p[i + 2] & 255) << 8) | (p[i + 3] & 255));
}
float distance(byte[] p, int i, def w) {
  float l = (at(p, i) - (float) w.l) / 2;
  float a = at(p, i + 4) - (float) w.a;
  float b = at(p, i + 8) - (float) w.b;
  return (float) Math.sqrt(l * l + a * a + b * b);
}
)";

constexpr char kFilter[] = R"(
if (doc['palette'].size() == 0) return false;
def ref = doc['palette'].value;
byte[] p = ref.bytes;
int end = ref.offset + ref.length;
float share = 0;
for (int i = ref.offset; i + 16 <= end; i += 16) {
  if (distance(p, i, params.wanted) <= (float) params.reach) share += at(p, i + 12);
}
return share > 0 && share >= (float) params.least;
)";

constexpr char kExtra[] = R"(
double extra = 0;
if (params.asked > 0 && _score > 0) {
  double covered = _score / params.asked;
  extra = _score * Math.sqrt(covered) + (covered > 0.999 ? params.all_found : 0);
}
double fit = 0;
if (doc['palette'].size() > 0) {
  def ref = doc['palette'].value;
  byte[] p = ref.bytes;
  int end = ref.offset + ref.length;
  fit = 1;
  for (def w : params.wanted) {
    double share = 0;
    for (int i = ref.offset; i + 16 <= end; i += 16) {
      double off = distance(p, i, w) / params.reach;
      if (off < 4) share += at(p, i + 12) * Math.exp(-0.5 * off * off);
    }
    fit = Math.min(fit, share > 0 ? share / (share + w.share) : 0);
  }
}
return extra + params.nats * fit;
)";

Json Wanted(const Swatch& swatch) {
  const OkLab color = ToOkLab(swatch.red, swatch.green, swatch.blue);
  return {{"l", color.l}, {"a", color.a}, {"b", color.b}, {"share", swatch.share}};
}

}  // namespace

Json ColorFilter(const Swatch& wanted) {
  const std::string_view name = NameOfColor({wanted.red, wanted.green, wanted.blue});
  if (!name.empty() && wanted.share == kUsualColorShare) return {{"term", {{"colors", name}}}};
  return {{"script",
           {{"script",
             {{"source", std::string(kReadPalette) + kFilter},
              {"params",
               {{"wanted", Wanted(wanted)}, {"reach", kColorReach}, {"least", LeastShare(wanted)}}}}}}}};
}

Json NamedColorsOf(std::span<const Swatch> palette) {
  std::vector<OkLab> colors;
  for (const Swatch& swatch : palette) colors.push_back(ToOkLab(swatch.red, swatch.green, swatch.blue));
  const float least = LeastShare({.share = kUsualColorShare});
  Json names = Json::array();
  for (const NamedColor& named : ColorNames()) {
    if (NameOfColor(named.color) != named.name) continue;  // The second name of a colour.
    if (HasColor(colors, palette, ToOkLab(named.color.red, named.color.green, named.color.blue), least))
      names.push_back(named.name);
  }
  return names;
}

Json ExtraScript(std::span<const Swatch> wanted, double words_asked) {
  Json colors = Json::array();
  for (const Swatch& swatch : wanted) colors.push_back(Wanted(swatch));
  return {{"source", std::string(kReadPalette) + kExtra},
          {"params",
           {{"wanted", std::move(colors)},
            {"reach", kColorReach},
            {"asked", words_asked},
            {"all_found", WordWeights::kAllFoundNats},
            {"nats", kColorNats}}}};
}

}  // namespace vitrine::cluster
