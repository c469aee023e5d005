// Writes the pack of a distilled model: a backbone's image tower with a projection behind it, and everything
// else from the teacher.
#pragma once

#include <string>
#include <vector>

#include "model/backbone.h"
#include "model/embedder.h"
#include "model/pack.h"
#include "model/projection.h"
#include "vitrine/result.h"

namespace vitrine {

/// What a student has of its own.
struct StudentParts {
  std::string name;
  std::string version;
  std::string licence;
  std::string origin;
  const Projection& projection;       ///< [backbone's features, teacher's dimension].
  std::vector<float> picture_vector;  ///< Of the teacher's self-test picture, by the student; L2 norm 1.
  ScoreBackground background;         ///< Of the student's pictures with sentences not theirs.
};

/// Writes a whole pack into `folder`, which is there and empty. Every file that is copied is held against its
/// SHA-256. Licences and model cards of both come along, under names that begin with "NOTICE".
/// Errors: kModel (a file of the two is damaged), kNoSpace, kIo.
Status WriteStudentPack(const ModelPack& teacher, const BackbonePack& backbone, const StudentParts& parts,
                        const std::string& folder);

}  // namespace vitrine
