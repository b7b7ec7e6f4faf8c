"""``python -m conformance`` is ``beacon-conformance``."""

import sys

from conformance.cli import main

sys.exit(main())
