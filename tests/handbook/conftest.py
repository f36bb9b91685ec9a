"""Every claim, settled once."""

import pytest
from steprule.codegen.prove.discover import builtin_claims
from steprule.codegen.prove.prove import prove


@pytest.fixture(scope="session")
def settled():
    return {name: prove(claim) for name, claim in builtin_claims().items()}
