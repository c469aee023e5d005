#include "support/annotations_model.h"

#include "annotations_fixture.h"

namespace vitrine {
namespace {

class AnnotationsAgainstModel : public AnnotationsFixture {};

TEST_F(AnnotationsAgainstModel, RandomChangesUndoneAndRedone) { AnnotationsModel(*this).Run(600); }

}  // namespace
}  // namespace vitrine
