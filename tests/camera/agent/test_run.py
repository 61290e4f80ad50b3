import signal
import sys

import psutil
import pytest

from tests.camera.agent.watching import until
from tests.servers import DaphneServer


@pytest.mark.timeout(300)
def test_end_of_the_camera_is_not_the_end_of_make_run(db, tmp_path):
    with DaphneServer(
        command=[sys.executable, "scripts/run.py"],
        DIGI_DATABASE_URL=f"sqlite:///{tmp_path}/digi.sqlite3",
        DIGI_DEMO_PASSWORD="a demonstration",
    ) as server:
        until(lambda: "camera: Connected to" in server.output(), seconds=60)
        children = psutil.Process(server.pid).children(recursive=True)
        (camera,) = [child for child in children if "camera.agent" in child.cmdline()]

        camera.kill()
        until(lambda: "camera stopped" in server.output())
        answers = server.answers()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(30)
        _, alive = psutil.wait_procs(children, timeout=30)

    assert answers
    assert alive == []
    assert server.process.returncode == 0
