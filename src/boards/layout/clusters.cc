// Clusters beside each other, each under the place of its title.
//
// The plane of the clusters' means says which clusters share a row of boxes (title, gap, packed pictures).
// Each box is packed to the height that its row gets when all rows are equally wide: the packer can make any
// shape, so boxes fit each other and little is left empty between them.
#include <algorithm>
#include <cmath>
#include <vector>

#include "boards/layout/arrange.h"
#include "boards/layout/kinds.h"
#include "boards/layout/shelves.h"
#include "boards/layout/skyline.h"
#include "boards/layout/space.h"
#include "boards/layout/steps.h"

namespace vitrine::layout {
namespace {

constexpr double kLeastTitleWidth = 5;  // Times its height.

/// A cluster's pictures as they lie in their box, and the box.
struct Box {
  std::vector<Place> places;  ///< One a member, from the box's top left corner, below the title.
  Size size;
};

struct Measures {
  double title = 0;    ///< Height.
  double between = 0;  ///< Gap between boxes.
};

Measures MeasuresFor(std::span<const Size> sizes, const ArrangeOptions& options) {
  const double height = Normalised(sizes, Normalise::kHeight)[0].height;
  const double title = options.title_height > 0 ? options.title_height : height / 4;
  return {title, std::max(4 * options.gap, title)};
}

Box MakeBox(std::span<const Size> sizes, const Cluster& cluster, double aspect, double title,
            ArrangeOptions options) {
  std::vector<Size> members;
  for (const std::size_t i : cluster.members) members.push_back(sizes[i]);
  options.aspect = aspect;
  Box box{Pack(members, options), {}};
  const double above = StepUp(title + options.gap);
  for (Place& place : box.places) place.y += above;
  box.size = Extent(box.places);
  box.size.width = std::max(box.size.width, kLeastTitleWidth * title);
  return box;
}

/// The mean of each cluster.
Matrix MeansOf(const Matrix& vectors, const std::vector<Cluster>& clusters) {
  Matrix means(clusters.size(), vectors.columns());
  for (std::size_t c = 0; c < clusters.size(); ++c) {
    for (const std::size_t i : clusters[c].members) {
      for (std::size_t j = 0; j < vectors.columns(); ++j) {
        means.row(c)[j] += vectors.row(i)[j] / static_cast<float>(clusters[c].members.size());
      }
    }
  }
  return means;
}

std::vector<Cluster> FindClusters(const Matrix& vectors, std::size_t k, std::uint64_t seed) {
  if (vectors.rows() == 0) return {};
  if (k == 0) k = ChooseKinds(vectors, seed);
  std::vector<Cluster> clusters;
  for (auto& members : SplitIntoKinds(vectors, k, seed)) {
    const std::span<const float> centre = vectors.row(MostCentral(vectors, members));
    std::stable_sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
      return SquaredDistance(vectors.row(a), centre) < SquaredDistance(vectors.row(b), centre);
    });
    clusters.push_back({std::move(members)});
  }
  return clusters;
}

/// Boxes in rows, and where they lie.
struct Boxes {
  std::vector<Box> boxes;
  std::vector<Place> places;
};

/// Packs the boxes of each row to about one height and together as wide as all rows are, and lays them.
Boxes LayInRows(std::span<const Size> sizes, const std::vector<Cluster>& clusters, const Shelves& rows,
                const Measures& measures, const ArrangeOptions& options) {
  std::vector<double> areas;
  double whole = 0;
  for (const Cluster& cluster : clusters) {
    double area = 0;
    for (const std::size_t i : cluster.members) {
      area += (sizes[i].width + options.gap) * (sizes[i].height + options.gap);
    }
    areas.push_back(area);
    whole += area;
  }
  const double wide = std::sqrt(whole * options.aspect);
  Boxes laid{std::vector<Box>(clusters.size()), {}};
  std::vector<Size> of_boxes(clusters.size());
  for (const auto& row : rows) {
    double area = 0;
    for (const std::size_t c : row) area += areas[c];
    const double height = area / wide;
    for (const std::size_t c : row) {
      laid.boxes[c] = MakeBox(sizes, clusters[c], areas[c] / (height * height), measures.title, options);
      of_boxes[c] = laid.boxes[c].size;
    }
  }
  laid.places = LayShelves(of_boxes, rows, measures.between);
  return laid;
}

/// As many rows as give the best extent.
Boxes LayBoxes(std::span<const Size> sizes, const Matrix& vectors, const std::vector<Cluster>& clusters,
               const Measures& measures, const ArrangeOptions& options) {
  const std::vector<Point> plane = PrincipalPlane(MeansOf(vectors, clusters), options.seed);
  std::vector<Size> shares;  // As wide as a cluster is large, so that rows get equal shares of the pictures.
  for (const Cluster& cluster : clusters) shares.push_back({static_cast<double>(cluster.members.size()), 1});
  const double guess = std::sqrt(static_cast<double>(clusters.size()) / options.aspect);
  const auto fewest = static_cast<std::size_t>(std::max(1.0, std::floor(guess * 0.7)));
  const std::size_t most = std::min(clusters.size(), static_cast<std::size_t>(std::ceil(guess * 1.4)) + 1);
  Boxes best;
  double least = -1;
  for (std::size_t count = fewest; count <= most; ++count) {
    Boxes laid = LayInRows(sizes, clusters, CutIntoShelves(shares, plane, count, 0), measures, options);
    const double badness = Badness(Extent(laid.places), options.aspect);
    if (least >= 0 && badness >= least) continue;
    least = badness;
    best = std::move(laid);
  }
  return best;
}

}  // namespace

ClusterLayout ArrangeByClusters(std::span<const Size> sizes, const Matrix& vectors, std::size_t k,
                                const ArrangeOptions& options) {
  ClusterLayout layout;
  if (sizes.empty()) return layout;
  layout.clusters = FindClusters(vectors, k, options.seed);
  const Measures measures = MeasuresFor(sizes, options);
  const Boxes laid = LayBoxes(sizes, vectors, layout.clusters, measures, options);
  layout.places.resize(sizes.size());
  for (std::size_t c = 0; c < layout.clusters.size(); ++c) {
    const Place& corner = laid.places[c];
    layout.titles.push_back({corner.x, corner.y, corner.width, measures.title});
    for (std::size_t m = 0; m < laid.boxes[c].places.size(); ++m) {
      Place place = laid.boxes[c].places[m];
      place.x += corner.x;
      place.y += corner.y;
      layout.places[layout.clusters[c].members[m]] = place;
    }
  }
  return layout;
}

}  // namespace vitrine::layout
