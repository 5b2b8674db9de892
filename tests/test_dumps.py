"""What a process that crashes leaves behind."""

import subprocess
import sys

import pytest

ASK = """
import ctypes, resource
from ilc_canvas import process
process.keep_from_dumps(closed={closed})
print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can be asked")
@pytest.mark.parametrize(("closed", "dumpable"), [(False, 1), (True, 0)])
def test_no_picture_of_memory(closed: bool, dumpable: int) -> None:
    """No command leaves a core dump, and nobody may look into the worker, which holds the token for months."""
    ran = subprocess.run([sys.executable, "-c", ASK.format(closed=closed)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["(0,", "0)", str(dumpable)]
