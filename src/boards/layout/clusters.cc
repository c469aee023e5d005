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
constexpr double kFlushAllowance = 1.1;

/// A cluster's pictures as they lie in their box, and the box.
struct Box {
  std::vector<Place> places;  ///< One a member, from the box's top left corner, below the title.
  Size size;
};

/// A cluster, and its members' plane, spread evenly.
struct Group {
  Cluster cluster;
  std::vector<Point> plane;
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

/// Flush rows or columns that follow the plane, where they take hardly more room than the packer's answer.
std::vector<Place> PlaceMembers(std::span<const Size> members, std::span<const Point> plane,
                                const ArrangeOptions& options) {
  std::vector<Place> packed = Pack(members, options);
  std::vector<Place> flush = ChooseShelves(members, plane, options).Lay(options.gap);
  const double allowed = kFlushAllowance * Badness(Extent(packed), options.aspect);
  return Badness(Extent(flush), options.aspect) <= allowed ? flush : packed;
}

Box MakeBox(std::span<const Size> sizes, const Group& group, double aspect, double title,
            ArrangeOptions options) {
  std::vector<Size> members;
  for (const std::size_t i : group.cluster.members) members.push_back(sizes[i]);
  options.aspect = aspect;
  Box box{PlaceMembers(members, group.plane, options), {}};
  const double above = StepUp(title + options.gap);
  for (Place& place : box.places) place.y += above;
  box.size = Extent(box.places);
  box.size.width = std::max(box.size.width, kLeastTitleWidth * title);
  return box;
}

/// The mean of each cluster.
Matrix MeansOf(const Matrix& vectors, const std::vector<Group>& groups) {
  Matrix means(groups.size(), vectors.columns());
  for (std::size_t c = 0; c < groups.size(); ++c) {
    const std::vector<std::size_t>& members = groups[c].cluster.members;
    for (const std::size_t i : members) {
      for (std::size_t j = 0; j < vectors.columns(); ++j) {
        means.row(c)[j] += vectors.row(i)[j] / static_cast<float>(members.size());
      }
    }
  }
  return means;
}

std::vector<Point> PlaneOf(const Matrix& vectors, const std::vector<std::size_t>& members,
                           const ArrangeOptions& options) {
  Matrix rows(members.size(), vectors.columns());
  for (std::size_t m = 0; m < members.size(); ++m) {
    std::copy_n(vectors.row(members[m]).begin(), vectors.columns(), rows.row(m).begin());
  }
  return SpreadEvenly(PrincipalPlane(rows, options.seed), options.aspect);
}

std::vector<Group> FindGroups(const Matrix& vectors, std::size_t k, const ArrangeOptions& options) {
  if (k == 0) k = ChooseKinds(vectors, options.seed);
  std::vector<Group> groups;
  for (auto& members : SplitIntoKinds(vectors, k, options.seed)) {
    const std::span<const float> centre = vectors.row(MostCentral(vectors, members));
    std::stable_sort(members.begin(), members.end(), [&](std::size_t a, std::size_t b) {
      return SquaredDistance(vectors.row(a), centre) < SquaredDistance(vectors.row(b), centre);
    });
    std::vector<Point> plane = PlaneOf(vectors, members, options);
    groups.push_back({{std::move(members)}, std::move(plane)});
  }
  return groups;
}

/// Boxes in rows, their titles in line, flush on both sides.
std::vector<Place> LayBoxRows(std::span<const Size> boxes, const Shelves& rows, double between) {
  std::vector<Place> places(boxes.size());
  const auto width_of = [&](const std::vector<std::size_t>& row) {
    double width = 0;
    for (const std::size_t c : row) width += StepUp(boxes[c].width + between);
    return width;
  };
  double whole = 0;
  for (const auto& row : rows) whole = std::max(whole, width_of(row));
  double y = 0;
  for (const auto& row : rows) {
    const double lack = whole - width_of(row);
    const bool ragged = row.size() < 2 || lack > whole / 3;
    const double more = ragged ? 0 : StepDown(lack / static_cast<double>(row.size() - 1));
    double x = 0;
    double height = 0;
    for (const std::size_t c : row) {
      places[c] = {x, y, boxes[c].width, boxes[c].height};
      x += StepUp(boxes[c].width + between) + more;
      height = std::max(height, boxes[c].height);
    }
    y += StepUp(height + between);
  }
  return places;
}

/// Boxes in rows, and where they lie.
struct Boxes {
  std::vector<Box> boxes;
  std::vector<Place> places;
};

/// Packs the boxes of each row to about one height and together as wide as all rows are, and lays them.
Boxes LayInRows(std::span<const Size> sizes, const std::vector<Group>& groups, const Shelves& rows,
                const Measures& measures, const ArrangeOptions& options) {
  std::vector<double> areas;
  double whole = 0;
  for (const Group& group : groups) {
    double area = 0;
    for (const std::size_t i : group.cluster.members) {
      area += (sizes[i].width + options.gap) * (sizes[i].height + options.gap);
    }
    areas.push_back(area);
    whole += area;
  }
  const double wide = std::sqrt(whole * options.aspect);
  Boxes laid{std::vector<Box>(groups.size()), {}};
  std::vector<Size> of_boxes(groups.size());
  for (const auto& row : rows) {
    double area = 0;
    for (const std::size_t c : row) area += areas[c];
    const double height = area / wide;
    for (const std::size_t c : row) {
      laid.boxes[c] = MakeBox(sizes, groups[c], areas[c] / (height * height), measures.title, options);
      of_boxes[c] = laid.boxes[c].size;
    }
  }
  laid.places = LayBoxRows(of_boxes, rows, measures.between);
  return laid;
}

/// As many rows as give the best extent.
Boxes LayBoxes(std::span<const Size> sizes, const Matrix& vectors, const std::vector<Group>& groups,
               const Measures& measures, const ArrangeOptions& options) {
  const std::vector<Point> plane = PrincipalPlane(MeansOf(vectors, groups), options.seed);
  std::vector<Size> shares;  // As wide as a cluster is large, so that rows get equal shares of the pictures.
  for (const Group& group : groups) shares.push_back({static_cast<double>(group.cluster.members.size()), 1});
  const double guess = std::sqrt(static_cast<double>(groups.size()) / options.aspect);
  const auto fewest = static_cast<std::size_t>(std::max(1.0, std::floor(guess * 0.7)));
  const std::size_t most = std::min(groups.size(), static_cast<std::size_t>(std::ceil(guess * 1.4)) + 1);
  Boxes best;
  double least = -1;
  for (std::size_t count = fewest; count <= most; ++count) {
    Boxes laid = LayInRows(sizes, groups, CutIntoShelves(shares, plane, count, 0), measures, options);
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
  std::vector<Group> groups = FindGroups(vectors, k, options);
  const Measures measures = MeasuresFor(sizes, options);
  const Boxes laid = LayBoxes(sizes, vectors, groups, measures, options);
  layout.places.resize(sizes.size());
  for (std::size_t c = 0; c < groups.size(); ++c) {
    const Place& corner = laid.places[c];
    layout.titles.push_back({corner.x, corner.y, corner.width, measures.title});
    for (std::size_t m = 0; m < laid.boxes[c].places.size(); ++m) {
      Place place = laid.boxes[c].places[m];
      place.x += corner.x;
      place.y += corner.y;
      layout.places[groups[c].cluster.members[m]] = place;
    }
    layout.clusters.push_back(std::move(groups[c].cluster));
  }
  return layout;
}

}  // namespace vitrine::layout
