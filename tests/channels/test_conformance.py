import pytest

from tests.channels import conformance, rigs


@pytest.mark.parametrize("check", conformance.CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("name", rigs.ALL)
async def test_every_channel_keeps_its_promises(name: str, check: conformance.Check) -> None:
    async with rigs.ALL[name](rigs.QUICK if check in conformance.IMPATIENT else rigs.PATIENT) as rig:
        await check(rig)
