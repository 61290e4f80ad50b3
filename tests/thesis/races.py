"""Several threads at the same moment."""

import threading

from django.db import connections

from digi.errors import DigiError


def at_once(count: int, work) -> list[str]:
    """What so many threads answer, or the codes of what refused them."""
    gate, answers = threading.Barrier(count, timeout=60), []

    def run(n: int) -> None:
        try:
            gate.wait()
            answers.append(str(work(n)))
        except DigiError as error:
            answers.append(error.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers
