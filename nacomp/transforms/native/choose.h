// Which parameters describe a stream in the fewest bytes; only the side that opens streams asks.
#pragma once

#include "parameters.h"
#include "stream.h"

namespace nacomp::transforms {

Parameters choose_parameters(const Stream& stream);

}  // namespace nacomp::transforms
