#include "engine/snapshot.h"

#include <gtest/gtest.h>

#include "support/temp_folder.h"

namespace vitrine {
namespace {

TEST(StampCatalog, ReadersComingAndGoingAreNoChangeAWriterIs) {
  const TempFolder folder;
  const Space space{.id = "0123456789abcdef", .model = "test", .dimension = 8};
  ASSERT_TRUE(
      Catalog::Open(folder.path(), CatalogMode::kWrite).value()->EnsureSpace(space.id, space.model, 8));
  const CatalogStamp before = StampCatalog(folder.path());
  {
    const auto snapshot = OpenSnapshot(folder.path(), space);
    ASSERT_TRUE(snapshot) << snapshot.error().message();
    EXPECT_EQ((*snapshot)->stamp, before);
    EXPECT_EQ(StampCatalog(folder.path()), before) << "while a reader is there";
  }
  EXPECT_EQ(StampCatalog(folder.path()), before) << "after it went";
  ASSERT_TRUE(Catalog::Open(folder.path(), CatalogMode::kWrite).value()->BeginRun("/photos"));
  EXPECT_NE(StampCatalog(folder.path()), before);
}

}  // namespace
}  // namespace vitrine
